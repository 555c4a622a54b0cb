"""What a page tells about a ticket or an order. Pure: no I/O, the time comes in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from ticketing.clock import from_iso

Json = dict[str, Any]


class Offer(StrEnum):
    """What a ticket is to the one who looks at it."""

    FREE = "free"
    HELD = "held"
    SOLD = "sold"
    HELD_BY_YOU = "held by you"
    YOURS = "yours"


class Payment(StrEnum):
    """How far the payment of an order is."""

    NONE = "none"
    UNKNOWN = "unknown"
    PENDING = "pending"
    DECLINED = "declined"
    PAID = "paid"
    FAILED = "failed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Stage(StrEnum):
    """Where an order stands, and so what its owner can do."""

    OPEN = "open"
    UNREACHABLE = "unreachable"
    PROCESSING = "processing"
    CONFIRMING = "confirming"
    ENDING = "ending"
    LATE = "late"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"

    @property
    def passes(self) -> bool:
        """Whether it will soon be another stage without anyone's doing."""
        return self in _PASSING


_PASSING = {
    Stage.UNREACHABLE,
    Stage.PROCESSING,
    Stage.CONFIRMING,
    Stage.ENDING,
    Stage.LATE,
    Stage.REFUNDING,
}
_UNDER_WAY = {Payment.PENDING: Stage.PROCESSING, Payment.PAID: Stage.CONFIRMING}
_RETURNED = {Payment.REFUNDING: Stage.REFUNDING, Payment.REFUNDED: Stage.REFUNDED}


def offer_of(ticket: Json, holder: Json | None, user_id: str | None) -> Offer:
    """``holder`` is the order that was last heard to hold the ticket, if it is known.

    The ticket itself hears of it a moment later than the order.
    """
    if holder is None:
        return Offer.HELD if ticket.get("orderId") else Offer.FREE
    if holder["status"] == "cancelled":
        return Offer.FREE
    complete = holder["status"] == "complete"
    if holder["userId"] == user_id:
        return Offer.YOURS if complete else Offer.HELD_BY_YOU
    return Offer.SOLD if complete else Offer.HELD


def stage_of(order: Json, payment: Payment, now: datetime) -> Stage:
    if payment in _RETURNED:
        return _RETURNED[payment]
    if order["status"] == "complete":
        return Stage.COMPLETE
    if order["status"] == "cancelled":
        return _after_the_end(order, payment)
    if payment in _UNDER_WAY:
        return _UNDER_WAY[payment]
    if payment is Payment.FAILED or now >= from_iso(order["expiresAt"]):
        return Stage.ENDING
    return Stage.UNREACHABLE if payment is Payment.UNKNOWN else Stage.OPEN


def _after_the_end(order: Json, payment: Payment) -> Stage:
    if order.get("reason") == "refunded":
        return Stage.REFUNDED
    return Stage.LATE if payment in _UNDER_WAY else Stage.CANCELLED
