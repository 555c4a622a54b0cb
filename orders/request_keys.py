"""Finds orders by the requests that made them, for all who ask at a time together.

A crowd that came too late asks this: a command costs the database as much as ten finds.
"""

from collections.abc import Callable, Iterable

from orders.models import Order
from ticketing.lanes import Lane
from ticketing.mongo import Document

Asked = tuple[str, str]


class RequestKeys:
    """``every`` finds the orders that meet a condition."""

    def __init__(self, every: Callable[[Document], Iterable[Order]]) -> None:
        self._every = every
        self._lane: Lane[Asked] = Lane(self._find_all, "find orders by key")

    def find(self, user_id: str, key: str) -> Order | None:
        """Return the order of a user's request. Raises UnavailableError."""
        found: Order | None = self._lane.call((user_id, key))
        return found

    def _find_all(self, asked: list[Asked]) -> list[Order | None]:
        """Keys are people's own: among theirs may be some that others have used."""
        users, keys = (sorted(set(each)) for each in zip(*asked, strict=True))
        among = {"userId": {"$in": users}, "requestKey.key": {"$in": keys}}
        found = {
            (order.user_id, order.request_key.key): order
            for order in self._every(among)
            if order.request_key
        }
        return [found.get(each) for each in asked]
