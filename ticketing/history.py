"""What has become of an aggregate, kept in its own document: no write is spent on it.

``history`` has one entry for each change whose state has something to say; ``sent`` has
the events that the bus has taken, with their numbers in the stream. Both are bounded:
the oldest entries go first.
"""

from typing import Any, Protocol, cast

from ticketing import tracing
from ticketing.change import Change
from ticketing.clock import from_iso, iso, utc_now
from ticketing.messages import Event

Json = dict[str, Any]

# Entries that a document keeps of its changes.
KEPT = 100


class Noted(Protocol):
    """A state that says in a few words what it is now, and nothing personal."""

    @property
    def version(self) -> int: ...

    def note(self) -> str: ...


def entries_of(change: Change[Any]) -> list[Json]:
    """What a change adds to the history: one entry or none."""
    if not hasattr(change.state, "note"):
        return []
    state = cast("Noted", change.state)
    return [
        {
            "version": state.version,
            "at": from_iso(change.event.time) if change.event else utc_now(),
            "what": state.note(),
            "by": tracing.cause(),
            "trace": tracing.trace_id(tracing.current()),
        }
    ]


def sent_entry(event: Event, sequence: int) -> Json:
    """How an event that the bus has taken is remembered."""
    fields = {"id": event.id, "subject": event.subject, "data": event.data}
    told = {"at": event.time, "traceparent": event.traceparent}
    return fields | told | {"sequence": sequence}


def sent_event(entry: Json) -> Event:
    """The event to publish once more: another message of the same event."""
    return Event(
        subject=entry["subject"],
        id=entry["id"],
        data=entry["data"],
        time=entry["at"],
        traceparent=entry["traceparent"],
        retold=str(entry["sequence"]),
    )


def told(document: Json) -> list[Json]:
    """Return what a document keeps, by time: ``{at, what, by, trace, version}`` of
    changes, ``{at, what, event, trace, sequence}`` of events.

    An event that the bus has not taken yet has no ``sequence``.
    """
    changes = [
        entry | {"at": iso(entry["at"])} for entry in document.get("history", ())
    ]
    waiting = [
        entry | {"at": iso(entry["time"])} for entry in document.get("outbox", ())
    ]
    # One that two processes have published is noted twice.
    events = {
        each["id"]: _event(each) for each in [*document.get("sent", ()), *waiting]
    }
    return sorted([*changes, *events.values()], key=_place)


def _event(entry: Json) -> Json:
    return {
        "at": entry["at"],
        "what": entry["subject"],
        "event": entry["id"],
        "trace": tracing.trace_id(entry["traceparent"]),
        "sequence": entry.get("sequence"),
    }


def _place(entry: Json) -> tuple[str, int, bool]:
    """By time; what fell into one millisecond by version, an event after its change."""
    is_event = "event" in entry
    version = entry["event"].rpartition(":")[2] if is_event else entry["version"]
    return entry["at"], int(version), is_event
