"""The newest listings that can be bought, now or later. Pure: no I/O, no clock.

What is on the shelf comes from events and from the tickets service itself, in any
order: of each listing its newest version counts. There is room for so many, and down to
its ``floor``, an id, the shelf knows every listing that there is.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ticketing.clock import from_iso
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.layout import Layout
from web.states import Json

ROOM = 1000
REMEMBERED = 5000
# Floors: an id beyond all of them, and one that nothing is below.
_NOTHING, _ALL = "g", ""
# What a list says of a listing.
_SHOWN = ("id", "title", "price", "currency", "quantity", "available", "onSaleAt")


@dataclass(frozen=True)
class Listing:
    """A page of things, newest first; ``after`` is where the next one begins."""

    things: list[Json]
    after: str | None


@dataclass(frozen=True)
class Item:
    """A listing as lists show it; ``place`` is that of its last change on the shelf."""

    shown: Json
    version: int
    place: int
    opens: datetime | None
    ends: datetime | None

    def stands(self, now: datetime, *, upcoming: bool) -> bool:
        """Whether it can be bought now, or, if so asked, when its sale opens."""
        is_upcoming = self.opens is not None and self.opens > now
        if upcoming:
            return is_upcoming
        return not (is_upcoming or (self.ends is not None and self.ends <= now))


def told_by(event: TicketCreated) -> Json:
    """Return an event as the tickets service would have told of the listing."""
    told = event.json_dict()
    told["quantity"] = len(Layout.parse(event.layout))
    if not isinstance(event, TicketUpdated):
        told |= {"available": told["quantity"], "held": 0, "sold": 0}
    return told


class Shelf:
    """``version`` counts the changes that somebody who looks at it would see."""

    def __init__(self, room: int = ROOM) -> None:
        self.version = 0
        self._room = room
        self._place = 0
        self._floor = _NOTHING
        self.is_filled = False
        self._items: dict[str, Item] = {}
        self._ids: list[str] = []
        # Versions of what left last, for news of it that come late.
        self._gone: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def place(self) -> int:
        """Grows with whatever is heard."""
        return self._place

    def ends_at(self, ticket_id: str) -> bool:
        """Whether there is no room for what is older."""
        return len(self._ids) >= self._room and ticket_id <= self._ids[0]

    def knows(self, ticket_id: str, version: int) -> bool:
        """Whether that version of a listing, or a newer one, was heard of."""
        return self._version_of(ticket_id) >= version

    def doubt(self) -> None:
        """Know nothing for sure until it is corrected, from the newest on."""
        self._floor = _NOTHING

    def hear(self, told: Json) -> None:
        """Take over a listing as its owner told of it, unless a newer one is here."""
        ticket_id, version = told["id"], told["version"]
        if self.knows(ticket_id, version):
            return
        self._place += 1
        if told["available"] > 0 and not told.get("cancelled"):
            self._put(_item(told, self._place))
        else:
            self._take_off(ticket_id, version)

    def begin(self, found: list[Json]) -> None:
        """Take over some of what there is, before anything else is known."""
        self.is_filled = True
        for told in found:
            self.hear(told)

    def correct(
        self, found: list[Json], after: str | None, *, is_last: bool, since: int
    ) -> None:
        """Take over all that there is from ``after`` down to the last one found.

        What was heard after ``since``, the place when the owner was asked, stays.
        """
        low = _ALL if is_last else found[-1]["id"]
        there = {told["id"] for told in found}
        for ticket_id in self._ids[bisect_left(self._ids, low) : self._end(after)]:
            item = self._items[ticket_id]
            if ticket_id not in there and item.place <= since:
                self._take_off(ticket_id, item.version)
        if after is None or after >= self._floor:
            self._floor = min(self._floor, low)
            self.is_filled = True
        for told in found:
            self.hear(told)

    def page(
        self, after: str | None, size: int, now: datetime, *, upcoming: bool = False
    ) -> Listing | None:
        """Return a page of what stands, None if that cannot be known here."""
        found = self._standing(after, size, now, upcoming=upcoming)
        is_whole = len(found) > size and found[-1]["id"] >= self._floor
        return _page(found, size) if is_whole or self._floor == _ALL else None

    def known(
        self, after: str | None, size: int, now: datetime, *, upcoming: bool = False
    ) -> Listing:
        """Return a page of what is known to stand; there may be more."""
        return _page(self._standing(after, size, now, upcoming=upcoming), size)

    def next_turn(self, now: datetime) -> datetime | None:
        """Return when time alone will change what stands, if it will."""
        return next_turn(self._items.values(), now)

    def _standing(
        self, after: str | None, size: int, now: datetime, *, upcoming: bool
    ) -> list[Json]:
        """Return up to one more than ``size``."""
        standing = (
            item.shown
            for item in self._below(after)
            if item.stands(now, upcoming=upcoming)
        )
        return list(islice(standing, size + 1))

    def _below(self, after: str | None) -> Iterator[Item]:
        ids = self._ids[: self._end(after)]
        return (self._items[ticket_id] for ticket_id in reversed(ids))

    def _end(self, after: str | None) -> int:
        return len(self._ids) if after is None else bisect_left(self._ids, after)

    def _version_of(self, ticket_id: str) -> int:
        item = self._items.get(ticket_id)
        return item.version if item else self._gone.get(ticket_id, -1)

    def _put(self, item: Item) -> None:
        ticket_id: str = item.shown["id"]
        known = self._items.get(ticket_id)
        if known is None:
            insort(self._ids, ticket_id)
            self._gone.pop(ticket_id, None)
        self._items[ticket_id] = item
        if len(self._ids) > self._room:
            self._drop_oldest()
        is_seen = known is None or known.shown != item.shown
        self.version += is_seen and ticket_id in self._items

    def _drop_oldest(self) -> None:
        """Make room; of what is as old nothing is known any more."""
        oldest = self._ids.pop(0)
        del self._items[oldest]
        if oldest >= self._floor:
            self._floor = self._ids[0]

    def _take_off(self, ticket_id: str, version: int) -> None:
        self._gone[ticket_id] = version
        self._gone.move_to_end(ticket_id)
        if len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)
        if self._items.pop(ticket_id, None):
            del self._ids[bisect_left(self._ids, ticket_id)]
            self.version += 1


def next_turn(items: Iterable[Item], now: datetime) -> datetime | None:
    turns = (turn for each in items for turn in (each.opens, each.ends))
    return min((turn for turn in turns if turn and turn > now), default=None)


def turn_of(told: Json, now: datetime) -> datetime | None:
    """Return when time alone will change what can be done with a listing."""
    return next_turn([_item(told, 0)], now)


def _item(told: Json, place: int) -> Item:
    event, opens = told.get("event"), told.get("onSaleAt")
    shown = {name: told[name] for name in _SHOWN if name in told}
    if event:
        shown["event"] = {k: event[k] for k in event if k != "description"}
    return Item(
        shown,
        told["version"],
        place,
        from_iso(opens) if opens else None,
        from_iso(event["startsAt"]) if event else None,
    )


def _page(found: list[Json], size: int) -> Listing:
    things = found[:size]
    return Listing(things, things[-1]["id"] if len(found) > size else None)
