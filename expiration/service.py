"""The expiration service: it watches the clock, the orders decide."""

from typing import Any

from expiration import commands
from expiration.deadlines import DeadlineStore
from ticketing import service
from ticketing.clock import iso
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
)
from ticketing.events import EventPublisher, event_handler
from ticketing.messages import Delivery
from ticketing.periodic import every
from ticketing.rpc import ServiceRpc, rpc

POLL_EVERY = 0.25
CATCH_UP_EVERY = 10.0
SHOWN = 1000


class ExpirationService(service.Service):
    name = "expiration"

    deadlines = DeadlineStore()
    publisher = EventPublisher()
    orders_rpc = ServiceRpc("orders")

    @event_handler(OrderCreated)
    def on_order_created(self, event: Delivery) -> None:
        order = event.payload
        commands.watch(self.deadlines, order.id, order.expires_at)

    @event_handler(OrderExtended)
    def on_order_extended(self, event: Delivery) -> None:
        order = event.payload
        commands.extend(self.deadlines, order.id, order.expires_at)

    @event_handler(OrderCancelled)
    def on_order_cancelled(self, event: Delivery) -> None:
        self.deadlines.remove(event.payload.id)

    @event_handler(OrderCompleted)
    def on_order_completed(self, event: Delivery) -> None:
        self.deadlines.remove(event.payload.id)

    @every(POLL_EVERY)
    def poll(self) -> None:
        """Announce the holds that have ended."""
        unpaid = self.orders_rpc.list_unpaid
        commands.announce_due(self.deadlines, self.publisher, unpaid, self.clock())

    @every(CATCH_UP_EVERY)
    def catch_up(self) -> None:
        """Look for holds whose end nobody has heard of."""
        commands.catch_up(self.deadlines, self.orders_rpc.list_unpaid, self.clock())

    @rpc
    def pending(self) -> list[dict[str, Any]]:
        """Return the next deadlines as ``[{orderId, at}]``."""
        return [
            {"orderId": order_id, "at": iso(commands.moment(at_ms))}
            for order_id, at_ms in self.deadlines.pending(SHOWN)
        ]

    @rpc
    def rebuild(self) -> dict[str, int]:
        """Set the deadlines anew from the orders; returns ``{rebuilt}``."""
        unpaid = self.orders_rpc.list_unpaid
        return {"rebuilt": commands.rebuild(self.deadlines, unpaid)}
