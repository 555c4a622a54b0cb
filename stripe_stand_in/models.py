"""What may happen to a payment: the rules alone, without clock, storage or transport.

Each function takes what is and returns a Change: what is to be kept and which events
tell of it. A refusal that leaves no trace is raised; a decline, which Stripe keeps, is
part of the Change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from stripe_stand_in import currencies
from stripe_stand_in.cards import CARDS, Decline
from stripe_stand_in.entities import Charge, Entity, Intent, PaymentMethod, Refund
from stripe_stand_in.errors import CardError, StripeError

CANCELLABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_reauthorization",
    "requires_confirmation",
    "requires_action",
    "processing",
)
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


@dataclass(frozen=True)
class Change:
    """kept: entities in their last state. events: (type, the object as it was then)."""

    kept: tuple[Entity, ...] = ()
    events: tuple[tuple[str, Entity], ...] = ()
    error: StripeError | None = None

    def then(self, other: Change) -> Change:
        latest = {entity.id: entity for entity in (*self.kept, *other.kept)}
        events = self.events + other.events
        return Change(tuple(latest.values()), events, other.error)


@dataclass(frozen=True)
class Attempt:
    """One confirmation: the id its charge will carry, when, and where to return to."""

    charge_id: str
    now: int
    return_url: str | None = None


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
    return replace(intent, payment_method=method.id, status="requires_confirmation")


def check_confirmable(intent: Intent) -> None:
    """A PaymentIntent succeeds at most once.

    https://docs.stripe.com/error-codes#payment-intent-unexpected-state
    """
    if intent.status == "succeeded":
        raise _unexpected(
            intent,
            "confirm this PaymentIntent because it has already succeeded after being "
            "previously confirmed.",
        )
    if intent.status not in CONFIRMABLE:
        raise _unexpected(
            intent,
            f"confirm this PaymentIntent because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be confirmed: "
            f"{', '.join(CONFIRMABLE)}.",
        )


def confirm(intent: Intent, method: PaymentMethod | None, attempt: Attempt) -> Change:
    """Tries to take the money: https://docs.stripe.com/api/payment_intents/confirm"""
    check_confirmable(intent)
    if method is None:
        raise _unexpected(
            intent,
            "confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it "
            "again, or confirm it again directly with a payment method or "
            "ConfirmationToken.",
        )
    _check_return_url(intent, attempt.return_url)
    intent = attach(intent, method)
    card = CARDS[method.number]
    if card.authenticate:
        return _require_action(intent, method)
    spent = replace(method, spent=True)
    if card.decline:
        return _declined(intent, spent, card.decline, attempt)
    return _paid(intent, spent, attempt)


def cancel(intent: Intent, reason: str | None, now: int) -> Change:
    """https://docs.stripe.com/api/payment_intents/cancel"""
    if intent.status not in CANCELLABLE:
        raise _unexpected(
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


def refund(charge: Charge, new: Refund) -> Change:
    """Gives back all or part, never more than was taken.

    https://docs.stripe.com/api/refunds/create
    https://docs.stripe.com/error-codes#charge-already-refunded
    """
    if charge.refundable == 0:
        raise StripeError(
            f"Charge {charge.id} has already been refunded.",
            code="charge_already_refunded",
        )
    if new.amount > charge.refundable:
        what = (
            "unrefunded amount on charge" if charge.amount_refunded else "charge amount"
        )
        asked = currencies.formatted(new.amount, charge.currency)
        left = currencies.formatted(charge.refundable, charge.currency)
        raise StripeError(
            f"Refund amount ({asked}) is greater than {what} ({left})", param="amount"
        )
    charge = replace(charge, amount_refunded=charge.amount_refunded + new.amount)
    return Change((new, charge), (("refund.created", new), ("charge.refunded", charge)))


def _unexpected(intent: Intent, reason: str) -> StripeError:
    return StripeError(
        f"You cannot {reason}", code="payment_intent_unexpected_state", intent=intent
    )


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


def _require_action(intent: Intent, method: PaymentMethod) -> Change:
    """https://docs.stripe.com/payments/3d-secure"""
    intent = replace(
        intent,
        status="requires_action",
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    )
    return Change((method, intent), (("payment_intent.requires_action", intent),))


def _charge(
    intent: Intent, method: PaymentMethod, attempt: Attempt, *, paid: bool
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
        status="succeeded" if paid else "failed",
        cvc_check=method.cvc_check,
        billing_details=method.billing_details,
        description=intent.description,
        receipt_email=intent.receipt_email,
        metadata=intent.metadata,
    )


def _paid(intent: Intent, method: PaymentMethod, attempt: Attempt) -> Change:
    charge = _charge(intent, method, attempt, paid=True)
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
    intent: Intent, method: PaymentMethod, why: Decline, attempt: Attempt
) -> Change:
    """The intent waits for another card: https://docs.stripe.com/declines"""
    charge = _charge(intent, method, attempt, paid=False)
    error = CardError(
        why.message,
        code=why.code,
        decline_code=why.decline_code,
        param=why.param,
        charge=charge.id,
        method=method,
    )
    error.intent = intent = replace(
        intent,
        status="requires_payment_method",
        payment_method=None,
        latest_charge=charge.id,
        last_payment_error=error.fields() | {"payment_method": vars(method)},
        next_action=None,
    )
    events = (("charge.failed", charge), ("payment_intent.payment_failed", intent))
    return Change((method, charge, intent), events, error)
