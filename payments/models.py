"""The payment of one order and what can happen to it. Pure: no I/O, the time comes in.

::

    pending ──► paid ◄──► refunding ──► refunded (all of it)
     ▲   │
     │   ├────► declined (the buyer may try again)
     └───┼──────────┘
         └────► failed (that was the last attempt)

Each step towards Stripe is saved before Stripe is called: ``pending`` and ``refunding``
say what is being asked, so that after a crash the same is asked again with the same
idempotency key. What happens between paid and refunded is in ``payments.refunds``.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ticketing.change import Change
from ticketing.contract import PaymentCreated, PaymentFailed
from ticketing.errors import BadRequestError, KeyReusedError, UnavailableError
from ticketing.messages import Event


class Status(StrEnum):
    PENDING = "pending"
    DECLINED = "declined"
    PAID = "paid"
    FAILED = "failed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Charged:
    """Stripe took the money, under this id."""

    stripe_id: str


@dataclass(frozen=True)
class Declined:
    """The bank said no. ``counts`` is False when the token itself was no good."""

    message: str
    counts: bool = True


Outcome = Charged | Declined


@dataclass(frozen=True)
class Attempt:
    """One try with one card; ``message`` says why it was declined.

    ``key`` and ``fingerprint`` are the Idempotency-Key of the request and its body.
    """

    token: str
    key: str | None = None
    fingerprint: str | None = None
    message: str | None = None
    counts: bool = True


@dataclass(frozen=True)
class Refund:
    """``amount`` cents for ``units``: on their way back and, once ``done``, back."""

    units: tuple[str, ...]
    amount: int
    reason: str
    done: bool = False

    def json_dict(self) -> dict[str, Any]:
        return {**vars(self), "units": list(self.units)}


@dataclass(frozen=True)
class Payment:
    """``amount`` cents for ``units`` of an order, at ``price`` cents each.

    The units are () where they are not known. ``reason`` says why it failed;
    ``waiting_since`` is set while an answer of Stripe is outstanding.
    """

    id: str
    order_id: str
    user_id: str
    amount: int
    status: Status
    attempts: tuple[Attempt, ...]
    units: tuple[str, ...] = ()
    price: int = 0
    refunds: tuple[Refund, ...] = ()
    stripe_id: str | None = None
    reason: str | None = None
    waiting_since: datetime | None = None
    version: int = 0

    @property
    def attempt(self) -> Attempt:
        return self.attempts[-1]

    @property
    def request_keys(self) -> tuple[str, ...]:
        """The Idempotency-Keys of its requests: a user's other payments have others."""
        return tuple(attempt.key for attempt in self.attempts if attempt.key)

    @property
    def charge_key(self) -> str:
        """The idempotency key at Stripe: another attempt is another charge."""
        return f"{self.order_id}:charge:{len(self.attempts)}"

    @property
    def refunded(self) -> int:
        """How many cents are back."""
        return sum(refund.amount for refund in self.refunds if refund.done)

    def json_dict(self) -> dict[str, Any]:
        reasons = [self.reason, *(refund.reason for refund in self.refunds)]
        return {
            "id": self.id,
            "orderId": self.order_id,
            "status": self.status.value,
            "amount": self.amount,
            "attempts": len(self.attempts),
            "stripeId": self.stripe_id,
            "message": self.attempt.message,
            "reason": reasons[-1],
            "refunded": self.refunded,
            "refunds": [refund.json_dict() for refund in self.refunds],
        }


def number_of(payment: Payment, attempt: Attempt) -> int | None:
    """Return which attempt (from 1) the same request made before, None if none.

    The same request has the same Idempotency-Key or, without one, the same token while
    the attempt is still being made: a double click. Raises KeyReusedError.
    """
    for number, made in enumerate(payment.attempts, 1):
        if attempt.key and made.key == attempt.key:
            if made.fingerprint != attempt.fingerprint:
                raise KeyReusedError
            return number
    double_click = not attempt.key and payment.attempt.token == attempt.token
    if payment.status is Status.PENDING and double_click:
        return len(payment.attempts)
    return None


def answer(payment: Payment, number: int) -> Payment:
    """What attempt ``number`` came to. Raises BadRequestError on a decline."""
    message = payment.attempts[number - 1].message
    if message is not None:
        raise BadRequestError(message)
    if payment.status is Status.PENDING:
        raise UnavailableError("The payment is not settled yet; look again in a moment")
    return payment


def begin(payment: Payment) -> Change[Payment]:
    """The first attempt, about to be made."""
    return Change(payment)


def try_again(payment: Payment, attempt: Attempt, now: datetime) -> Change[Payment]:
    """Another attempt, about to be made. Raises BadRequestError unless there may be."""
    if payment.status in {Status.PAID, Status.REFUNDING, Status.REFUNDED}:
        raise BadRequestError("This order is already paid")
    if payment.status is Status.FAILED:
        raise BadRequestError("Cannot pay for a cancelled order")
    if payment.status is Status.PENDING:
        raise BadRequestError("A payment for this order is being made")
    return changed(
        payment,
        status=Status.PENDING,
        attempts=(*payment.attempts, attempt),
        waiting_since=now,
    )


def settle(
    payment: Payment, number: int, outcome: Outcome, allowed: int
) -> Change[Payment] | None:
    """Stripe has answered attempt ``number`` (from 1); ``allowed`` declines end it."""
    if payment.status is not Status.PENDING or len(payment.attempts) != number:
        return None
    if isinstance(outcome, Charged):
        return _paid(payment, outcome)
    attempt = replace(payment.attempt, message=outcome.message, counts=outcome.counts)
    attempts = (*payment.attempts[:-1], attempt)
    declines = sum(made.counts for made in attempts)
    if declines < allowed:
        return changed(
            payment, status=Status.DECLINED, attempts=attempts, waiting_since=None
        )
    return _failed(payment, attempts, outcome.message)


def _paid(payment: Payment, charged: Charged) -> Change[Payment]:
    change = changed(
        payment, status=Status.PAID, stripe_id=charged.stripe_id, waiting_since=None
    )
    created = PaymentCreated(
        id=payment.id,
        version=change.state.version,
        order_id=payment.order_id,
        stripe_id=charged.stripe_id,
        amount=payment.amount,
    )
    return replace(change, event=Event.of(created))


def _failed(
    payment: Payment, attempts: tuple[Attempt, ...], reason: str
) -> Change[Payment]:
    change = changed(
        payment,
        status=Status.FAILED,
        attempts=attempts,
        reason=reason,
        waiting_since=None,
    )
    failed = PaymentFailed(
        id=payment.id,
        version=change.state.version,
        order_id=payment.order_id,
        reason=reason,
    )
    return replace(change, event=Event.of(failed))


def changed(payment: Payment, **changes: Any) -> Change[Payment]:
    """The payment with these fields, a version on."""
    return Change(replace(payment, version=payment.version + 1, **changes))
