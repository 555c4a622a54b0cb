"""An event and its form on the wire: CloudEvents in NATS headers, JSON in the body."""

import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ticketing import tracing
from ticketing.clock import iso, utc_now
from ticketing.contract import Payload, Shape
from ticketing.errors import HopelessError


@dataclass(frozen=True)
class Event:
    """Something that happened; ``id`` makes a repeated publish harmless.

    ``retold`` tells it from the first time, where it was lost on the way since.
    """

    subject: str
    id: str
    data: dict[str, Any]
    time: str = field(default_factory=lambda: iso(utc_now()))
    traceparent: str = field(default_factory=tracing.current)
    retold: str = ""

    @property
    def message_id(self) -> str:
        """What JetStream knows it by."""
        return f"{self.id}:{self.retold}" if self.retold else self.id

    @classmethod
    def of(cls, payload: Payload) -> "Event":
        """The event of one change of one aggregate."""
        event_id = f"{payload.id}:{payload.version}"
        return cls(payload.subject, event_id, payload.json_dict())


@dataclass(frozen=True)
class Delivery:
    """An event as a handler gets it; ``attempt`` counts deliveries from 1."""

    payload: Any
    id: str
    attempt: int = 1


def headers_of(event: Event, source: str) -> dict[str, str]:
    """CloudEvents 1.0 attributes by the NATS binding, and JetStream's message id."""
    return {
        "Nats-Msg-Id": event.message_id,
        "ce-specversion": "1.0",
        "ce-id": event.id,
        "ce-type": event.subject,
        "ce-source": f"/ticketing/{source}",
        "ce-time": event.time,
        "content-type": "application/json",
        "traceparent": event.traceparent or tracing.new_traceparent(),
    }


def body_of(event: Event) -> bytes:
    return json.dumps(event.data, separators=(",", ":")).encode()


def parse(shape: type[Shape], body: bytes) -> Shape:
    """Read a payload. Raises HopelessError with the reason when it is not one."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}"
            for e in error.errors()
        )
        raise HopelessError(f"not a {shape.__name__}: {problems}") from None
