"""The orders service: who holds and who owns what, over HTTP, RPC and events."""

from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Response

from orders import commands, lifecycle, settlement, shapes
from orders.commands import Reservation
from orders.inputs import OrderInput
from orders.models import Order, RequestKey
from orders.passes import entrypoints as passes
from orders.repository import OrderDatabase, Orders
from orders.sales import entrypoints as sales
from orders.timeline import timeline
from orders.worth import entrypoints as worth
from ticketing.batches import Batches, Batching
from ticketing.config import positive
from ticketing.contract import (
    ExpirationComplete,
    PaymentCreated,
    PaymentFailed,
    PaymentRefunded,
    TicketCreated,
    TicketUpdated,
)
from ticketing.dependencies import Setting
from ticketing.events import event_handler
from ticketing.http import Request, route
from ticketing.http.request import validate
from ticketing.http.responses import no_content
from ticketing.idempotency import checked_key, fingerprint
from ticketing.ids import checked_id, named
from ticketing.limits import RESERVING, WRITING
from ticketing.messages import Delivery
from ticketing.paging import page_of
from ticketing.rpc import ServiceRpc, rpc

Json = dict[str, Any]


class OrdersService(
    passes.PassEntrypoints, sales.SaleEntrypoints, worth.WorthEntrypoints
):
    name = "orders"

    orders: Orders = OrderDatabase()
    tickets_rpc = ServiceRpc("tickets")
    # Not for closing: it goes on without whoever asked, who asks again soon.
    payments_rpc = ServiceRpc("payments", patient=("refund",))
    hold_seconds = Setting("HOLD_SECONDS", positive)
    grace_seconds = Setting("PAYMENT_GRACE_SECONDS", positive)
    batches: Batches = Batching()

    @route(
        "GET",
        "/api/orders",
        session=True,
        query=("limit", "after", "order"),
        gives=list[shapes.Order],
    )
    def get_orders(self, request: Request) -> list[Json]:
        page = page_of(request.args)
        found = self.orders.of_user(request.session.user_id, page)
        return [order.json_dict() for order in found]

    @route("GET", "/api/orders/<order_id>", session=True, gives=shapes.Order)
    def get_one_order(self, request: Request, order_id: str) -> Json:
        return commands.own(self.orders, order_id, request.session.user_id).json_dict()

    @route(
        "POST",
        "/api/orders",
        session=True,
        body=OrderInput,
        status=201,
        guard=RESERVING,
        gives=shapes.Order,
        is_keyed=True,
    )
    def post_order(self, request: Request) -> Json:
        user_id, key = request.session.user_id, request.idempotency_key
        return self._reserve(user_id, request.input, key).json_dict()

    @route("DELETE", "/api/orders/<order_id>", session=True, status=204, guard=WRITING)
    def delete_order(self, request: Request, order_id: str) -> Response:
        order = commands.own(self.orders, order_id, request.session.user_id)
        commands.cancel(self.orders, order.id)
        return no_content()

    @rpc
    def list_orders(
        self,
        user_id: str,
        limit: int = 50,
        after: str | None = None,
        order: str = "asc",
    ) -> list[Json]:
        """Return a page of a user's orders, oldest first unless ``order="desc"``."""
        page = page_of({"limit": limit, "after": after, "order": order})
        return [found.told() for found in self.orders.of_user(named(user_id), page)]

    @rpc
    def get_order(self, id: str) -> Json:  # noqa: A002 - the contract's name
        """Return one order, with the ``reason`` of its end. Raises NotFoundError."""
        return self.orders.get(checked_id(id)).told()

    @rpc
    def timeline(self, order_id: str) -> list[Json]:
        """Return the story of an order, by time, as ``orders.timeline`` tells it.

        Raises NotFoundError, UnavailableError.
        """
        order = self.orders.get(checked_id(order_id))
        admitted = self.admissions.of_passes([each.id for each in order.passes])
        return timeline(
            self.orders.history(order.id),
            self.payments_rpc.history(order.id),
            [admission.told() for admission in admitted.values()],
            self.bus.progress(),
        )

    @rpc
    def create_order(  # noqa: PLR0913, PLR0917 - the contract's names
        self,
        user_id: str,
        ticket_id: str,
        quantity: int | None = None,
        seats: list[str] | None = None,
        key: str | None = None,
        language: str | None = None,
    ) -> Json:
        """Hold units of a ticket for a user: so many, or these.

        ``key`` is an Idempotency-Key, ``language`` the buyer's by BCP 47. Raises
        InvalidInputError, NotFoundError, BadRequestError, KeyReusedError.
        """
        told = {"ticketId": ticket_id, "quantity": quantity, "seats": seats}
        wanted = validate(OrderInput, told | {"language": language})
        key = checked_key(key) if key else None
        return self._reserve(checked_id(user_id), wanted, key).told()

    @rpc
    def cancel_order(self, id: str, user_id: str | None = None) -> Json:  # noqa: A002
        """Cancel an order; given ``user_id``, only if it is that user's.

        Raises NotFoundError, NotOwnerError, BadRequestError.
        """
        if user_id is not None:
            commands.own(self.orders, id, user_id)
        return commands.cancel(self.orders, id).told()

    @rpc
    def list_unpaid(self, limit: int = 200, after: str | None = None) -> list[Json]:
        """Return a page of the orders whose hold is running, by id."""
        page = page_of({"limit": limit, "after": after})
        return [order.json_dict() for order in self.orders.unpaid(page)]

    @event_handler(TicketCreated)
    def on_ticket_created(self, event: Delivery) -> None:
        self._follow_ticket(event)

    @event_handler(TicketUpdated)
    def on_ticket_updated(self, event: Delivery) -> None:
        self._follow_ticket(event)

    @event_handler(ExpirationComplete)
    def on_expiration_complete(self, event: Delivery) -> None:
        grace = timedelta(seconds=self.grace_seconds)
        settlement.expire(
            self.orders,
            event.payload.order_id,
            self.payments_rpc,
            grace,
            self.clock(),
        )

    @event_handler(PaymentCreated)
    def on_payment_created(self, event: Delivery) -> None:
        payment = event.payload
        paid = payment.amount, payment.currency
        refund = self.payments_rpc.refund
        settlement.settle(self.orders, payment.order_id, *paid, refund)

    @event_handler(PaymentFailed)
    def on_payment_failed(self, event: Delivery) -> None:
        self.orders.change(event.payload.order_id, lifecycle.fail)

    @event_handler(PaymentRefunded)
    def on_payment_refunded(self, event: Delivery) -> None:
        refunded = event.payload
        settlement.return_units(self.orders, refunded.order_id, refunded.units)

    def _reserve(self, user_id: str, wanted: OrderInput, key: str | None) -> Order:
        hold = timedelta(seconds=self.hold_seconds)
        body = fingerprint([wanted.ticket_id, wanted.quantity, wanted.seats])
        request_key = RequestKey(key, body) if key else None
        asked = Reservation(
            user_id, wanted.ticket_id, hold, wanted.wish, request_key, wanted.language
        )
        owner = self.tickets_rpc.get_ticket
        return commands.reserve(self.orders, asked, owner, self.clock())

    def _follow_ticket(self, event: Delivery) -> None:
        """What is heard of a listing while its copy is written counts next, at once."""
        heard = event.payload
        self.batches.join(
            heard.id,
            heard,
            lambda batch: commands.follow_ticket(self.orders, batch, self.clock()),
        )
