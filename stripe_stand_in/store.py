"""One SQLite file that survives a kill, and one transaction for each request.

A single connection under a lock: every state transition is serialised, so of many
concurrent confirmations of one PaymentIntent exactly one succeeds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from threading import Event as Signal
from threading import Lock
from typing import Any, TypeVar, cast

from stripe_stand_in import events
from stripe_stand_in.entities import (
    Charge,
    Entity,
    Intent,
    PaymentMethod,
    Refund,
    Token,
)
from stripe_stand_in.errors import LockTimeoutError
from stripe_stand_in.events import Cause, Event
from stripe_stand_in.idempotency import KEPT_SECONDS, Key, Saved
from stripe_stand_in.models import Change

T = TypeVar("T", bound=Entity | Event)

LOCK_SECONDS = 5.0
# https://docs.stripe.com/api/events/retrieve: events can be fetched for 30 days.
EVENTS_KEPT_SECONDS = 30 * 24 * 3600

# Beside its id, its time and its body, the columns a kind can be searched by.
_COLUMNS: dict[type[Any], tuple[str, tuple[str, ...]]] = {
    Token: ("tokens", ()),
    PaymentMethod: ("payment_methods", ()),
    Intent: ("payment_intents", ()),
    Charge: ("charges", ("payment_intent",)),
    Refund: ("refunds", ("payment_intent", "charge")),
    Event: ("events", ("type",)),
}


def _schema() -> Iterator[str]:
    for table, columns in _COLUMNS.values():
        extra = "".join(f"{column} TEXT NOT NULL, " for column in columns)
        yield (
            f"CREATE TABLE IF NOT EXISTS {table} (seq INTEGER PRIMARY KEY, "
            f"id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, {extra}"
            "body TEXT NOT NULL)"
        )
        yield f"CREATE INDEX IF NOT EXISTS {table}_time ON {table} (created, seq)"
        for column in columns:
            yield f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} ({column})"
    yield (
        "CREATE TABLE IF NOT EXISTS deliveries (event TEXT PRIMARY KEY, "
        "due REAL NOT NULL, attempts INTEGER NOT NULL)"
    )
    yield "CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due)"
    yield (
        "CREATE TABLE IF NOT EXISTS idempotency (owner TEXT, key TEXT, "
        "fingerprint TEXT, status INTEGER, body TEXT, request_id TEXT, "
        "created INTEGER, PRIMARY KEY (owner, key))"
    )
    yield "CREATE INDEX IF NOT EXISTS idempotency_time ON idempotency (created)"


def _put_sql(kind: type[Any]) -> str:
    table, columns = _COLUMNS[kind]
    names = ("id", "created", *columns, "body")
    return (
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join('?' * len(names))}) "
        "ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    )


_PUT = {kind: _put_sql(kind) for kind in _COLUMNS}


@dataclass(frozen=True)
class Query:
    """One page of a list, newest first. where: (SQL condition, value) pairs.

    cursor: the id next to which the page lies; forward: older ones than the cursor.
    """

    limit: int = 10
    where: tuple[tuple[str, Any], ...] = ()
    cursor: str | None = None
    forward: bool = True


@dataclass
class Transaction:
    """What one request reads and writes. `announced` tells whether webhooks are due."""

    db: sqlite3.Connection
    now: int
    wanted: Callable[[str], bool]
    announced: bool = field(default=False, init=False)

    def find(self, kind: type[T], entity_id: str) -> T | None:
        row = self.db.execute(
            f"SELECT body FROM {_COLUMNS[kind][0]} WHERE id = ?",  # noqa: S608 - ours
            (entity_id,),
        ).fetchone()
        return row and _load(kind, row[0])

    def put(self, entity: Entity | Event) -> None:
        kind = type(entity)
        extra = [getattr(entity, column) for column in _COLUMNS[kind][1]]
        self.db.execute(_PUT[kind], (entity.id, entity.created, *extra, _dump(entity)))

    def apply(self, change: Change, cause: Cause) -> None:
        for entity in change.kept:
            self.put(entity)
        for kind, entity in change.events:
            self._announce(events.make(new_id("evt"), kind, entity, self.now, cause))

    def _announce(self, event: Event) -> None:
        self.put(event)
        if self.wanted(event.type):
            self.db.execute(
                "INSERT INTO deliveries VALUES (?, ?, 0)", (event.id, self.now)
            )
            self.announced = True

    def page(self, kind: type[T], query: Query) -> tuple[list[T], bool]:
        """The page and whether more lies beyond it."""
        order, comparison = ("DESC", "<") if query.forward else ("ASC", ">")
        where: list[tuple[str, Any]] = list(query.where)
        table = _COLUMNS[kind][0]
        if query.cursor is not None:
            place = f"(SELECT created, seq FROM {table} WHERE id = ?)"  # noqa: S608 - ours
            where.append((f"(created, seq) {comparison} {place}", query.cursor))
        conditions = " AND ".join(condition for condition, _ in where) or "1"
        rows = self.db.execute(
            f"SELECT body FROM {table} WHERE {conditions} "  # noqa: S608 - ours
            f"ORDER BY created {order}, seq {order} LIMIT ?",
            (*(value for _, value in where), query.limit + 1),
        ).fetchall()
        found = [_load(kind, row[0]) for row in rows[: query.limit]]
        return (found if query.forward else found[::-1]), len(rows) > query.limit

    def pending(self, event_id: str) -> int:
        found = self.db.execute(
            "SELECT count(*) FROM deliveries WHERE event = ?", (event_id,)
        ).fetchone()
        return int(found[0])

    def recall(self, key: Key) -> Saved | None:
        row = self.db.execute(
            "SELECT fingerprint, status, body, request_id FROM idempotency "
            "WHERE owner = ? AND key = ? AND created > ?",
            (key.owner, key.value, self.now - KEPT_SECONDS),
        ).fetchone()
        return row and Saved(*row)

    def remember(self, key: Key, saved: Saved) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key.owner, key.value, *vars(saved).values(), self.now),
        )


class Store:
    """clock: seconds since 1970. wanted: whether a type of event goes to a webhook."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float],
        wanted: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.clock = clock
        self.stirred = Signal()
        self._wanted = wanted
        self._lock = Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        for statement in _schema():
            self._db.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commits at the end; an exception undoes everything.

        Raises LockTimeoutError when other requests hold the store for too long.
        """
        if not self._lock.acquire(timeout=LOCK_SECONDS):
            raise LockTimeoutError
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                tx = Transaction(self._db, int(self.clock()), self._wanted)
                yield tx
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        finally:
            self._lock.release()
        if tx.announced:
            self.stirred.set()

    def prune(self) -> None:
        """Forgets what Stripe no longer shows either."""
        with self.transaction() as tx:
            tx.db.execute(
                "DELETE FROM idempotency WHERE created <= ?", (tx.now - KEPT_SECONDS,)
            )
            tx.db.execute(
                "DELETE FROM events WHERE created <= ?", (tx.now - EVENTS_KEPT_SECONDS,)
            )

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _dump(entity: Entity | Event) -> str:
    return entity.body if isinstance(entity, Event) else json.dumps(vars(entity))


def _load(kind: type[T], body: str) -> T:
    made = Event.parse(body) if kind is Event else kind(**json.loads(body))
    return cast("T", made)


def new_id(prefix: str) -> str:
    return f"{prefix}_{token_hex(12)}"
