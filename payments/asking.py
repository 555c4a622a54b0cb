"""Asking Stripe for what a payment says is outstanding, and saving what it answers.

Every call that has an effect carries an idempotency key that was saved before, so it
may be made again and again: https://docs.stripe.com/api/idempotent_requests
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import sample

from payments import outcomes, refunds
from payments.counts import count_declines
from payments.gateway import Gateway
from payments.intents import Intent, KeySpentError, RefusedError, TroubleError
from payments.models import Payment, Status
from payments.repository import Payments
from ticketing import spans
from ticketing.change import Change
from ticketing.errors import UnavailableError

# Longer than any call to Stripe with its retries; then nobody is waiting for it.
ABANDONED_AFTER = timedelta(seconds=20)
# Stripe keeps a key for 24 hours at least. After that, look before asking again.
KEY_KEPT = timedelta(hours=22)
# By then Stripe's search knows what was made: https://docs.stripe.com/search
SEARCHABLE_AFTER = timedelta(minutes=10)
BATCH = 500
# So many more that fail than that succeed, and it is not their fault.
PATIENCE = 10
NOT_MADE = "The payment was not made: please try again"


@dataclass(frozen=True)
class Till:
    """What taking money needs: where payments are kept, Stripe, how many declines
    end it, and what time it is.
    """

    payments: Payments
    gateway: Gateway
    allowed: int
    now: datetime


def ask(till: Till, payment: Payment) -> Payment:
    """Make the calls that the payment says are outstanding, and save their outcomes.

    Raises UnavailableError when an outcome is not known yet.
    """
    if payment.status in {Status.OPENING, Status.PENDING}:
        payment = _confirm(till, payment)
    elif payment.status is not Status.CLOSING:
        return _send_back(till, payment)
    return _close(till, payment) if payment.status is Status.CLOSING else payment


def look(till: Till, payment: Payment) -> Payment:
    """Take over what Stripe has. Raises UnavailableError."""
    payment = ask(till, payment)
    if payment.stripe_id is None or payment.is_taken:
        return payment
    return take_over(till, payment, till.gateway.find(payment.stripe_id))


def take_over(till: Till, payment: Payment, intent: Intent) -> Payment:
    before = payment

    def observe(known: Payment) -> Change[Payment] | None:
        nonlocal before
        before = known
        return outcomes.observe(known, intent, till.allowed, till.now)

    with spans.part_of(payment.traceparent):
        after = till.payments.change(payment.id, observe)
    count_declines(before, after)
    return after


def resume(till: Till) -> int:
    """Finish what a crash or a lost reply left outstanding; return how many.

    In another order each time: those that cannot be finished must not keep the others
    waiting, and while Stripe is away nobody asks for all of them.
    """
    waiting = till.payments.waiting_since(till.now - ABANDONED_AFTER, BATCH)
    finished = troubles = 0
    for payment in sample(waiting, len(waiting)):
        if _resumed(till, payment):
            finished += 1
        else:
            troubles += 1
        if troubles > finished + PATIENCE:
            break
    return finished


def _resumed(till: Till, payment: Payment) -> bool:
    """Try one; a payment that Stripe has trouble with must not stop the others."""
    try:
        ask(till, payment)
    except (UnavailableError, RefusedError):
        return False
    return True


def _confirm(till: Till, payment: Payment) -> Payment:
    """Open the intent, or make the latest attempt."""
    try:
        intent = _intent_of(till, payment)
    except RefusedError as error:
        return _refused(till, payment, error)
    except KeySpentError:
        return _overtaken(till, payment)
    return take_over(till, payment, intent)


def _overtaken(till: Till, payment: Payment) -> Payment:
    """The payment was closed, with this call's key, before the call came to Stripe.

    So go on with that. Raises KeySpentError if nobody has changed it.
    """
    known = till.payments.find_by_order(payment.order_id)
    if known is None or known.version == payment.version:
        raise KeySpentError
    return ask(till, known)


def _refused(till: Till, payment: Payment, error: RefusedError) -> Payment:
    """Save it as the answer to an attempt. Raises ``error`` where there is none."""
    number, message = len(payment.attempts), str(error)
    refused = till.payments.change(
        payment.id, lambda known: outcomes.refuse(known, number, message, till.now)
    )
    if not payment.is_attempting and payment.status is Status.OPENING:
        raise error
    return refused


def _intent_of(till: Till, payment: Payment) -> Intent:
    """Raises RefusedError, UnavailableError."""
    if _is_older(till, payment, KEY_KEPT):
        return _found(till, payment)
    try:
        return _asked(till.gateway, payment)
    except TroubleError:
        # Stripe keeps also this answer for the key, so that it will not say more.
        if not _is_older(till, payment, SEARCHABLE_AFTER):
            raise
        return _found(till, payment)


def _asked(gateway: Gateway, payment: Payment) -> Intent:
    key = payment.stripe_key
    if not payment.is_attempting:
        return gateway.open(payment.sum, key)
    token = payment.attempts[-1].token
    if payment.stripe_id:
        return gateway.confirm(payment.stripe_id, payment.order_id, token, key)
    return gateway.charge(payment.sum, token, key)


def _is_older(till: Till, payment: Payment, than: timedelta) -> bool:
    """Whether a call was first made so long ago."""
    since = payment.waiting_since
    return bool(since and since < till.now - than)


def _found(till: Till, payment: Payment) -> Intent:
    """Return what a call has made whose answer cannot be had.

    Raises RefusedError when it made nothing.
    """
    if payment.stripe_id:
        intent = till.gateway.find(payment.stripe_id)
        if payment.is_attempting and not outcomes.shows_news(payment, intent):
            raise RefusedError(NOT_MADE)
        return intent
    found = till.gateway.search(payment.order_id)
    if found is None:
        raise RefusedError(NOT_MADE)
    return found


def _close(till: Till, payment: Payment) -> Payment:
    """Cancel the intent; if there is money already, that is how it ends."""
    if payment.stripe_id is None:
        payment = _opened(till, payment)
    if payment.status is not Status.CLOSING or payment.stripe_id is None:
        return payment
    return take_over(till, payment, till.gateway.cancel(payment.stripe_id))


def _opened(till: Till, payment: Payment) -> Payment:
    """Find out what became of the first call, whose answer never came.

    It is not made for that: an intent is opened with its key. Stripe refuses the key if
    the call had come to it, and what it did is asked for; if not, it cannot be made any
    more.
    """
    if _is_older(till, payment, KEY_KEPT):
        return _confirm(till, payment)
    try:
        intent = till.gateway.open(payment.sum, payment.stripe_key)
    except KeySpentError:
        return _confirm(till, payment)
    except RefusedError as error:
        return _refused(till, payment, error)
    return take_over(till, payment, intent)


def _send_back(till: Till, payment: Payment) -> Payment:
    """Make every outstanding refund; trouble with one must not stop the others."""
    trouble = None
    made = _made_before(till, payment)
    for number, outstanding in refunds.outstanding(payment):
        try:
            if number not in made:
                _refund(till, payment, number, outstanding.amount)
            payment = _finished(till, payment, number)
        except UnavailableError as error:
            trouble = error
    if trouble:
        raise trouble
    return payment


def _finished(till: Till, payment: Payment, number: int) -> Payment:
    return till.payments.change(payment.id, lambda known: refunds.finish(known, number))


def _made_before(till: Till, payment: Payment) -> set[int | None]:
    """The refunds that Stripe has, if it may have forgotten their keys."""
    if payment.status is not Status.REFUNDING or not _is_older(till, payment, KEY_KEPT):
        return set()
    return {
        refund.number
        for refund in till.gateway.refunds(payment.stripe_id or "")
        if not refund.failed
    }


def _refund(till: Till, payment: Payment, number: int, amount: int) -> None:
    key = refunds.key(payment, number)
    till.gateway.refund(payment.stripe_id or "", amount, number, key)
