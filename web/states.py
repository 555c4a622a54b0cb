"""What a page tells about a listing or an order. Pure: no I/O, the time comes in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from ticketing.clock import from_iso

Json = dict[str, Any]


class Offer(StrEnum):
    """What a listing is to the one who looks at it.

    Of one with several units: whether any can be bought now; HELD means that all are
    taken and some may come back.
    """

    FREE = "free"
    HELD = "held"
    SOLD = "sold"
    HELD_BY_YOU = "held by you"
    YOURS = "yours"
    UPCOMING = "upcoming"
    OVER = "over"
    CANCELLED = "cancelled"


class Payment(StrEnum):
    """How far the payment of an order is."""

    NONE = "none"
    UNKNOWN = "unknown"
    OPENING = "opening"
    OPEN = "open"
    PENDING = "pending"
    ACTION = "action"
    PROCESSING = "processing"
    DECLINED = "declined"
    FAILED = "failed"
    CLOSING = "closing"
    CANCELLED = "cancelled"
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Stage(StrEnum):
    """Where an order stands, and so what its owner can do."""

    OPEN = "open"
    ACTION = "action"
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
_UNDER_WAY = {
    Payment.PENDING: Stage.PROCESSING,
    Payment.PROCESSING: Stage.PROCESSING,
    Payment.PAID: Stage.CONFIRMING,
}
# Nothing can be paid any more, and the order will soon know.
_OVER = {Payment.FAILED, Payment.CLOSING, Payment.CANCELLED}
# Until its intent is cancelled, a browser may confirm one that was declined before.
_UNCHARGED = {Payment.NONE, Payment.CANCELLED}
_RETURNED = {Payment.REFUNDING: Stage.REFUNDING, Payment.REFUNDED: Stage.REFUNDED}


def is_single(ticket: Json) -> bool:
    """Whether there is one unit, which one order has or none."""
    return bool(ticket["quantity"] == 1)


def offer_of(
    ticket: Json, holder: Json | None, user_id: str | None, now: datetime
) -> Offer:
    """``holder`` is the order that was last heard to hold a ticket, if it is known.

    The ticket itself hears of it a moment later than the order.
    """
    if ticket.get("cancelled"):
        return Offer.CANCELLED
    known = holder if is_single(ticket) else None
    offer = _by_holder(known, user_id) if known else _by_numbers(ticket)
    if offer in {Offer.FREE, Offer.HELD}:
        return _by_time(ticket, now) or offer
    return offer


def _by_holder(holder: Json, user_id: str | None) -> Offer:
    if holder["status"] == "cancelled":
        return Offer.FREE
    complete = holder["status"] == "complete"
    if holder["userId"] == user_id:
        return Offer.YOURS if complete else Offer.HELD_BY_YOU
    return Offer.SOLD if complete else Offer.HELD


def _by_numbers(ticket: Json) -> Offer:
    if ticket["available"]:
        return Offer.FREE
    return Offer.HELD if ticket["held"] else Offer.SOLD


def _by_time(ticket: Json, now: datetime) -> Offer | None:
    opens, event = ticket.get("onSaleAt"), ticket.get("event")
    if opens and now < from_iso(opens):
        return Offer.UPCOMING
    if event and now >= from_iso(event["startsAt"]):
        return Offer.OVER
    return None


def seats_of(units: list[str], ticket: Json | None) -> list[str]:
    """Return those of an order's units that are seats: all of them or none.

    The numbers of units without seats mean nothing to anybody.
    """
    named = any(not label.isdecimal() for label in units)
    return units if named or (ticket and ticket["seated"]) else []


def payment_state(payment: Json) -> Payment:
    """Return how far a payment is: while a part of it goes back it stays paid."""
    state = Payment(payment["status"])
    if state is Payment.ACTION and not payment.get("redirectUrl"):
        return Payment.OPEN  # in the browser where it was begun, if anywhere
    if state is Payment.REFUNDING:
        returned = sum(refund["amount"] for refund in payment["refunds"])
        return state if returned == payment["amount"] else Payment.PAID
    return state


def is_uncharged(payment: Json) -> bool:
    """Whether it can be said that nothing was charged."""
    return Payment(payment["status"]) in _UNCHARGED


def stage_of(order: Json, payment: Payment, now: datetime) -> Stage:
    if payment in _RETURNED:
        return _RETURNED[payment]
    if order["status"] == "complete":
        return Stage.COMPLETE
    if order["status"] == "cancelled":
        return _after_the_end(order, payment)
    if payment in _UNDER_WAY:
        return _UNDER_WAY[payment]
    return _while_held(order, payment, now)


def _while_held(order: Json, payment: Payment, now: datetime) -> Stage:
    if payment in _OVER or now >= from_iso(order["expiresAt"]):
        return Stage.ENDING
    if payment is Payment.ACTION:
        return Stage.ACTION
    return Stage.UNREACHABLE if payment is Payment.UNKNOWN else Stage.OPEN


def _after_the_end(order: Json, payment: Payment) -> Stage:
    if order.get("reason") == "refunded":
        return Stage.REFUNDED
    return Stage.LATE if payment in _UNDER_WAY else Stage.CANCELLED
