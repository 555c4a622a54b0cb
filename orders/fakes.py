"""In-memory double of what the orders service stands on."""

from collections.abc import Iterable

from orders.models import Order, Status
from ticketing.fakes import MemoryAggregates, MemoryReplicas
from ticketing.paging import Page


class MemoryOrders(MemoryAggregates[Order]):
    def __init__(self) -> None:
        super().__init__(
            (("ticket.id", "units"), _held_units),
            (("userId", "requestKey.key"), _request_key),
        )
        self.tickets = MemoryReplicas()

    def of_user(self, user_id: str, page: Page) -> list[Order]:
        return self.select(lambda order: order.user_id == user_id, page)

    def find_by_key(self, user_id: str, key: str) -> Order | None:
        found = self.select(lambda order: (user_id, key) in _request_key(order), Page())
        return found[0] if found else None

    def unpaid(self, page: Page) -> list[Order]:
        return self.select(lambda order: order.status is Status.CREATED, page)


def _held_units(order: Order) -> Iterable[tuple[str, str]]:
    return [(order.ticket_id, unit) for unit in order.units if order.holds]


def _request_key(order: Order) -> list[tuple[str, str]]:
    return [(order.user_id, order.request_key.key)] if order.request_key else []
