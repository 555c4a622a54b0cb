"""Tells open pages what has changed, as soon as it is heard of on the bus."""

import random
import resource
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider

from ticketing.config import positive, setting
from ticketing.errors import UnavailableError
from ticketing.feed import Feed
from ticketing.http.streaming import StreamHub, StreamResponse
from ticketing.nats import Nats
from ticketing.peers import DIRECT, Peers, group_of
from ticketing.sessions import Session, Sessions
from web.news import HEARD, Json, Latest, News, news_of

# What happened while the process began.
SINCE = timedelta(minutes=1)
# A listing that many buy at once is told of no more often, in seconds: on its own page,
# and where it is one of many.
APART, FAR_APART = 0.3, 3.0
# Milliseconds after which a page comes back, so that not all come at once.
RETRY = 1000, 5000
# File descriptors for everything else: connections that ask, and the servers.
SPARE = 1000


class Live:
    """What a worker can do: answer with a stream.

    ``position`` tells which message of the bus was the last one heard, ``has_ended``
    whether a session was revoked.
    """

    def __init__(
        self,
        hub: StreamHub,
        position: Callable[[], int],
        has_ended: Callable[[Session], bool] = lambda _: False,
        peers: Peers = DIRECT,
    ) -> None:
        self._hub = hub
        self._position = position
        self._has_ended = has_ended
        self._peers = peers
        self._latest = Latest()
        self._waiting: set[str] = set()

    def hear(self, payload: Any) -> None:
        news = self._latest.note(news_of(payload, self._position()))
        if news.kind == "ticket":
            self._tell_apart(news, news.topic, APART)
            self._tell_apart(news, _of_listed(news.data["id"]), FAR_APART)
        elif self._hub.has(news.topic):
            self._hub.tell(news.topic, news.message)

    def _tell_apart(self, news: News, topic: str, apart: float) -> None:
        """Tell at once, and again after a while what has come meanwhile."""
        if topic in self._waiting or not self._hub.has(topic):
            return
        self._hub.tell(topic, news.message)
        self._waiting.add(topic)
        eventlet.spawn_after(apart, self._tell_rest, news, topic, apart)

    def _tell_rest(self, told: News, topic: str, apart: float) -> None:
        self._waiting.discard(topic)
        latest = self._latest.of(told.topic)
        if latest and latest.place > told.place:
            self._tell_apart(latest, topic, apart)

    def hear_revoked(self, user_id: str) -> None:
        """Close what a user's sessions that have ended listen to."""
        self._hub.end(_of_user(user_id), self._has_ended)

    def check_room(self, address: str) -> None:
        """Raise UnavailableError if no more can be opened, at all or from there."""
        most, here = self._peers.per_address, self._hub.count(_of_address(address))
        is_crowded = here >= most and self._peers.counts(address)
        if self._hub.is_full or is_crowded:
            raise UnavailableError("Too many pages listen; ask now and then instead")

    def position(self) -> int:
        return self._position()

    def follow(
        self, about: "About", seen: "Seen", listener: "Listener"
    ) -> StreamResponse:
        """Answer with a stream about orders as they were read, and listings."""
        session = listener.session
        topics = [_of_address(listener.address)]
        topics += [_of_user(session.user_id)] if session else []
        topics += [f"order:{order['id']}" for order in about.orders]
        topics += [f"ticket:{about.ticket_id}"] if about.ticket_id else []
        topics += map(_of_listed, about.listed)

        def take(fd: int) -> None:
            first = [_opening(seen.place)]
            for order in about.orders:
                first += self._of_order(order, seen.place)
            if about.ticket_id:
                first += self._of_ticket(about.ticket_id, seen)
            for ticket_id in about.listed:
                first += self._of_one_of_many(ticket_id, seen)
            self._hub.take(fd, topics, b"".join(first), session)
            if session:  # it may have ended in between
                self.hear_revoked(session.user_id)

        return StreamResponse(take)

    def _of_order(self, order: Json, place: int) -> list[bytes]:
        """Return the order as it was read, and what was heard of it since."""
        data = {name: order[name] for name in ("id", "version", "status", "expiresAt")}
        told = News("order", data, place)
        latest = self._latest.of(told.topic)
        newer = latest is not None and latest.place > place
        return [told.message, latest.message] if latest and newer else [told.message]

    def _of_ticket(self, ticket_id: str, seen: "Seen") -> list[bytes]:
        latest = self._latest.of(f"ticket:{ticket_id}")
        if latest and seen.is_older_than(latest):
            return [latest.message]
        if seen.place_told and not self._latest.knows_all_after(seen.place):
            return [News("ticket", {"id": ticket_id}, seen.place).message]
        return []

    def _of_one_of_many(self, ticket_id: str, seen: "Seen") -> list[bytes]:
        """A list does not tell how old it is."""
        latest = self._latest.of(f"ticket:{ticket_id}")
        if latest and not seen.place_told:
            return [latest.message]
        return self._of_ticket(ticket_id, seen)


@dataclass(frozen=True)
class About:
    """What a page shows: orders, a listing, or a list of them by their ids."""

    orders: Sequence[Json] = ()
    ticket_id: str | None = None
    listed: Sequence[str] = ()


@dataclass(frozen=True)
class Listener:
    """Who listens, and where."""

    address: str
    session: Session | None = None


class Seen:
    """What a page has seen: all up to a place on the bus, or a listing's version."""

    def __init__(self, now: int, place_told: int | None, version: int | None) -> None:
        self.place_told = place_told is not None
        self.place = now if place_told is None else min(place_told, now)
        self._version = version

    def is_older_than(self, latest: News) -> bool:
        if not self.place_told and self._version is not None:
            return bool(self._version < latest.data["version"])
        return self.place < latest.place


def _of_user(user_id: str) -> str:
    return f"user:{user_id}"


def _of_listed(ticket_id: str) -> str:
    return f"listed:{ticket_id}"


def _of_address(address: str) -> str:
    return f"address:{group_of(address)}"


def _opening(place: int) -> bytes:
    """An id without an event: the page names it when it comes back."""
    return f"retry: {random.randint(*RETRY)}\nid: {place}\n\n".encode()  # noqa: S311 - no secret


def most_streams(config: Any) -> int:
    """Return LIVE_STREAMS, or fewer if the process may not open so many files."""
    given = {"LIVE_STREAMS": config.get("LIVE_STREAMS", 20_000)}
    wanted = setting(given, "LIVE_STREAMS", positive)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return wanted
    return min(wanted, max(allowed - SPARE, allowed // 2))


class LiveStreams(DependencyProvider):
    """Gives the worker the process's ``Live``."""

    nats = Nats()
    sessions = Sessions()

    def setup(self) -> None:
        config = self.container.config
        self._hub = StreamHub(most_streams(config))
        self._feed = Feed(self.nats.connection, HEARD, self._hear, SINCE)
        has_ended = self.sessions.has_ended
        position, peers = (lambda: self._feed.position), Peers.of(config)
        self._live = Live(self._hub, position, has_ended, peers)

    def details(self) -> dict[str, Callable[[], Any]]:
        return {"streams": lambda: len(self._hub)}

    def start(self) -> None:
        self._hub.start()
        self.sessions.listeners.append(self._live.hear_revoked)
        self._thread = self.container.spawn_managed_thread(
            self._feed.run, identifier="live"
        )

    def stop(self) -> None:
        self.sessions.listeners.remove(self._live.hear_revoked)
        self._hub.stop()
        self._feed.end(self._thread)

    def get_dependency(self, worker_ctx: Any) -> Live:
        return self._live

    def _hear(self, payload: Any) -> None:
        self._live.hear(payload)
