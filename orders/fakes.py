"""In-memory double of what the orders service stands on."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from orders.models import Order, Status
from orders.occupancies import Occupancies
from ticketing.change import Decision
from ticketing.fakes import MemoryAggregates, MemoryReplicas
from ticketing.paging import Page


class MemoryOrders(MemoryAggregates[Order]):
    def __init__(self) -> None:
        super().__init__(
            (("ticket.id", "units"), _held_units),
            (("userId", "requestKey.key"), _request_key),
            (("passes.id",), _pass_ids),
        )
        self.tickets = MemoryReplicas()
        self.occupancies = Occupancies(self.holding)

    def of_user(self, user_id: str, page: Page) -> list[Order]:
        return self.select(lambda order: order.user_id == user_id, page)

    def find_by_key(self, user_id: str, key: str) -> Order | None:
        found = self.select(lambda order: (user_id, key) in _request_key(order), Page())
        return found[0] if found else None

    def unpaid(self, page: Page) -> list[Order]:
        return self.select(lambda order: order.status is Status.CREATED, page)

    def of_ticket(self, ticket_id: str, page: Page) -> list[Order]:
        return self.select(lambda order: order.ticket_id == ticket_id, page)

    def holding(self, ticket_id: str) -> list[Order]:
        every = self.of_ticket(ticket_id, Page(sys.maxsize))
        return [order for order in every if order.holds]

    def with_passes(self, ticket_id: str) -> list[Order]:
        every = self.of_ticket(ticket_id, Page(sys.maxsize))
        return [order for order in every if order.passes]

    def holders_of(self, ticket_id: str, units: Sequence[str]) -> list[Order]:
        return [o for o in self.holding(ticket_id) if {*units} & {*o.units}]

    def find_by_pass(self, pass_id: str) -> Order | None:
        found = self.select(lambda order: pass_id in _pass_ids(order), Page(1))
        return found[0] if found else None

    def of_ids(self, order_ids: list[str]) -> list[Order]:
        return self.select(lambda order: order.id in order_ids, Page(sys.maxsize))

    def complete_between(self, after: str, before: str, limit: int) -> list[Order]:
        def is_complete(order: Order) -> bool:
            return order.status is Status.COMPLETE and after < order.id < before

        return self.select(is_complete, Page(limit))

    def worth(self, after: str, before: str) -> dict[str, int]:
        worth = Counter[str]()
        for order in self.complete_between(after, before, sys.maxsize):
            worth[order.currency] += order.total
        return dict(worth)

    def winding_up(self) -> list[tuple[str, datetime]]:
        copies = self.tickets.all()
        return [(each["_id"], each["windUp"]) for each in copies if "windUp" in each]

    def wound_up(self, ticket_id: str, until: datetime) -> None:
        self.tickets.unset(ticket_id, "windUp", until)

    def change(self, order_id: str, decide: Decision[Order]) -> Order:
        order = super().change(order_id, decide)
        self.occupancies.hear(order)
        return order


def _held_units(order: Order) -> Iterable[tuple[str, str]]:
    return [(order.ticket_id, unit) for unit in order.units if order.holds]


def _pass_ids(order: Order) -> list[str]:
    return [each.id for each in order.passes]


def _request_key(order: Order) -> list[tuple[str, str]]:
    return [(order.user_id, order.request_key.key)] if order.request_key else []
