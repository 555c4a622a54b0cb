"""Trying to pay: which request made which attempt, and what is answered. Pure.

What becomes of an attempt is in ``payments.outcomes``.
"""

from datetime import datetime

from payments.models import Attempt, Payment, Status, changed
from ticketing.change import Change
from ticketing.errors import BadRequestError, KeyReusedError, UnavailableError

# Of cards that cost no attempt, so that a payment does not grow for ever.
MOST = 100
OVER = "Cannot pay for a cancelled order"
BEING_MADE = "A payment for this order is being made"


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
    if payment.status is not Status.PENDING or attempt.key:
        return None
    double_click = payment.attempts[-1].token == attempt.token
    return len(payment.attempts) if double_click else None


def answer(payment: Payment, number: int) -> Payment:
    """What attempt ``number`` came to. Raises BadRequestError on a decline."""
    message = payment.attempts[number - 1].message
    if message is not None:
        raise BadRequestError(message)
    if payment.status in {Status.PENDING, Status.CLOSING}:
        raise UnavailableError("The payment is not settled yet; look again in a moment")
    if payment.status is Status.CANCELLED:
        raise BadRequestError(OVER)
    return payment


def begin(payment: Payment) -> Change[Payment]:
    """The first step, about to be made."""
    return Change(payment)


def check_payable(payment: Payment) -> None:
    """Raise BadRequestError unless a confirmation may still be tried."""
    if payment.is_taken:
        raise BadRequestError("This order is already paid")
    if payment.ended or payment.status in {Status.FAILED, Status.CANCELLED}:
        raise BadRequestError(OVER)
    if payment.status in {Status.PENDING, Status.PROCESSING}:
        raise BadRequestError(BEING_MADE)


def try_again(payment: Payment, attempt: Attempt, now: datetime) -> Change[Payment]:
    """Another attempt, about to be made. Raises BadRequestError unless there may be.

    While an intent is being opened an attempt would make a second one.
    """
    check_payable(payment)
    if payment.status is Status.OPENING:
        raise BadRequestError(BEING_MADE)
    if len(payment.attempts) >= MOST:
        raise BadRequestError("Too many tries: reserve again")
    return changed(
        payment,
        status=Status.PENDING,
        attempts=(*payment.attempts, attempt),
        redirect_url=None,
        waiting_since=now,
    )
