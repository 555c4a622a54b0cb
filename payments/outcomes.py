"""What Stripe and the end of an order make of a payment. Pure: no I/O."""

from dataclasses import replace
from datetime import datetime

from payments.intents import Decline, Intent, IntentStatus
from payments.models import ASKED, CONFIRMABLE, Attempt, Payment, Status, changed
from ticketing.change import Change
from ticketing.contract import PaymentCreated, PaymentFailed
from ticketing.errors import UnavailableError
from ticketing.messages import Event


class MismatchError(UnavailableError):
    """What Stripe has does not fit the order: somebody has to look into it"""


def refuse(
    payment: Payment, number: int, message: str, now: datetime
) -> Change[Payment] | None:
    """Stripe has not even tried attempt ``number``: it costs the buyer nothing.

    With number 0, or where that has its answer, Stripe would not open the intent.
    """
    if payment.status not in ASKED or len(payment.attempts) != number:
        return None
    if not payment.is_attempting:
        return _moved(payment, Status.DECLINED, now)
    refused = replace(payment.attempts[-1], message=message, counts=False)
    after = replace(payment, attempts=(*payment.attempts[:-1], refused))
    return _moved(after, Status.DECLINED, now)


def observe(
    payment: Payment, intent: Intent, allowed: int, now: datetime
) -> Change[Payment] | None:
    """Take over what Stripe has; ``allowed`` declines end it. None if it is known.

    Raises MismatchError when it is not what the order is about.
    """
    if payment.is_taken:
        return None
    check_fits(payment, intent)
    known = replace(payment, stripe_id=intent.id, secret=intent.secret or None)
    if intent.status is IntentStatus.SUCCEEDED:
        return _paid(known)
    if intent.status is IntentStatus.CANCELED:
        return _cancelled(known)
    if intent.decline and _is_news(payment, intent.decline):
        return _declined(known, intent.decline, allowed, now)
    after = _moved(known, _status_of(payment, intent), now)
    after = Change(replace(after.state, redirect_url=intent.redirect_url))
    return None if _same(payment, after.state) else after


def close(payment: Payment, now: datetime) -> Change[Payment] | None:
    """Its order has ended: nothing may be charged from now on."""
    if payment.ended or payment.is_taken or payment.status is Status.CANCELLED:
        return None
    ended = replace(payment, ended=True)
    if not payment.stripe_id and payment.status not in ASKED:
        return _moved(ended, Status.CANCELLED, now)
    since = payment.waiting_since or now
    return changed(ended, status=Status.CLOSING, waiting_since=since)


def shows_news(payment: Payment, intent: Intent) -> bool:
    """Whether an intent tells what became of the attempt that has no answer yet."""
    waits = intent.status in {
        IntentStatus.REQUIRES_PAYMENT_METHOD,
        IntentStatus.REQUIRES_CONFIRMATION,
    }
    declined = intent.decline is not None and _is_news(payment, intent.decline)
    return declined or not waits


def check_fits(payment: Payment, intent: Intent) -> None:
    """Raise MismatchError unless an intent is for this payment."""
    if intent.sum != payment.sum or payment.stripe_id not in {None, intent.id}:
        raise MismatchError(f"{intent.id}: {intent.sum} is not {payment.sum}")


def _status_of(payment: Payment, intent: Intent) -> Status:
    """What an intent that is neither paid nor over makes of its payment."""
    if intent.status is IntentStatus.PROCESSING:
        return Status.PROCESSING
    if payment.status is Status.FAILED:
        return Status.FAILED
    if intent.status is IntentStatus.REQUIRES_ACTION:
        return Status.ACTION
    if payment.status is Status.PENDING:
        return Status.PENDING  # what Stripe has is from before this attempt
    return Status.DECLINED if _declines(payment.attempts) else Status.OPEN


def _is_news(payment: Payment, decline: Decline) -> bool:
    return decline.ref not in {attempt.ref for attempt in payment.attempts}


def _declines(attempts: tuple[Attempt, ...]) -> int:
    return sum(made.counts and made.message is not None for made in attempts)


def _declined(
    payment: Payment, decline: Decline, allowed: int, now: datetime
) -> Change[Payment]:
    """The bank said no: to the attempt that has no answer yet, or to a browser's."""
    *earlier, last = payment.attempts or (Attempt(""),)
    if last.message is not None:
        earlier, last = [*payment.attempts], Attempt("")
    told = replace(last, message=decline.message, code=decline.code, ref=decline.ref)
    after = replace(payment, attempts=(*earlier, told), redirect_url=None)
    if _declines(after.attempts) < allowed:
        return _moved(after, Status.DECLINED, now)
    failed = _moved(after, Status.FAILED, now)
    return failed if payment.reason else _told_failed(failed.state, decline.message)


def _paid(payment: Payment) -> Change[Payment]:
    change = changed(payment, status=Status.PAID, redirect_url=None, waiting_since=None)
    created = PaymentCreated(
        id=payment.id,
        version=change.state.version,
        order_id=payment.order_id,
        stripe_id=payment.stripe_id or "",
        amount=payment.amount,
        currency=payment.currency,
    )
    return replace(change, event=Event.of(created))


def _cancelled(payment: Payment) -> Change[Payment] | None:
    """Nothing can be charged any more, because we or somebody at Stripe said so."""
    if payment.status is Status.CANCELLED:
        return None
    after = replace(payment, redirect_url=None, waiting_since=None)
    change = changed(after, status=Status.CANCELLED)
    if payment.ended or payment.reason:
        return change
    return _told_failed(change.state, "the payment was cancelled at Stripe")


def _told_failed(payment: Payment, reason: str) -> Change[Payment]:
    """The order has to end, and its event says so."""
    failed = PaymentFailed(
        id=payment.id,
        version=payment.version,
        order_id=payment.order_id,
        reason=reason,
    )
    return Change(replace(payment, reason=reason), Event.of(failed))


def _moved(payment: Payment, status: Status, now: datetime) -> Change[Payment]:
    """The payment in this status; one whose order is over must be closed then."""
    if payment.ended and status in CONFIRMABLE:
        status = Status.CLOSING if payment.stripe_id else Status.CANCELLED
    is_asked = status in {Status.PENDING, Status.CLOSING}
    waiting = (payment.waiting_since or now) if is_asked else None
    return changed(payment, status=status, waiting_since=waiting)


def _same(before: Payment, after: Payment) -> bool:
    return replace(after, version=before.version) == before
