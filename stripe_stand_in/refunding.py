"""What may happen to money that is given back: https://docs.stripe.com/refunds"""

from __future__ import annotations

from dataclasses import replace

from stripe_stand_in import currencies
from stripe_stand_in.cards import Card
from stripe_stand_in.changes import Change, Due, Outcome
from stripe_stand_in.entities import Charge, Refund
from stripe_stand_in.errors import StripeError
from stripe_stand_in.outcomes import behind


def refund(charge: Charge, new: Refund, settling: float = 0.0) -> Change:
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
    later = _later(charge)
    due = (Due(new.id, settling, later),) if later else ()
    if later == "succeeded":
        new = replace(new, status="pending")
    charge = replace(charge, amount_refunded=charge.amount_refunded + new.amount)
    events = (("refund.created", new), ("charge.refunded", charge))
    return Change((new, charge), events, due=due)


def _later(charge: Charge) -> Outcome | None:
    """How a refund ends that is not over at once: of a bank debit, or of a test card.

    https://docs.stripe.com/testing#refunds
    https://docs.stripe.com/payments/ach-direct-debit#refunds
    """
    source = behind(charge)
    return source.refund_later if isinstance(source, Card) else "succeeded"


def settle(new: Refund, charge: Charge, outcome: Outcome) -> Change:
    """The pending one succeeds, or the money comes back to the charge.

    https://docs.stripe.com/refunds#failed-refunds
    """
    if new.status in {"failed", "canceled"}:
        return Change()
    if outcome == "succeeded":
        new = replace(new, status="succeeded")
        return Change((new,), (("refund.updated", new),))
    new = replace(new, status="failed", failure_reason="expired_or_canceled_card")
    charge = replace(charge, amount_refunded=charge.amount_refunded - new.amount)
    events = (("refund.updated", new), ("refund.failed", new))
    return Change((new, charge), events)
