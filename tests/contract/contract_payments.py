"""Payments for the contract tests, and what becomes of them."""

from datetime import UTC, datetime, timedelta

from payments import attempts, outcomes, refunds
from payments.intents import Decline, Intent, IntentStatus
from payments.models import Attempt, Payment, Status
from ticketing.ids import new_id

BOB, EVE, ORDER = new_id(), new_id(), new_id()
UNITS = ("A-1", "A-2", "Box")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LATER = NOW + timedelta(milliseconds=1)
FIRST, LAST = "0" * 24, "f" * 24


def payment(order=None, user=BOB, key=None, since=NOW, currency="usd"):
    """A payment whose first attempt is about to be made."""
    return attempts.begin(
        Payment(
            id=new_id(),
            order_id=order or new_id(),
            user_id=user,
            amount=5997,
            currency=currency,
            price=1999,
            units=UNITS,
            status=Status.PENDING,
            attempts=(Attempt("tok_visa", key, f"print of {key}" if key else None),),
            waiting_since=since,
        )
    )


def shows(status, decline=None, intent_id="pi_1", **more):
    """What Stripe shows of the payment's intent."""

    def decide(known):
        status_ = IntentStatus(status)
        seen = Intent(intent_id, known.sum, status_, "s", decline, **more)
        return outcomes.observe(known, seen, 3, NOW)

    return decide


def declines(ref):
    return shows("requires_payment_method", Decline(ref, "No.", "card_declined"))


def again(key):
    return lambda known: attempts.try_again(known, Attempt("tok_2", key, "p"), NOW)


def refuse(known):
    return outcomes.refuse(known, len(known.attempts), "No such card", NOW)


def close(known):
    return outcomes.close(known, NOW)


def begin(*units):
    return lambda known: refunds.begin(known, units or None, "why", NOW)


def finish(number):
    return lambda known: refunds.finish(known, number)


PAID, DECLINED = shows("succeeded"), declines("ch_1")
CANCELED = shows("canceled")
ACTION = shows("requires_action", redirect_url="https://stripe.test/3ds")
PROCESSING, OPEN = shows("processing"), shows("requires_payment_method")
