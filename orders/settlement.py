"""What money and time do to orders: delivered, given back, or ended."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from orders import lifecycle
from orders.models import Order, Status, TooLateError
from orders.passes.codes import new_pass_id
from orders.repository import Orders
from ticketing.change import Change
from ticketing.errors import DuplicateError, UnavailableError

Refund = Callable[[str, str, list[str] | None], Any]

# What a payment is once Stripe has the money.
TAKEN = {"paid", "refunding", "refunded"}


def settle(
    orders: Orders, order_id: str, amount: int, currency: str, refund: Refund
) -> None:
    """Deliver what was paid for, or give the money back at once."""

    def deliver(order: Order) -> Change[Order] | None:
        if order.status is Status.CANCELLED and _is_withdrawn(orders, order):
            raise TooLateError
        return lifecycle.complete(order, amount, currency, new_pass_id)

    try:
        orders.change(order_id, deliver)
    except TooLateError:
        refund(order_id, "the order was cancelled", None)
    except DuplicateError as error:
        if "units" not in error.fields:
            raise  # two passes drew the same id: the event comes again
        refund(order_id, "the ticket was sold to somebody else", None)


def expire(
    orders: Orders, order_id: str, payments: Any, grace: timedelta, now: datetime
) -> None:
    """End a hold, after its payment: what was paid in time is delivered.

    ``payments`` closes the payment, which cancels it at Stripe. While the bank has not
    answered, the hold is made longer once. While nobody knows, it waits for at most
    ``grace``; a payment that is found later is honoured or goes back. Raises
    NotYetError, UnavailableError.
    """
    order = orders.get(order_id)
    if not lifecycle.is_due(order, now):
        return
    try:
        payment = payments.close(order_id)
    except UnavailableError:
        if now < order.expires_at + grace:
            raise
        payment = None
    status = payment["status"] if payment else None
    if payment and status in TAKEN:
        amount, currency = payment["amount"], payment["currency"]
        settle(orders, order_id, amount, currency, payments.refund)
    elif status == "processing" and not order.extended:
        until = order.expires_at + grace
        orders.change(order_id, lambda known: lifecycle.extend(known, until))
    else:
        orders.change(order_id, lambda known: lifecycle.expire(known, now))


def return_units(orders: Orders, order_id: str, units: Collection[str]) -> None:
    """Money went back, and so do the units it was for."""
    orders.change(order_id, lambda order: lifecycle.refund(order, units))


def _is_withdrawn(orders: Orders, order: Order) -> bool:
    copy = orders.tickets.find(order.ticket_id)
    return bool(copy and copy.get("cancelled"))
