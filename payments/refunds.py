"""Giving back what was paid, whole or unit by unit. Pure: no I/O, the time comes in.

A unit's money goes back once, and never more than was charged: a refund counts from the
moment it is decided, and each is numbered and has an idempotency key of its own.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from payments.models import Payment, Refund, Status, changed
from ticketing.change import Change
from ticketing.contract import PaymentRefunded
from ticketing.errors import BadRequestError
from ticketing.messages import Event


def begin(
    payment: Payment, units: Collection[str] | None, reason: str, now: datetime
) -> Change[Payment] | None:
    """The money for ``units``, or all that is left when they are None, goes back.

    Units that are back or on their way are left out; None when that leaves nothing.
    Raises BadRequestError.
    """
    check_taken(payment)
    refund = _rest(payment, reason)
    if units is not None:
        refund = _part(payment, refund, units)
    if refund.amount == 0:
        return None
    since = payment.waiting_since or now
    return _with(payment, (*payment.refunds, refund), waiting_since=since)


def check_taken(payment: Payment) -> None:
    """Raise BadRequestError unless there is or was money."""
    if not payment.is_taken:
        raise BadRequestError("There is nothing to refund")


def outstanding(payment: Payment) -> list[tuple[int, Refund]]:
    """Return the refunds that Stripe has yet to make, by their numbers (from 1)."""
    return [
        (number, refund)
        for number, refund in enumerate(payment.refunds, 1)
        if not refund.done
    ]


def key(payment: Payment, number: int) -> str:
    """The idempotency key at Stripe of refund ``number``."""
    return f"{payment.order_id}:refund:{number}"


def finish(payment: Payment, number: int) -> Change[Payment] | None:
    """Stripe has made refund ``number``; None when that was known."""
    refund = dict(outstanding(payment)).get(number)
    if refund is None:
        return None
    made = list(payment.refunds)
    made[number - 1] = replace(refund, done=True)
    change = _with(payment, tuple(made), waiting_since=payment.waiting_since)
    return replace(change, event=_told(change.state, refund))


def adopt(payment: Payment) -> Change[Payment] | None:
    """All that is left went back by somebody's hand at Stripe, and is told now."""
    rest = replace(_rest(payment, "refunded at Stripe"), done=True)
    if payment.status is not Status.PAID or rest.amount == 0:
        return None
    change = _with(payment, (*payment.refunds, rest), waiting_since=None)
    return replace(change, event=_told(change.state, rest))


def _rest(payment: Payment, reason: str) -> Refund:
    """All that is neither back nor on its way."""
    gone = {unit for refund in payment.refunds for unit in refund.units}
    units = tuple(unit for unit in payment.units if unit not in gone)
    amount = payment.amount - sum(refund.amount for refund in payment.refunds)
    return Refund(units, amount, reason)


def _part(payment: Payment, rest: Refund, wanted: Collection[str]) -> Refund:
    """What ``units`` cost, as far as they are in ``rest``. Raises BadRequestError."""
    if unknown := sorted(set(wanted) - set(payment.units)):
        raise BadRequestError(f"This order does not have {', '.join(unknown)}")
    units = tuple(unit for unit in rest.units if unit in wanted)
    amount = payment.price * len(units)
    if amount > rest.amount:
        raise BadRequestError("That is more than is left of the payment")
    return replace(rest, units=units, amount=amount)


def _with(
    payment: Payment, refunds: tuple[Refund, ...], waiting_since: datetime | None
) -> Change[Payment]:
    """The payment with these refunds, and the status that follows from them."""
    after = replace(payment, refunds=refunds)
    if outstanding(after):
        return changed(after, status=Status.REFUNDING, waiting_since=waiting_since)
    whole = after.refunded == after.amount
    status = Status.REFUNDED if whole else Status.PAID
    return changed(after, status=status, waiting_since=None)


def _told(payment: Payment, refund: Refund) -> Event:
    return Event.of(
        PaymentRefunded(
            id=payment.id,
            version=payment.version,
            order_id=payment.order_id,
            stripe_id=payment.stripe_id or "",
            amount=refund.amount,
            currency=payment.currency,
            reason=refund.reason,
            units=list(refund.units),
        )
    )
