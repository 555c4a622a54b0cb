"""The part of the orders service that payments compare themselves with."""

from typing import Any

from orders import settlement
from orders.models import Order, Status
from orders.repository import Orders
from ticketing import service
from ticketing.ids import all_named, checked_id
from ticketing.rpc import rpc

Json = dict[str, Any]

PAGE = 500


class WorthEntrypoints(service.Service):
    """Base of the orders service; has no ``name``, so it is none itself."""

    orders: Orders
    payments_rpc: Any

    @rpc
    def standings(self, order_ids: list[str]) -> dict[str, Json]:
        """Return ``{id: {id, status, reason, paid, currency}}`` of those there are.

        ``paid`` is what a complete order costs in the currency's smallest unit, else 0.
        """
        found = self.orders.of_ids(all_named(order_ids))
        return {order.id: _standing(order) for order in found}

    @rpc
    def list_complete(self, after: str, before: str) -> list[Json]:
        """Return complete orders with ids between these two, by id, up to 500."""
        between = checked_id(after), checked_id(before)
        found = self.orders.complete_between(*between, PAGE)
        return [_standing(order) for order in found]

    @rpc
    def worth(self, after: str, before: str) -> dict[str, int]:
        """Return what all complete orders between two ids cost, by currency."""
        return self.orders.worth(checked_id(after), checked_id(before))

    @rpc
    def hear_payment(self, order_id: str, amount: int, currency: str) -> None:
        """An order was paid; its event may come later, or was lost.

        Raises NotFoundError, UnavailableError, HopelessError on a wrong amount.
        """
        order_id, refund = checked_id(order_id), self.payments_rpc.refund
        settlement.settle(self.orders, order_id, amount, currency, refund)

    @rpc
    def hear_refund(self, order_id: str, units: list[str]) -> None:
        """Money went back for units of an order, for all when there are none named."""
        units = all_named(units)
        settlement.return_units(self.orders, checked_id(order_id), units)


def _standing(order: Order) -> Json:
    complete = order.status is Status.COMPLETE
    return {
        "id": order.id,
        "status": order.status.value,
        "reason": order.reason,
        "paid": order.total if complete else 0,
        "currency": order.currency,
    }
