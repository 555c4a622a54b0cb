"""Taking money and giving it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from payments import models, refunds
from payments.copies import OrderOwner, copy_of_order
from payments.gateway import Gateway
from payments.models import Attempt, Payment, Status
from payments.repository import Payments
from ticketing.change import Change
from ticketing.errors import (
    BadRequestError,
    DuplicateError,
    KeyReusedError,
    NotFoundError,
    NotOwnerError,
    UnavailableError,
)
from ticketing.ids import checked_id, new_id
from ticketing.mongo import Document

# Longer than any call to Stripe with its retries; then nobody is waiting for it.
ABANDONED_AFTER = timedelta(seconds=20)
BATCH = 50

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """A request to pay; ``fingerprint`` tells its body from others with its key."""

    user_id: str
    order_id: str
    attempt: Attempt


@dataclass(frozen=True)
class Till:
    """What taking money needs: where payments are kept, Stripe, and how many tries."""

    payments: Payments
    gateway: Gateway
    allowed: int


def pay(till: Till, wanted: Wanted, owner: OrderOwner, now: datetime) -> Payment:
    """Pay for an order.

    Raises NotFoundError, NotOwnerError, BadRequestError with the reason of a decline,
    KeyReusedError, UnavailableError when the outcome is not known yet.
    """
    order = _payable(till.payments, wanted, owner)
    payment = till.payments.find_by_order(wanted.order_id)
    if payment is None or models.number_of(payment, wanted.attempt) is None:
        _check_open(order)
        payment = _attempt(till.payments, payment, wanted, order, now)
    number = models.number_of(payment, wanted.attempt) or len(payment.attempts)
    return models.answer(ask_stripe(till, payment), number)


def ask_stripe(till: Till, payment: Payment) -> Payment:
    """Make the calls that the payment says are outstanding, and save their outcomes.

    Each carries the same idempotency key every time, so it may be made again. Raises
    UnavailableError when an outcome is not known yet.
    """
    if payment.status is Status.PENDING:
        return _charge(till, payment)
    return _send_back(till, payment)


def refund(
    till: Till,
    order_id: str,
    units: Collection[str] | None,
    reason: str,
    now: datetime,
) -> Payment:
    """Send the money for ``units`` back, or all that is left when they are None.

    What is back or on its way already stays as it is. Raises NotFoundError,
    BadRequestError, UnavailableError when it will go back later.
    """
    payment = till.payments.find_by_order(checked_id(order_id))
    if payment is None:
        raise NotFoundError
    payment = till.payments.change(
        payment.id, lambda known: refunds.begin(known, units, reason, now)
    )
    return ask_stripe(till, payment)


def resume(till: Till, now: datetime) -> int:
    """Finish what a crash or a lost reply left outstanding; return how many."""
    waiting = till.payments.waiting_since(now - ABANDONED_AFTER, BATCH)
    return sum(_resumed(till, payment) for payment in waiting)


def _resumed(till: Till, payment: Payment) -> bool:
    """Try one; a payment that Stripe has trouble with must not stop the others."""
    try:
        ask_stripe(till, payment)
    except UnavailableError:
        return False
    return True


def hear_webhook(till: Till, event: Json) -> None:
    """A webhook tells where to look; what it says itself is not believed.

    It is kept when that is done: while it cannot be done, Stripe sends it again.
    """
    payment = till.payments.find_by_order(str(event["orderId"]))
    if payment is not None:
        ask_stripe(till, payment)
    till.payments.keep_webhook({"_id": event["id"], **event})


def _charge(till: Till, payment: Payment) -> Payment:
    number = len(payment.attempts)
    outcome = till.gateway.charge(
        payment.order_id, payment.amount, payment.attempt.token, payment.charge_key
    )
    return till.payments.change(
        payment.id, lambda known: models.settle(known, number, outcome, till.allowed)
    )


def _send_back(till: Till, payment: Payment) -> Payment:
    """Make every outstanding refund; trouble with one must not stop the others."""
    trouble = None
    for number, outstanding in refunds.outstanding(payment):
        try:
            payment = _refund(till, payment, number, outstanding.amount)
        except UnavailableError as error:
            trouble = error
    if trouble:
        raise trouble
    return payment


def _refund(till: Till, payment: Payment, number: int, amount: int) -> Payment:
    key = refunds.key(payment, number)
    till.gateway.refund(payment.stripe_id or "", amount, key)
    return till.payments.change(payment.id, lambda known: refunds.finish(known, number))


def _payable(payments: Payments, wanted: Wanted, owner: OrderOwner) -> Document:
    """Return the order's copy, fetched if its event has not arrived."""
    order_id = checked_id(wanted.order_id)
    order = payments.orders.find_or_fetch(
        order_id, lambda: copy_of_order(owner(order_id))
    )
    if order["userId"] != wanted.user_id:
        raise NotOwnerError
    return order


def _check_open(order: Document) -> None:
    if order["status"] == "cancelled":
        raise BadRequestError("Cannot pay for a cancelled order")


def _attempt(
    payments: Payments,
    payment: Payment | None,
    wanted: Wanted,
    order: Document,
    now: datetime,
) -> Payment:
    """Save a new attempt, or find that the same request saved it a moment ago.

    Raises KeyReusedError when its key was used for another order.
    """
    if payment is None:
        try:
            return payments.add(models.begin(_first(wanted, order, now)))
        except DuplicateError:
            payment = payments.find_by_order(wanted.order_id)
        if payment is None:
            raise KeyReusedError

    def unless_made(known: Payment) -> Change[Payment] | None:
        if models.number_of(known, wanted.attempt) is not None:
            return None
        return models.try_again(known, wanted.attempt, now)

    try:
        return payments.change(payment.id, unless_made)
    except DuplicateError:
        raise KeyReusedError from None


def _first(wanted: Wanted, order: Document, now: datetime) -> Payment:
    return Payment(
        id=new_id(),
        order_id=wanted.order_id,
        user_id=wanted.user_id,
        amount=order["total"],
        price=order["price"],
        units=tuple(order["units"]),
        status=Status.PENDING,
        attempts=(wanted.attempt,),
        waiting_since=now,
    )
