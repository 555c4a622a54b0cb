"""The payments service: money, over HTTP, RPC, events and Stripe's webhooks."""

from typing import Any

from payments import commands, copies
from payments.commands import Till, Wanted
from payments.gateway import StripeApi
from payments.inputs import PaymentInput, RefundInput
from payments.models import Attempt, Payment
from payments.repository import PaymentDatabase, Payments
from ticketing import service
from ticketing.config import positive
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderReduced,
)
from ticketing.dependencies import Setting
from ticketing.errors import NotFoundError
from ticketing.events import event_handler
from ticketing.http import Request, route
from ticketing.http.request import validate
from ticketing.idempotency import fingerprint
from ticketing.ids import checked_id
from ticketing.messages import Delivery
from ticketing.periodic import every
from ticketing.rpc import ServiceRpc, rpc

Json = dict[str, Any]

RESUME_EVERY = 5.0


class PaymentsService(service.Service):
    name = "payments"

    payments: Payments = PaymentDatabase()
    gateway = StripeApi()
    orders_rpc = ServiceRpc("orders")
    attempts = Setting("PAYMENT_ATTEMPTS", positive)

    @route("POST", "/api/payments", session=True, body=PaymentInput, status=201)
    def post_payment(self, request: Request) -> Json:
        wanted, key = request.input, request.idempotency_key
        body = fingerprint([wanted.order_id, wanted.token])
        attempt = Attempt(wanted.token, key, body if key else None)
        user_id = request.session.user_id
        return {"id": self._pay(Wanted(user_id, wanted.order_id, attempt)).id}

    @route("POST", "/api/payments/webhook", same_site=False)
    def post_webhook(self, request: Request) -> Json:
        signature = request.headers.get("Stripe-Signature", "")
        event = self.gateway.order_of_event(request.get_data(), signature)
        commands.hear_webhook(self._till, event)
        return {}

    @rpc
    def pay(self, order_id: str, user_id: str, token: str) -> Json:
        """Pay a user's order with a card token; returns ``{id}``.

        Raises InvalidInputError, NotFoundError, NotOwnerError, BadRequestError with the
        words of a decline, UnavailableError while the outcome is not known.
        """
        wanted = validate(PaymentInput, {"orderId": order_id, "token": token})
        attempt = Attempt(wanted.token)
        return {"id": self._pay(Wanted(user_id, wanted.order_id, attempt)).id}

    @rpc
    def get_payment(self, order_id: str) -> Json:
        """Return the payment of an order. Raises NotFoundError."""
        payment = self.payments.find_by_order(checked_id(order_id))
        if payment is None:
            raise NotFoundError
        return payment.json_dict()

    @rpc
    def refund(
        self, order_id: str, reason: str, units: list[str] | None = None
    ) -> Json:
        """Send the money for ``units`` back, by default all that is left; once each.

        Returns the payment. Raises InvalidInputError, NotFoundError, BadRequestError,
        UnavailableError when it will go back later.
        """
        wanted = validate(RefundInput, {"reason": reason, "units": units})
        return commands.refund(
            self._till, order_id, wanted.units, wanted.reason, self.clock()
        ).json_dict()

    @event_handler(OrderCreated)
    def on_order_created(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @event_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @event_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @event_handler(OrderReduced)
    def on_order_reduced(self, event: Delivery) -> None:
        copies.follow_order(self.payments, event, self.orders_rpc.get_order)

    @every(RESUME_EVERY)
    def resume(self) -> None:
        """Finish what a crash or a lost reply left outstanding."""
        commands.resume(self._till, self.clock())

    @property
    def _till(self) -> Till:
        return Till(self.payments, self.gateway, self.attempts)

    def _pay(self, wanted: Wanted) -> Payment:
        owner = self.orders_rpc.get_order
        return commands.pay(self._till, wanted, owner, self.clock())
