"""What tells of a change: https://docs.stripe.com/api/events/object"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from stripe_stand_in.entities import Entity
from stripe_stand_in.ids import new_id
from stripe_stand_in.views import render

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True)
class Cause:
    """The request that made the change; without an id it happened by itself."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Event:
    """body: the JSON that is sent, with the object as it was when it changed."""

    id: str
    created: int
    type: str
    body: str

    @classmethod
    def parse(cls, body: str) -> Event:
        said = json.loads(body)
        return cls(said["id"], said["created"], said["type"], body)

    def as_seen_now(self, pending: int) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.body)
        return shown | {"pending_webhooks": pending}


def make(kind: str, entity: Entity, now: int, cause: Cause, pending: int) -> Event:
    """pending: the number of webhook endpoints that will hear of it."""
    event_id = new_id("evt")
    body = {
        "id": event_id,
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": {"object": render(entity)},
        "livemode": False,
        "pending_webhooks": pending,
        "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        "type": kind,
    }
    return Event(event_id, now, kind, json.dumps(body))
