"""Taking money and giving it back."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from payments import asking, attempts, models, outcomes, refunds
from payments.asking import Till
from payments.copies import OrderOwner, copy_of_order, has_ended, has_run_out
from payments.intents import RefusedError
from payments.models import Attempt, Payment, Status
from ticketing import spans
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
from ticketing.money import DEFAULT_CURRENCY
from ticketing.mongo import Document

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """A request to pay; ``fingerprint`` tells its body from others with its key.

    Without an attempt it asks for the intent alone, which a browser then confirms.
    """

    user_id: str
    order_id: str
    attempt: Attempt | None = None


def pay(till: Till, wanted: Wanted, owner: OrderOwner) -> Payment:
    """Pay for an order.

    Raises NotFoundError, NotOwnerError, BadRequestError with the reason of a decline,
    KeyReusedError, UnavailableError when the outcome is not known yet.
    """
    attempt = wanted.attempt
    assert attempt
    order = _own_order(till, wanted, owner)
    payment = till.payments.find_by_order(wanted.order_id)
    if payment is None or attempts.number_of(payment, attempt) is None:
        _check_open(order, till.now)
        payment = _attempt(till, payment, wanted, attempt, order)
    number = attempts.number_of(payment, attempt) or len(payment.attempts)
    return attempts.answer(asking.ask(till, payment), number)


def open_intent(till: Till, wanted: Wanted, owner: OrderOwner) -> Payment:
    """Have the PaymentIntent of an order, for a browser that confirms it at Stripe.

    Raises NotFoundError, NotOwnerError, BadRequestError, UnavailableError.
    """
    order = _own_order(till, wanted, owner)
    payment = till.payments.find_by_order(wanted.order_id)
    if payment is None:
        _check_open(order, till.now)
        payment = _added(till, _first(till, wanted, order))
    payment = asking.ask(till, payment)
    if payment.stripe_id is None and not payment.is_taken:
        payment = asking.ask(till, _reopened(till, payment))
    attempts.check_payable(payment)
    return payment


def close(till: Till, order_id: str) -> Payment | None:
    """Let nothing be charged for an order any more, unless it was already.

    Its intent is cancelled at Stripe, which may say that the money is there or on its
    way: the payment tells. None when nobody ever began to pay. Raises UnavailableError.
    """
    payment = till.payments.find_by_order(checked_id(order_id))
    if payment is None:
        return None
    payment = till.payments.change(
        payment.id, lambda known: outcomes.close(known, till.now)
    )
    ask = asking.look if payment.status is Status.PROCESSING else asking.ask
    try:
        return ask(till, payment)
    except RefusedError as error:
        # Of another account, say: the order must not wait for it without end.
        raise UnavailableError("Stripe does not know this payment") from error


def refund(
    till: Till,
    order_id: str,
    units: Collection[str] | None,
    reason: str,
    owner: OrderOwner,
) -> Payment:
    """Send the money for ``units`` back, or all that is left when they are None.

    What is back or on its way already stays as it is. Raises NotFoundError,
    BadRequestError, UnavailableError when it will go back later.
    """
    payment = till.payments.find_by_order(checked_id(order_id))
    if payment is None:
        raise NotFoundError
    refunds.check_taken(payment)
    if units is not None:
        _check_delivered(till, order_id, owner)
    payment = till.payments.change(
        payment.id, lambda known: refunds.begin(known, units, reason, till.now)
    )
    return asking.ask(till, payment)


def _check_delivered(till: Till, order_id: str, owner: OrderOwner) -> None:
    """Only what was delivered is refunded in part. Raises UnavailableError.

    The rest of an order that is not complete yet may still become somebody else's.
    """
    order = till.payments.orders.find(order_id)
    if order is None or order["status"] == "created":
        order = copy_of_order(owner(order_id))
    if order["status"] == "created":
        raise UnavailableError("The order is being completed; try again in a moment")
    if order["status"] == "cancelled":
        raise BadRequestError("The order was cancelled: only all of it goes back")


def _own_order(till: Till, wanted: Wanted, owner: OrderOwner) -> Document:
    """Return the order's copy, fetched if its event has not arrived."""
    order_id = checked_id(wanted.order_id)
    order = till.payments.orders.find_or_fetch(
        order_id, lambda: copy_of_order(owner(order_id))
    )
    if order["userId"] != wanted.user_id:
        raise NotOwnerError
    spans.join(order.get("traceparent", ""))
    return order


def _check_open(order: Document, now: datetime) -> None:
    if has_ended(order):
        raise BadRequestError(attempts.OVER)
    if has_run_out(order, now):
        raise BadRequestError("The time to pay for this order is over")


def _attempt(
    till: Till,
    payment: Payment | None,
    wanted: Wanted,
    attempt: Attempt,
    order: Document,
) -> Payment:
    """Save a new attempt, or find that the same request saved it a moment ago.

    Raises KeyReusedError when its key was used for another order.
    """
    if payment is None:
        first = _first(till, wanted, order)
        payment = _added(till, first)
        if payment.id == first.id:
            return payment
    if payment.status is Status.OPENING:
        payment = asking.ask(till, payment)

    def unless_made(known: Payment) -> Change[Payment] | None:
        if attempts.number_of(known, attempt) is not None:
            return None
        return attempts.try_again(known, attempt, till.now)

    try:
        return till.payments.change(payment.id, unless_made)
    except DuplicateError:
        raise KeyReusedError from None


def _reopened(till: Till, payment: Payment) -> Payment:
    """Begin anew after attempts of which Stripe took none. Raises BadRequestError."""

    def reopen(known: Payment) -> Change[Payment] | None:
        attempts.check_payable(known)
        if known.stripe_id:
            return None
        return models.changed(known, status=Status.OPENING, waiting_since=till.now)

    return till.payments.change(payment.id, reopen)


def _added(till: Till, payment: Payment) -> Payment:
    """Save the first step, unless somebody else just took it.

    Raises KeyReusedError when its key was used for another order.
    """
    try:
        return till.payments.add(attempts.begin(payment))
    except DuplicateError:
        found = till.payments.find_by_order(payment.order_id)
    if found is None:
        raise KeyReusedError
    return found


def _first(till: Till, wanted: Wanted, order: Document) -> Payment:
    opening = Payment(
        id=new_id(),
        order_id=wanted.order_id,
        user_id=wanted.user_id,
        amount=order["total"],
        currency=order.get("currency", DEFAULT_CURRENCY),
        price=order["price"],
        units=tuple(order["units"]),
        status=Status.OPENING,
        waiting_since=till.now,
        traceparent=order.get("traceparent", ""),
    )
    if wanted.attempt is None:
        return opening
    return replace(opening, status=Status.PENDING, attempts=(wanted.attempt,))
