"""What can happen to an order. Pure: no I/O, the time comes in."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from orders.models import FINAL, NotYetError, Order, Pass, Reason, Status, TooLateError
from ticketing.change import Change
from ticketing.clock import iso
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderEvent,
    OrderExtended,
    OrderReduced,
    ReservedTicket,
    TicketRef,
)
from ticketing.errors import BadRequestError, HopelessError
from ticketing.messages import Event
from ticketing.money import major

NewId = Callable[[], str]


def reserve(order: Order) -> Change[Order]:
    """A new order holds its units from the moment it is inserted."""
    created = OrderCreated(
        id=order.id,
        version=order.version,
        status=order.status.value,
        user_id=order.user_id,
        expires_at=iso(order.expires_at),
        ticket=ReservedTicket(
            id=order.ticket_id,
            title=order.title,
            price=major(order.price, order.currency),
        ),
        units=list(order.units),
        total=major(order.total, order.currency),
        currency=order.currency,
    )
    return Change(order, Event.of(created))


def as_created(order: Order) -> Order:
    """The order as its first answer showed it."""
    return replace(
        order,
        status=Status.CREATED,
        units=tuple(each.unit for each in order.passes) or order.units,
        refunded=(),
        passes=(),
        reason=None,
        version=0,
    )


def cancel(order: Order) -> Change[Order] | None:
    """The buyer gives it up. Raises BadRequestError once it is complete."""
    if order.status is Status.COMPLETE:
        raise BadRequestError("Cannot cancel a complete order")
    return None if order.status is Status.CANCELLED else _end(order, Reason.BUYER)


def expire(order: Order, now: datetime) -> Change[Order] | None:
    """The hold ends, unless it was paid or cancelled. Raises NotYetError."""
    return _end(order, Reason.EXPIRED) if is_due(order, now) else None


def is_due(order: Order, now: datetime) -> bool:
    """Whether the hold is to end now. Raises NotYetError when it will be later.

    So an announcement by a clock that is ahead comes again. One that was made longer
    may hear of its first end once more, again and again until its second.
    """
    if order.status in {Status.COMPLETE, Status.CANCELLED}:
        return False
    if now < order.expires_at:
        raise NotYetError
    return True


def extend(order: Order, until: datetime) -> Change[Order] | None:
    """The bank has not answered yet when the hold ends: wait longer, once."""
    if order.extended or order.status in {Status.COMPLETE, Status.CANCELLED}:
        return None
    return _next(order, OrderExtended, extended=True, expires_at=until)


def fail(order: Order) -> Change[Order] | None:
    """The last attempt to pay failed."""
    if order.status in {Status.COMPLETE, Status.CANCELLED}:
        return None
    return _end(order, Reason.PAYMENT_FAILED)


def withdraw(order: Order) -> Change[Order] | None:
    """The seller cancelled the listing before this was paid for."""
    if order.status in {Status.COMPLETE, Status.CANCELLED}:
        return None
    return _end(order, Reason.LISTING_CANCELLED)


def complete(
    order: Order, amount: int, currency: str, new_pass_id: NewId
) -> Change[Order] | None:
    """It was paid: the units are the buyer's, each with a pass.

    A payment that comes after the hold has ended takes the units again; the unique
    index says whether they are still free. Raises TooLateError when the order ended for
    good, HopelessError on a wrong amount.
    """
    if order.status is Status.COMPLETE:
        return None
    if (amount, currency) != (order.whole_total, order.currency):
        paid, due = f"{amount} {currency}", f"{order.whole_total} {order.currency}"
        raise HopelessError(f"{paid} were paid for {due}")
    if order.reason in FINAL:
        raise TooLateError
    passes = tuple(Pass(new_pass_id(), unit) for unit in order.units)
    return _next(
        order, OrderCompleted, status=Status.COMPLETE, reason=None, passes=passes
    )


def refund(order: Order, units: Collection[str]) -> Change[Order] | None:
    """Money went back for ``units`` (none: for all of them), so they do as well.

    All of it may be heard before the payment itself, which is then too late for good;
    part of it has to wait for that. Raises NotYetError. Whoever had given the order up
    hears of the money, too.
    """
    rest = tuple(unit for unit in order.units if unit not in units) if units else ()
    if order.reason == Reason.REFUNDED or rest == order.units:
        return None
    if not rest:
        return _end(order, Reason.REFUNDED)
    if order.status is not Status.COMPLETE:
        raise NotYetError
    gone = tuple(unit for unit in order.units if unit in units)
    return _next(order, OrderReduced, units=rest, refunded=(*order.refunded, *gone))


def _end(order: Order, reason: Reason) -> Change[Order]:
    return _next(order, OrderCancelled, status=Status.CANCELLED, reason=reason.value)


def _next(order: Order, event: type[OrderEvent], **changes: Any) -> Change[Order]:
    """The order a version on, and the event that tells which units it holds now."""
    after = replace(order, version=order.version + 1, **changes)
    facts: dict[str, Any] = {
        "id": after.id,
        "version": after.version,
        "ticket": TicketRef(id=after.ticket_id),
        "units": list(after.units) if after.holds else [],
    }
    if event is OrderCancelled:
        facts["reason"] = after.reason
    if event is OrderExtended:
        facts["expires_at"] = iso(after.expires_at)
    return Change(after, Event.of(event(**facts)))
