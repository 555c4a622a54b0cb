"""The payments service: money, over HTTP, RPC, events and Stripe's webhooks."""

from typing import Any

from werkzeug.wrappers import Response

from payments import asking, commands, copies, shapes, webhooks
from payments.asking import Till
from payments.books import entrypoints as books
from payments.commands import Wanted
from payments.gateway import StripeApi
from payments.inputs import OrderRef, PaymentInput, RefundInput
from payments.models import Attempt, Payment
from payments.repository import PaymentDatabase, Payments
from ticketing.config import positive
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
    OrderReduced,
)
from ticketing.dependencies import Setting
from ticketing.errors import NotFoundError
from ticketing.events import event_handler
from ticketing.http import Request, route
from ticketing.http.openapi import Nothing
from ticketing.http.request import validate
from ticketing.http.responses import json_response
from ticketing.idempotency import fingerprint
from ticketing.ids import checked_id
from ticketing.limits import PAYING
from ticketing.messages import Delivery
from ticketing.periodic import Bell, every
from ticketing.rpc import ServiceRpc, rpc

Json = dict[str, Any]

RESUME_EVERY = 5.0
# Rung by each webhook that comes.
BELL = Bell()


class PaymentsService(books.BookEntrypoints):
    name = "payments"

    payments: Payments = PaymentDatabase()
    gateway = StripeApi()
    orders_rpc = ServiceRpc("orders", patient=("worth",))
    attempts = Setting("PAYMENT_ATTEMPTS", positive)

    @route(
        "POST",
        "/api/payments",
        session=True,
        body=PaymentInput,
        status=201,
        guard=PAYING,
        gives=shapes.Paid,
        also={202: shapes.Pending},
        is_keyed=True,
    )
    def post_payment(self, request: Request) -> Json | Response:
        wanted, key = request.input, request.idempotency_key
        body = fingerprint([wanted.order_id, wanted.token])
        attempt = Attempt(wanted.token, key, body if key else None)
        user_id = request.session.user_id
        payment = self._pay(Wanted(user_id, wanted.order_id, attempt))
        if payment.is_taken:
            return {"id": payment.id}
        # The buyer or the bank has to go on: 3-D Secure, or a slow way to pay.
        return json_response(payment.told_buyer(), 202)

    @route(
        "POST",
        "/api/payments/intent",
        session=True,
        body=OrderRef,
        gives=shapes.Pending,
        guard=PAYING,
    )
    def post_intent(self, request: Request) -> Json:
        return self._open(request.input.order_id, request.session.user_id).told_buyer()

    @route("POST", "/api/payments/webhook", same_site=False, gives=Nothing)
    def post_webhook(self, request: Request) -> Json:
        signature = request.headers.get("Stripe-Signature", "")
        notice = self.gateway.notice_of(request.get_data(), signature)
        if webhooks.receive(self.payments, notice, self.clock()):
            BELL.ring()
        return {}

    @rpc
    def pay(self, order_id: str, user_id: str, token: str) -> Json:
        """Pay a user's order with a card token; returns ``{id, status}``.

        With the status ``action`` its owner has to go on at ``redirectUrl``. Raises
        InvalidInputError, NotFoundError, NotOwnerError, BadRequestError with the words
        of a decline, UnavailableError while the outcome is not known.
        """
        wanted = validate(PaymentInput, {"orderId": order_id, "token": token})
        attempt = Attempt(wanted.token)
        return self._pay(Wanted(user_id, wanted.order_id, attempt)).told_buyer()

    @rpc
    def close(self, order_id: str) -> Json | None:
        """Let nothing be charged for an order from now on, unless it was already.

        Returns the payment, None if nobody began to pay: ``status`` is ``cancelled``,
        ``paid`` or what came of that, or ``processing`` while only the bank knows.
        Raises NotFoundError, UnavailableError.
        """
        payment = commands.close(self._till, order_id)
        return payment.json_dict() if payment else None

    @rpc
    def look(self, order_id: str) -> Json:
        """Ask Stripe how far an order's payment is, and return it.

        Raises NotFoundError, UnavailableError.
        """
        return asking.look(self._till, self._payment_of(order_id)).json_dict()

    @rpc
    def get_payment(self, order_id: str) -> Json:
        """Return the payment of an order. Raises NotFoundError."""
        return self._payment_of(order_id).json_dict()

    @rpc
    def refund(
        self, order_id: str, reason: str, units: list[str] | None = None
    ) -> Json:
        """Send the money for ``units`` back, by default all that is left; once each.

        Returns the payment. Raises InvalidInputError, NotFoundError, BadRequestError,
        UnavailableError when it will go back later.
        """
        wanted = validate(RefundInput, {"reason": reason, "units": units})
        owner = self.orders_rpc.get_order
        refunded = commands.refund(
            self._till, order_id, wanted.units, wanted.reason, owner
        )
        return refunded.json_dict()

    @event_handler(OrderCreated)
    def on_order_created(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @event_handler(OrderExtended)
    def on_order_extended(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @event_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)
        commands.close(self._till, event.payload.id)

    @event_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @event_handler(OrderReduced)
    def on_order_reduced(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @every(RESUME_EVERY, BELL)
    def heed_webhooks(self) -> None:
        """Look where the webhooks that came point to."""
        webhooks.heed_waiting(self._books)

    @every(RESUME_EVERY)
    def resume(self) -> None:
        """Finish what a crash or a lost reply left outstanding."""
        asking.resume(self._till)

    @property
    def _till(self) -> Till:
        return Till(self.payments, self.gateway, self.attempts, self.clock())

    def _pay(self, wanted: Wanted) -> Payment:
        return commands.pay(self._till, wanted, self.orders_rpc.get_order)

    def _open(self, order_id: str, user_id: str) -> Payment:
        wanted = Wanted(user_id, order_id)
        return commands.open_intent(self._till, wanted, self.orders_rpc.get_order)

    def _payment_of(self, order_id: str) -> Payment:
        payment = self.payments.find_by_order(checked_id(order_id))
        if payment is None:
            raise NotFoundError
        return payment
