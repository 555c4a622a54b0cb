"""How an attempt to take the money ends: at once or later, well or badly.

https://docs.stripe.com/payments/paymentintents/lifecycle
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from stripe_stand_in import debits
from stripe_stand_in.cards import CARDS, Card, Decline
from stripe_stand_in.changes import Attempt, Change, Due, Outcome
from stripe_stand_in.debits import ACCOUNTS, Account
from stripe_stand_in.entities import Charge, Intent, PaymentMethod
from stripe_stand_in.errors import CardError, StripeError

# What a payment fails with that somebody makes fail by hand.
_GENERIC = Decline("Your card was declined.", decline_code="generic_decline")
_UNPAID = Decline("The payment failed.", code="payment_intent_payment_attempt_failed")


def behind(of: PaymentMethod | Charge) -> Card | Account:
    """The test card or the test account that pays."""
    return ACCOUNTS[of.number] if of.type == debits.TYPE else CARDS[of.number]


def unexpected(intent: Intent, reason: str) -> StripeError:
    return StripeError(
        f"You cannot {reason}", code="payment_intent_unexpected_state", intent=intent
    )


def not_processing(intent: Intent) -> StripeError:
    return unexpected(
        intent,
        f"settle this PaymentIntent because it has a status of {intent.status}. Only a "
        "PaymentIntent with the status processing may be settled.",
    )


def proceed(intent: Intent, method: PaymentMethod, attempt: Attempt) -> Change:
    """What follows once nothing more is asked of the customer."""
    method = replace(method, spent=True)
    source = behind(method)
    if isinstance(source, Account):
        return _processing(intent, method, attempt, source.outcome, attempt.settling)
    if attempt.processing:
        later: Outcome = "failed" if source.decline else "succeeded"
        return _processing(intent, method, attempt, later, attempt.processing)
    if source.decline:
        charge = _charge(intent, method, attempt, "failed")
        return _declined(intent, method, charge, source.decline)
    return _paid(intent, method, _charge(intent, method, attempt, "succeeded"))


def settle(
    intent: Intent, charge: Charge, method: PaymentMethod, outcome: Outcome
) -> Change:
    """A payment that is processing succeeds or fails, once.

    https://docs.stripe.com/payments/payment-methods#payment-notification
    """
    if intent.status != "processing":
        raise not_processing(intent)
    if outcome == "succeeded":
        return _paid(intent, method, replace(charge, status="succeeded"))
    fallback = _UNPAID if method.type == debits.TYPE else _GENERIC
    why = behind(method).decline or fallback
    failed = replace(charge, status="failed")
    return replace(_declined(intent, method, failed, why), error=None)


def _charge(
    intent: Intent,
    method: PaymentMethod,
    attempt: Attempt,
    status: Literal["succeeded", "pending", "failed"],
) -> Charge:
    return Charge(
        id=attempt.charge_id,
        created=attempt.now,
        payment_intent=intent.id,
        payment_method=method.id,
        amount=intent.amount,
        currency=intent.currency,
        number=method.number,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        status=status,
        cvc_check=method.cvc_check,
        billing_details=method.billing_details,
        description=intent.description,
        receipt_email=intent.receipt_email,
        metadata=intent.metadata,
        type=method.type,
    )


def _processing(
    intent: Intent,
    method: PaymentMethod,
    attempt: Attempt,
    later: Outcome | None,
    seconds: float,
) -> Change:
    """The money is on its way: https://docs.stripe.com/payments/payment-intents"""
    charge = _charge(intent, method, attempt, "pending")
    intent = replace(
        intent,
        status="processing",
        latest_charge=charge.id,
        last_payment_error=None,
        next_action=None,
    )
    events = (("charge.pending", charge), ("payment_intent.processing", intent))
    due = (Due(intent.id, seconds, later),) if later else ()
    return Change((method, charge, intent), events, due=due)


def _paid(intent: Intent, method: PaymentMethod, charge: Charge) -> Change:
    intent = replace(
        intent,
        status="succeeded",
        amount_received=intent.amount,
        latest_charge=charge.id,
        last_payment_error=None,
        next_action=None,
    )
    events = (("charge.succeeded", charge), ("payment_intent.succeeded", intent))
    return Change((method, charge, intent), events)


def _declined(
    intent: Intent, method: PaymentMethod, charge: Charge, why: Decline
) -> Change:
    """The intent waits for another way to pay: https://docs.stripe.com/declines"""
    charge = replace(charge, failure_code=why.code, failure_message=why.message)
    kind = StripeError if method.type == debits.TYPE else CardError
    error = kind(
        why.message,
        code=why.code,
        decline_code=why.decline_code,
        param=why.param,
        charge=charge.id,
        method=method,
    )
    unpaid_intent = unpaid(intent, error, method)
    error.intent = intent = replace(unpaid_intent, latest_charge=charge.id)
    events = (("charge.failed", charge), ("payment_intent.payment_failed", intent))
    return Change((method, charge, intent), events, error)


def unpaid(intent: Intent, error: StripeError, method: PaymentMethod) -> Intent:
    """Open for another payment method, with what went wrong with the last one."""
    return replace(
        intent,
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=error.fields() | {"payment_method": vars(method)},
        next_action=None,
    )
