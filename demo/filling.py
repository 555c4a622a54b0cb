"""Lists every show of the programme and sells what the programme says of it."""

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from demo.people import Json, Person, ShopError
from demo.programme import SHOWS, Show

Orders = dict[str, list[tuple[Person, str]]]

SEED = 7


@dataclass
class Filled:
    """What came of each show, by its title: its id, and whose orders."""

    listings: dict[str, str] = field(default_factory=dict)
    complete: Orders = field(default_factory=lambda: defaultdict(list))
    held: Orders = field(default_factory=lambda: defaultdict(list))


class Filling:
    """One thing after the other, so that whoever waits sees how far it is."""

    def __init__(
        self,
        seller: Person,
        buyers: list[Person],
        today: datetime,
        shows: tuple[Show, ...] = SHOWS,
    ) -> None:
        self.seller = seller
        self._buyers = buyers
        self._today = today
        self._shows = shows
        # The same people buy the same things each time.
        self._random = random.Random(SEED)  # noqa: S311 - nothing here is secret
        self.filled = Filled()

    @property
    def expected(self) -> int:
        return sum(map(_steps, self._shows))

    def steps(self) -> Iterator[str]:
        """Do one thing more, and tell which show it was for. Raises ShopError."""
        for show in self._shows:
            for _ in self._show(show):
                yield show.title

    def _show(self, show: Show) -> Iterator[object]:
        listing = self.seller.sell(show.listing(self._today))
        self.filled.listings[show.title] = listing
        yield listing
        sizes = _sizes(show)
        for size in itertools.islice(sizes, _orders(show, show.sold)):
            yield self._order(show, Person.buy, size, self.filled.complete)
        for size in itertools.islice(sizes, _orders(show, show.held)):
            yield self._order(show, Person.reserve, size, self.filled.held)
        if show.refunds:
            yield self._refund(show)
        if show.admitted:
            yield from self._admit(show, listing)

    def _order(
        self,
        show: Show,
        act: Callable[[Person, str, Json], str],
        size: int,
        orders: Orders,
    ) -> str:
        buyer = self._random.choice(self._buyers)
        order = act(buyer, self.filled.listings[show.title], {"quantity": size})
        orders[show.title].append((buyer, order))
        return order

    def _refund(self, show: Show) -> object:
        buyer, order = self.filled.complete[show.title][0]
        units = buyer.get(f"/api/orders/{order}")["units"]
        body = {"units": units[:1], "reason": "Could not come"}
        return self.seller.post(f"/api/orders/{order}/refund", body)

    def _admit(self, show: Show, listing: str) -> Iterator[object]:
        passes = self.seller.get(f"/api/passes?ticketId={listing}")["passes"]
        for each in passes[: _admitted(show)]:
            scan = {"door": "Main door", "scan": f"demo-{each['id']}"}
            yield self.seller.post(f"/api/passes/{each['id']}/admit", scan)


def check_is_new(person: Person) -> None:
    """Raises ShopError in a shop that was filled before."""
    titles = {show.title for show in SHOWS}
    found = person.get("/api/tickets?availability=all&limit=200&order=desc")
    if any(each["title"] in titles for each in found):
        raise ShopError(
            "The demo is in this shop already; scripts/up --fresh begins anew."
        )


def _sizes(show: Show) -> Iterator[int]:
    """How many units each order has, one after another."""
    return (min(size, show.units) for size in itertools.cycle((2, 1, 4, 2, 3)))


def _orders(show: Show, share: float) -> int:
    """Return how many orders make up a share of all units, and no more than it."""
    ends = itertools.accumulate(_sizes(show))
    return len(list(itertools.takewhile(lambda end: end <= show.units * share, ends)))


def _admitted(show: Show) -> int:
    return round(show.units * show.admitted)


def _steps(show: Show) -> int:
    orders = _orders(show, show.sold) + _orders(show, show.held)
    return 1 + orders + show.refunds + _admitted(show)
