"""What a pass is worth and what becomes of a scan. Pure: no I/O, the time comes in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orders.models import Order, Status
from ticketing.clock import iso

Json = dict[str, Any]

# How far the clock of a door may be ahead of ours.
AHEAD = timedelta(minutes=1)


class PassStatus(StrEnum):
    VALID = "valid"
    ADMITTED = "admitted"
    REFUNDED = "refunded"


class Outcome(StrEnum):
    """What a door says to a scan."""

    WELCOME = "welcome"
    ALREADY_IN = "already in"
    REFUNDED = "refunded"
    OTHER_EVENT = "not this event"


@dataclass(frozen=True)
class Scan:
    """A pass shown at a door. ``id`` stays the same when the door tells it again."""

    id: str
    door: str
    at: datetime


@dataclass(frozen=True)
class Admission:
    """A pass that was used: by the ``scan`` that came first, for ever.

    ``conflicts`` are the later scans, each once, in the order in which they came.
    """

    pass_id: str
    ticket_id: str
    unit: str
    scan: Scan
    recorded: datetime
    conflicts: tuple[Scan, ...] = ()

    def knows(self, scan_id: str) -> bool:
        return any(scan.id == scan_id for scan in (self.scan, *self.conflicts))

    def outcome_of(self, scan_id: str) -> Outcome:
        return Outcome.WELCOME if scan_id == self.scan.id else Outcome.ALREADY_IN

    def json_dict(self) -> Json:
        return {"admittedAt": iso(self.scan.at), "door": self.scan.door}

    def told(self) -> Json:
        """A part of its order's story."""
        later = f", shown {len(self.conflicts)} times more" if self.conflicts else ""
        what = f"unit {self.unit} admitted at {self.scan.door}{later}"
        return {"at": iso(self.scan.at), "what": what}


@dataclass(frozen=True)
class IssuedPass:
    """A pass that was given out; while ``is_good`` it lets somebody in."""

    id: str
    unit: str
    ticket_id: str
    is_good: bool


def passes_of(order: Order, *, cancelled: bool) -> list[IssuedPass]:
    """Return the passes of an order; ``cancelled`` says that its listing is.

    A pass is good while its unit belongs to the order and the order is complete.
    """
    complete = order.status is Status.COMPLETE
    good = set(order.units) if complete and not cancelled else set()
    return [
        IssuedPass(each.id, each.unit, order.ticket_id, each.unit in good)
        for each in order.passes
    ]


def time_of_scan(told: datetime | None, now: datetime) -> datetime:
    """Believe a door about the past, which it may tell late, not about the future."""
    return now if told is None or told > now + AHEAD else told


def shown(issued: IssuedPass, admission: Admission | None) -> Json:
    """A pass as its buyer and its seller see it.

    One that was used and refunded counts as refunded and still says who was in.
    """
    told = {"id": issued.id, "unit": issued.unit, "status": _status(issued, admission)}
    return told | _entry(admission)


def shown_to_seller(issued: IssuedPass, admission: Admission | None) -> Json:
    """As ``shown``, with the scans that came after somebody was in."""
    conflicts = admission.conflicts if admission else ()
    told = [{"door": scan.door, "at": iso(scan.at)} for scan in conflicts]
    return shown(issued, admission) | ({"conflicts": told} if told else {})


def answer(issued: IssuedPass, outcome: Outcome, admission: Admission | None) -> Json:
    """What a door is told about a scan."""
    told = {"id": issued.id, "unit": issued.unit, "outcome": outcome.value}
    return told | _entry(admission)


def _status(issued: IssuedPass, admission: Admission | None) -> str:
    if not issued.is_good:
        return PassStatus.REFUNDED.value
    return (PassStatus.ADMITTED if admission else PassStatus.VALID).value


def _entry(admission: Admission | None) -> Json:
    return admission.json_dict() if admission else {}
