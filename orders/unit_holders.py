"""Finds orders by the units they hold, for all who ask at a time together.

Some servers read all orders for a listing for it, and while a hall is sold many ask.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from orders.models import Order
from ticketing.lanes import Lane
from ticketing.mongo import Document

Asked = tuple[str, frozenset[str]]


class UnitHolders:
    """``every`` finds the orders that meet a condition."""

    def __init__(self, every: Callable[[Document], Iterable[Order]]) -> None:
        self._every = every
        self._lane: Lane[Asked] = Lane(self._find_all, "find orders by unit")

    def find(self, ticket_id: str, units: Sequence[str]) -> list[Order]:
        """Return the orders that hold any of these units. Raises UnavailableError."""
        found: list[Order] = self._lane.call((ticket_id, frozenset(units)))
        return found

    def _find_all(self, asked: list[Asked]) -> list[list[Order]]:
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for ticket_id, units in asked:
            wanted[ticket_id] |= units
        found = {each: self._holding(each, wanted[each]) for each in wanted}
        return [
            [order for order in found[ticket_id] if units & {*order.units}]
            for ticket_id, units in asked
        ]

    def _holding(self, ticket_id: str, units: set[str]) -> list[Order]:
        among = {"ticket.id": ticket_id, "units": {"$in": sorted(units)}}
        return list(self._every(among))
