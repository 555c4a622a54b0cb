"""What one request reads and writes, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Any, TypeVar, cast

from stripe_stand_in import events
from stripe_stand_in.changes import Change, Due
from stripe_stand_in.entities import Entity, WebhookEndpoint
from stripe_stand_in.events import Cause, Event
from stripe_stand_in.idempotency import KEPT_SECONDS, Key, Saved
from stripe_stand_in.tables import COLUMNS, PUT

T = TypeVar("T", bound=Entity | Event)


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
    """What one request reads and writes.

    moment: seconds since 1970. lag: how long a webhook is held back. announced: whether
    webhooks are due. scheduled: whether something is to happen by itself. reconfigured:
    whether the webhook endpoints are others now.
    """

    db: Connection
    moment: float
    endpoints: tuple[WebhookEndpoint, ...]
    lag: Callable[[], float]
    announced: bool = field(default=False, init=False)
    scheduled: bool = field(default=False, init=False)
    reconfigured: bool = field(default=False, init=False)

    @property
    def now(self) -> int:
        return int(self.moment)

    def find(self, kind: type[T], entity_id: str) -> T | None:
        row = self.db.execute(
            f"SELECT body FROM {COLUMNS[kind][0]} WHERE id = ?",  # noqa: S608 - ours
            (entity_id,),
        ).fetchone()
        return row and _load(kind, row[0])

    def put(self, entity: Entity | Event) -> None:
        kind = type(entity)
        extra = [getattr(entity, column) for column in COLUMNS[kind][1]]
        self.db.execute(PUT[kind], (entity.id, entity.created, *extra, _dump(entity)))

    def apply(self, change: Change, cause: Cause) -> None:
        for entity in change.kept:
            self.put(entity)
        for kind, entity in change.events:
            self._announce(kind, entity, cause)
        for due in change.due:
            self._schedule(due)

    def _announce(self, kind: str, entity: Entity, cause: Cause) -> None:
        wanting = [endpoint for endpoint in self.endpoints if endpoint.wants(kind)]
        event = events.make(kind, entity, self.now, cause, len(wanting))
        self.put(event)
        for endpoint in wanting:
            self.send(event.id, endpoint.id, self.now + self.lag())

    def send(self, event_id: str, endpoint_id: str, due: float) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO outgoing VALUES (?, ?, ?, 0)",
            (event_id, endpoint_id, due),
        )
        self.announced = True

    def _schedule(self, due: Due) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO due VALUES (?, ?, ?)",
            (due.entity_id, self.moment + due.seconds, due.outcome),
        )
        self.scheduled = True

    def configure(self, endpoint: WebhookEndpoint) -> None:
        self.put(endpoint)
        self.reconfigured = True

    def forget(self, endpoint: WebhookEndpoint) -> None:
        self.db.execute("DELETE FROM webhook_endpoints WHERE id = ?", (endpoint.id,))
        self.db.execute("DELETE FROM outgoing WHERE endpoint = ?", (endpoint.id,))
        self.reconfigured = True

    def page(self, kind: type[T], query: Query) -> tuple[list[T], bool]:
        """The page and whether more lies beyond it."""
        order, comparison = ("DESC", "<") if query.forward else ("ASC", ">")
        where: list[tuple[str, Any]] = list(query.where)
        table = COLUMNS[kind][0]
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
            "SELECT count(*) FROM outgoing WHERE event = ?", (event_id,)
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


def _dump(entity: Entity | Event) -> str:
    return entity.body if isinstance(entity, Event) else json.dumps(vars(entity))


def _load(kind: type[T], body: str) -> T:
    made = Event.parse(body) if kind is Event else kind(**json.loads(body))
    return cast("T", made)
