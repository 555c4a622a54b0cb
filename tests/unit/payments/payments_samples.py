"""A payment in each of its states, as one gets there."""

from dataclasses import replace

from unit_doubles import BOB, NOW, ORDER, PAYMENT

from payments import attempts, outcomes, refunds
from payments.intents import Decline, Intent, IntentStatus, Sum
from payments.models import Attempt, Payment, Status

PRICE, UNITS = 1999, ("A-1", "A-2", "Box")
AMOUNT, ALLOWED = 5997, 3
SUM = Sum(ORDER, AMOUNT, "usd")
LATER = NOW.replace(hour=13)
URL = "https://stripe.test/3ds"


def intent(status, decline=None, **more):
    """What Stripe has of the order."""
    status = IntentStatus(status)
    return Intent("pi_1", SUM, status, secret="s", decline=decline, **more)


def declined(ref="ch_1", message="Your card was declined."):
    return intent("requires_payment_method", Decline(ref, message, "card_declined"))


WAITING = intent("requires_payment_method")
SUCCEEDED = intent("succeeded")
PROCESSING_INTENT = intent("processing")
ACTION_INTENT = intent("requires_action", redirect_url=URL)
CANCELED = intent("canceled")


def observe(payment, seen, now=NOW):
    return outcomes.observe(payment, seen, ALLOWED, now)


def seen(payment, *intents):
    """The payment after Stripe has shown it these, one after the other."""
    for each in intents:
        change = observe(payment, each)
        payment = change.state if change else payment
    return payment


def again(payment, token="tok_2"):
    return attempts.try_again(payment, Attempt(token), NOW).state


def closed(payment):
    return outcomes.close(payment, NOW).state


OPENING = Payment(
    id=PAYMENT,
    order_id=ORDER,
    user_id=BOB,
    amount=AMOUNT,
    status=Status.OPENING,
    units=UNITS,
    price=PRICE,
    waiting_since=NOW,
)
PENDING = replace(OPENING, status=Status.PENDING, attempts=(Attempt("tok_1"),))
OPEN = seen(OPENING, WAITING)
ACTION = seen(PENDING, ACTION_INTENT)
PROCESSING = seen(PENDING, PROCESSING_INTENT)
DECLINED = seen(PENDING, declined())
SECOND = again(DECLINED)
FAILED = seen(again(seen(SECOND, declined("ch_2"))), declined("ch_3"))
PAID = seen(PENDING, SUCCEEDED)
CLOSING = closed(OPEN)
CANCELLED = seen(CLOSING, CANCELED)
REFUNDING = refunds.begin(PAID, None, "why", NOW).state
REFUNDED = refunds.finish(REFUNDING, 1).state
EVERY = (
    *(OPENING, OPEN, PENDING, ACTION, PROCESSING, DECLINED, FAILED, CLOSING),
    *(CANCELLED, PAID, REFUNDING, REFUNDED),
)


def of(*statuses):
    return [payment for payment in EVERY if payment.status in statuses]


def but(*statuses):
    return [payment for payment in EVERY if payment.status not in statuses]
