"""What may happen to a payment: the rules alone, without clock, storage or transport.

Each function takes what is and returns a Change: what is to be kept and which events
tell of it. A refusal that leaves no trace is raised; a decline, which Stripe keeps, is
part of the Change.
"""

from __future__ import annotations

from dataclasses import replace

from stripe_stand_in import authentication, currencies, debits, outcomes
from stripe_stand_in.cards import CARDS
from stripe_stand_in.changes import Attempt, Change
from stripe_stand_in.entities import Intent, PaymentMethod
from stripe_stand_in.errors import StripeError
from stripe_stand_in.outcomes import unexpected

CANCELLABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_reauthorization",
    "requires_confirmation",
    "requires_action",
)
REPRICEABLE = ("requires_payment_method", "requires_confirmation")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(intent: Intent) -> Change:
    """https://docs.stripe.com/api/payment_intents/create"""
    currencies.check(intent.amount, intent.currency)
    return Change((intent,), (("payment_intent.created", intent),))


def attach(intent: Intent, method: PaymentMethod) -> Intent:
    """With a payment method the intent waits for confirmation.

    https://docs.stripe.com/payments/paymentintents/lifecycle
    A card that is no Customer's works once:
    https://docs.stripe.com/api/payment_methods/attach
    """
    if method.spent:
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent "
            "without Customer attachment, shared with a connected account without "
            "Customer attachment, or was detached from a Customer. It may not be used "
            "again. To use a PaymentMethod multiple times, you must attach it to a "
            "Customer first.",
            param="payment_method",
        )
    _check_type(intent, method)
    return replace(intent, payment_method=method.id, status="requires_confirmation")


def _check_type(intent: Intent, method: PaymentMethod) -> None:
    """https://docs.stripe.com/error-codes#payment-intent-incompatible-payment-method"""
    if method.type not in intent.payment_method_types:
        raise StripeError(
            f"The PaymentMethod provided ({method.type}) is not allowed for this "
            "PaymentIntent. Please attach a PaymentMethod of one of the following "
            f"types: {', '.join(intent.payment_method_types)}.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )


def check_confirmable(intent: Intent) -> None:
    """A PaymentIntent succeeds at most once.

    https://docs.stripe.com/error-codes#payment-intent-unexpected-state
    """
    if intent.status == "succeeded":
        raise unexpected(
            intent,
            "confirm this PaymentIntent because it has already succeeded after being "
            "previously confirmed.",
        )
    if intent.status not in CONFIRMABLE:
        raise unexpected(
            intent,
            f"confirm this PaymentIntent because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be confirmed: "
            f"{', '.join(CONFIRMABLE)}.",
        )


def confirm(intent: Intent, method: PaymentMethod | None, attempt: Attempt) -> Change:
    """Tries to take the money: https://docs.stripe.com/api/payment_intents/confirm"""
    check_confirmable(intent)
    if method is None:
        raise unexpected(
            intent,
            "confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it "
            "again, or confirm it again directly with a payment method or "
            "ConfirmationToken.",
        )
    _check_return_url(intent, attempt.return_url)
    intent = attach(intent, method)
    if method.type == debits.TYPE:
        debits.check(intent, attempt)
    elif CARDS[method.number].authenticate:
        return authentication.require(intent, method, attempt)
    return outcomes.proceed(intent, method, attempt)


def check_repriceable(intent: Intent) -> None:
    """The price stays once the payment is under way.

    https://docs.stripe.com/api/payment_intents/update
    """
    if intent.status not in REPRICEABLE:
        raise StripeError(
            "This PaymentIntent's amount could not be updated because it has a status "
            f"of {intent.status}. You may only update the amount of a PaymentIntent "
            f"with one of the following statuses: {', '.join(REPRICEABLE)}.",
            code="payment_intent_unexpected_state",
            intent=intent,
        )


def cancel(intent: Intent, reason: str | None, now: int) -> Change:
    """https://docs.stripe.com/api/payment_intents/cancel

    There a payment that is processing can be canceled in rare cases; here never.
    """
    if intent.status not in CANCELLABLE:
        raise unexpected(
            intent,
            f"cancel this PaymentIntent because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be canceled: "
            f"{', '.join(CANCELLABLE)}.",
        )
    intent = replace(
        intent,
        status="canceled",
        canceled_at=now,
        cancellation_reason=reason,
        next_action=None,
    )
    return Change((intent,), (("payment_intent.canceled", intent),))


def _check_return_url(intent: Intent, return_url: str | None) -> None:
    """https://docs.stripe.com/upgrades#2023-08-16"""
    if intent.allow_redirects == "always" and return_url is None:
        raise StripeError(
            "This PaymentIntent is configured to accept payment methods enabled in "
            "your Dashboard. Because some of these payment methods might redirect your "
            "customer off of your page, you must provide a `return_url`. If you don't "
            "want to accept redirect-based payment methods, set "
            "`automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never` when creating "
            "Setup Intents and Payment Intents.",
            intent=intent,
        )
