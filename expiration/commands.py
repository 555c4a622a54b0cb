"""Announcing the end of holds, on time and at least once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from expiration.deadlines import Deadlines, LostError
from ticketing.clock import from_iso
from ticketing.contract import ExpirationComplete
from ticketing.events import Publisher
from ticketing.messages import Event

BATCH = 100
# An order that is not over so long after its end was announced to nobody.
LATE = timedelta(seconds=10)
PAGE = 200

Unpaid = Callable[[int, str | None], list[dict[str, Any]]]


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def watch(deadlines: Deadlines, order_id: str, expires_at: str) -> None:
    """Remember when a hold ends."""
    deadlines.set(order_id, milliseconds(from_iso(expires_at)))


def extend(deadlines: Deadlines, order_id: str, expires_at: str) -> None:
    """A hold has become longer."""
    deadlines.move(order_id, milliseconds(from_iso(expires_at)))


def announce_due(
    deadlines: Deadlines, publisher: Publisher, unpaid: Unpaid, now: datetime
) -> int:
    """Announce the holds that have ended; return how many.

    A deadline is forgotten only when JetStream has acknowledged its event.
    """
    claimed = milliseconds(now)
    try:
        due = deadlines.claim(claimed, BATCH)
    except LostError:
        rebuild(deadlines, unpaid)
        return 0
    events = [[_event(order_id, claimed)] for order_id in due]
    announced = publisher.publish_groups(events)
    for order_id, done in zip(due, announced, strict=True):
        if done:
            deadlines.finish(order_id, claimed)
    return sum(map(bool, announced))


def rebuild(deadlines: Deadlines, unpaid: Unpaid) -> int:
    """Set the deadlines anew from the orders, which are the truth; return how many.

    An order made meanwhile comes by its own event. A rebuild that does not come to its
    end, or that is lost with the rest before it does, leaves the set to be rebuilt.
    """
    token = deadlines.begin_rebuild()
    count, after = 0, None
    while page := unpaid(PAGE, after):
        for order in page:
            watch(deadlines, order["id"], order["expiresAt"])
        count, after = count + len(page), page[-1]["id"]
    deadlines.end_rebuild(token)
    return count


def catch_up(deadlines: Deadlines, unpaid: Unpaid, now: datetime) -> int:
    """Give those a deadline again whose end is long past; return how many.

    What was announced may have been lost on the bus. The oldest orders end first, so
    one page of them is enough; those that wait for a grace are announced once more.
    """
    late = [
        order
        for order in unpaid(PAGE, None)
        if from_iso(order["expiresAt"]) < now - LATE
    ]
    for order in late:
        watch(deadlines, order["id"], order["expiresAt"])
    return len(late)


def _event(order_id: str, claimed_ms: int) -> Event:
    """An order may have a second deadline, so its id alone tells too little."""
    payload = ExpirationComplete(order_id=order_id)
    event_id = f"{order_id}:expiration:{claimed_ms}"
    return Event(payload.subject, event_id, payload.json_dict())
