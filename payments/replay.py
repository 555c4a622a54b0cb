"""What the events of a payment make of it, where its own document is lost or old. Pure.

Of a payment that had not been taken yet there is no event: Stripe knows it, and the
next comparison takes it over.
"""

from dataclasses import replace

from payments.copies import Json
from payments.models import Payment, Refund, Status
from ticketing.contract import (
    Payload,
    PaymentCreated,
    PaymentFailed,
    PaymentRefunded,
)
from ticketing.money import DEFAULT_CURRENCY, minor

EVENTS = (PaymentCreated, PaymentFailed, PaymentRefunded)


def replay(payment: Payment | None, event: Payload, order: Json) -> Payment:
    """Return the payment after an event; as it is when that is no news.

    ``order`` is as its owner tells it.
    """
    known = payment or made_for(order, event.id)
    if payment and event.version <= payment.version:
        return payment
    after = replace(known, version=event.version, waiting_since=None, redirect_url=None)
    if isinstance(event, PaymentFailed):
        return replace(after, status=Status.FAILED, reason=event.reason)
    assert isinstance(event, PaymentCreated)
    after = replace(after, stripe_id=event.stripe_id)
    if isinstance(event, PaymentRefunded):
        return _refunded(after, event)
    return replace(after, status=Status.PAID, amount=event.amount)


def made_for(order: Json, payment_id: str) -> Payment:
    """A payment of which only its order is known; that may have lost units since."""
    currency = order.get("currency", DEFAULT_CURRENCY)
    price = minor(order["ticket"]["price"], currency)
    units = (*order["units"], *order.get("refunded", ()))
    return Payment(
        id=payment_id,
        order_id=order["id"],
        user_id=order["userId"],
        amount=price * len(units),
        status=Status.OPEN,
        currency=currency,
        units=units,
        price=price,
    )


def _refunded(payment: Payment, event: PaymentRefunded) -> Payment:
    """One refund was made: one that was under way here, or one that nobody knew."""
    done = Refund(tuple(event.units), event.amount, event.reason, done=True)
    refunds = [
        done if not each.done and {*each.units} == {*done.units} else each
        for each in payment.refunds
    ]
    refunds += [] if done in refunds else [done]
    after = replace(payment, refunds=tuple(refunds))
    if any(not each.done for each in refunds):
        return replace(after, status=Status.REFUNDING)
    whole = after.refunded == after.amount
    return replace(after, status=Status.REFUNDED if whole else Status.PAID)
