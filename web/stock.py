"""Keeps the process's shelf right: by events at once, and by asking now and then."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider

from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.feed import Feed
from ticketing.nats import Nats
from ticketing.periodic import Bell
from web.known_listings import Listings
from web.shelf import Listing, Shelf, told_by
from web.states import Json

HEARD = TicketCreated, TicketUpdated
# What happened while the process began.
SINCE = timedelta(minutes=1)
# Seconds between two looks, each at one page, and after one that failed.
LOOK_EVERY = 10.0
RETRY = 1.0
LOOKED_AT = 200
# Looking takes no more than one part of so many of the time of who is asked.
REST = 20

# Rung when the shelf has to be looked through as a whole.
again = Bell()


class Stock:
    """What a worker can ask about what can be bought.

    Only while ``is_told``, by the bus, nothing can be missed.
    """

    def __init__(self, shelf: Shelf, is_connected: Callable[[], bool]) -> None:
        self._shelf = shelf
        self._listings = Listings()
        self._is_connected = is_connected
        self._is_whole = False
        self._doubts = 0
        self._after: str | None = None
        self._rests_until = 0.0

    @property
    def is_told(self) -> bool:
        return self._is_connected()

    @property
    def version(self) -> int:
        return self._shelf.version

    def next_turn(self, now: datetime) -> datetime | None:
        return self._shelf.next_turn(now)

    def doubt(self) -> None:
        """Have all of it looked through: something may have been missed."""
        self._shelf.doubt()
        self._listings.doubt()
        self._is_whole, self._after = False, None
        self._doubts += 1

    def hear(self, event: TicketCreated) -> None:
        told = told_by(event)
        self._shelf.hear(told)
        self._listings.hear(told)

    def listing(self, tickets: Any, ticket_id: str) -> Json:
        """Return a listing with its layout, for who has done nothing to it.

        Raises NotFoundError, UnavailableError.
        """
        known = self._listings.find(ticket_id)
        if known and self.is_told:
            return known
        try:
            return self._listings.put(self._newest(tickets, ticket_id))
        except UnavailableError:
            if known := self._listings.last(ticket_id):
                return known
            raise

    def _newest(self, tickets: Any, ticket_id: str) -> Json:
        """Ask for a listing, once more if it changed while the answer was coming."""
        told: Json = tickets.get_ticket(ticket_id)
        if self._shelf.knows(ticket_id, told["version"] + 1):
            return dict(tickets.get_ticket(ticket_id))
        return told

    def page(
        self, after: str | None, size: int, now: datetime, *, upcoming: bool
    ) -> Listing | None:
        """Return a page, None if the tickets service has to be asked."""
        if not self.is_told:
            return None
        return self._shelf.page(after, size, now, upcoming=upcoming)

    def known(
        self, after: str | None, size: int, now: datetime, *, upcoming: bool
    ) -> Listing | None:
        """Return what is known of a page for when nobody can be asked."""
        if not self._shelf.is_filled:
            return None
        return self._shelf.known(after, size, now, upcoming=upcoming)

    def learn(self, found: list[Json]) -> None:
        """Keep what was found for somebody, if nothing is known yet."""
        if not self._shelf.is_filled:
            self._shelf.begin(found)

    def catch_up(self, tickets: Any, ticket_id: str, version: int) -> None:
        """Ask for a listing, if that version of it has not been heard of yet."""
        if self._shelf.knows(ticket_id, version):
            return
        with suppress(NotFoundError, UnavailableError):
            self._shelf.hear(tickets.get_ticket(ticket_id))

    def look(self, tickets: Any) -> None:
        """Compare with what there is: all of it in doubt, else one more page.

        Raises UnavailableError.
        """
        if self._is_whole and monotonic() < self._rests_until:
            return
        try:
            while self._look_at_page(tickets) and not self._is_whole:
                pass
        except UnavailableError:
            eventlet.spawn_after(RETRY, again.ring)
            raise

    def _look_at_page(self, tickets: Any) -> bool:
        """Return whether there is more that should be on the shelf."""
        since, began = self._shelf.place, monotonic()
        after, doubts = self._after, self._doubts
        found: list[Json] = tickets.list_tickets(
            limit=LOOKED_AT, after=after, order="desc", availability="open"
        )
        if self._doubts != doubts:  # what was missed may be missing here too
            return True
        is_last = len(found) < LOOKED_AT
        self._shelf.correct(found, after, is_last=is_last, since=since)
        ended = monotonic()
        self._rests_until = ended + REST * (ended - began)
        goes_on = not is_last and not self._shelf.ends_at(found[-1]["id"])
        self._after = found[-1]["id"] if goes_on else None
        self._is_whole = self._is_whole or not goes_on
        return goes_on


class HomeStock(DependencyProvider):
    """Gives the worker the process's ``Stock``."""

    nats = Nats()

    def setup(self) -> None:
        connection = self.nats.connection
        self.stock = Stock(Shelf(), lambda: connection.connected)
        self._feed = Feed(connection, HEARD, self.stock.hear, SINCE)

    def start(self) -> None:
        self.nats.connection.on_reconnect(self._doubt)
        self._thread = self.container.spawn_managed_thread(
            self._run, identifier="stock"
        )

    def stop(self) -> None:
        self.nats.connection.forget(self._doubt)
        self._feed.end(self._thread)

    def get_dependency(self, worker_ctx: Any) -> Stock:
        return self.stock

    def _run(self) -> None:
        again.ring()
        self.nats.connection.wait_connected()
        self._doubt()
        self._feed.run()

    def _doubt(self) -> None:
        self.stock.doubt()
        again.ring()
