"""The payment of one order and what can happen to it. Pure: no I/O, the time comes in.

::

    opening ──► open ◄──────┬──► processing ──┐
                 │          │                 │
    pending ─────┴──► declined, action ───────┴──► paid ◄──► refunding ──► refunded
                            │
                            ├──► failed (that was the last attempt)
                            └──► closing ──► cancelled (the order has ended)

One PaymentIntent belongs to it, which Stripe lets succeed at most once; whatever Stripe
says it has, is what has happened: see ``payments.outcomes``. Each step towards Stripe
is saved before Stripe is called: opening, pending, closing and refunding say what is
being asked, so that after a crash the same is asked again with the same idempotency
key. How attempts are made is in ``payments.attempts``, what happens between paid and
refunded in ``payments.refunds``.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from payments.intents import Sum
from ticketing.change import Change
from ticketing.money import DEFAULT_CURRENCY


class Status(StrEnum):
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


TAKEN = {Status.PAID, Status.REFUNDING, Status.REFUNDED}
# Something is being asked that may change whether there is money.
ASKED = {Status.OPENING, Status.PENDING, Status.CLOSING}
# A confirmation may come at any time: from a browser, or by another attempt.
CONFIRMABLE = {Status.OPEN, Status.ACTION, Status.DECLINED, Status.FAILED}


@dataclass(frozen=True)
class Attempt:
    """One try with one card; ``message`` says why it was declined.

    ``key`` and ``fingerprint`` are the Idempotency-Key of the request and its body.
    ``token`` is empty when a browser made it at Stripe. ``counts`` is False when Stripe
    did not even try; ``code`` and ``ref`` are those of the decline.
    """

    token: str
    key: str | None = None
    fingerprint: str | None = None
    message: str | None = None
    counts: bool = True
    code: str = ""
    ref: str | None = None


@dataclass(frozen=True)
class Refund:
    """``amount`` for ``units``: on their way back and, once ``done``, back."""

    units: tuple[str, ...]
    amount: int
    reason: str
    done: bool = False

    def json_dict(self) -> dict[str, Any]:
        return {**vars(self), "units": list(self.units)}


@dataclass(frozen=True)
class Payment:
    """``amount`` for ``units`` of an order, at ``price`` each, in smallest units.

    The units are () where they are not known. ``ended`` says that its order is over.
    ``reason`` says why it failed; ``waiting_since`` is set while an answer of Stripe is
    outstanding, ``traceparent`` is of the order's story.
    """

    id: str
    order_id: str
    user_id: str
    amount: int
    status: Status
    attempts: tuple[Attempt, ...] = ()
    currency: str = DEFAULT_CURRENCY
    units: tuple[str, ...] = ()
    price: int = 0
    refunds: tuple[Refund, ...] = ()
    stripe_id: str | None = None
    secret: str | None = None
    redirect_url: str | None = None
    ended: bool = False
    reason: str | None = None
    waiting_since: datetime | None = None
    traceparent: str = ""
    version: int = 0

    @property
    def sum(self) -> Sum:
        return Sum(self.order_id, self.amount, self.currency)

    @property
    def request_keys(self) -> tuple[str, ...]:
        """The Idempotency-Keys of its requests: a user's other payments have others."""
        return tuple(attempt.key for attempt in self.attempts if attempt.key)

    @property
    def is_attempting(self) -> bool:
        """Whether the latest attempt has no answer yet."""
        return bool(self.attempts) and self.attempts[-1].message is None

    @property
    def stripe_key(self) -> str:
        """The idempotency key of the next call: another attempt is another call."""
        kind = "charge" if self.is_attempting else "intent"
        return f"{self.order_id}:{kind}:{len(self.attempts)}"

    @property
    def is_taken(self) -> bool:
        return self.status in TAKEN

    @property
    def charged(self) -> int:
        return self.amount if self.is_taken else 0

    @property
    def refunded(self) -> int:
        """How much is back."""
        return sum(refund.amount for refund in self.refunds if refund.done)

    def note(self) -> str:
        """What it is now, for its history; a step that is asked for names its call."""
        number, stripe_id = len(self.attempts), self.stripe_id or "an intent"
        last = self.attempts[-1].message if self.attempts else None
        back = f"{self.refunded} of {self.amount} {self.currency} back"
        return {
            Status.OPENING: "Stripe is asked to open an intent",
            Status.OPEN: f"{stripe_id} is open",
            Status.PENDING: f"Stripe is asked to charge, attempt {number}",
            Status.ACTION: f"{stripe_id} waits for the buyer's confirmation",
            Status.PROCESSING: f"{stripe_id} waits for the bank",
            Status.DECLINED: f"attempt {number} declined: {last}",
            Status.FAILED: f"attempt {number}, the last one, declined: {last}",
            Status.CLOSING: f"Stripe is asked to cancel {stripe_id}",
            Status.CANCELLED: "cancelled: nothing can be charged any more",
            Status.PAID: f"{stripe_id} paid, {back}",
            Status.REFUNDING: f"Stripe is asked to refund, {back}",
            Status.REFUNDED: f"refunded, {back}",
        }[self.status]

    def told_buyer(self) -> dict[str, Any]:
        """What its buyer needs to go on."""
        return {
            "id": self.id,
            "status": self.status.value,
            "clientSecret": self.secret,
            "redirectUrl": self.redirect_url,
        }

    def json_dict(self) -> dict[str, Any]:
        reasons = [self.reason, *(refund.reason for refund in self.refunds)]
        last = self.attempts[-1] if self.attempts else Attempt("")
        return {
            "id": self.id,
            "orderId": self.order_id,
            "status": self.status.value,
            "amount": self.amount,
            "currency": self.currency,
            "attempts": len(self.attempts),
            "stripeId": self.stripe_id,
            "message": last.message,
            "code": last.code,
            "redirectUrl": self.redirect_url,
            "reason": reasons[-1],
            "refunded": self.refunded,
            "refunds": [refund.json_dict() for refund in self.refunds],
        }


def changed(payment: Payment, **changes: Any) -> Change[Payment]:
    """The payment with these fields, a version on."""
    return Change(replace(payment, version=payment.version + 1, **changes))
