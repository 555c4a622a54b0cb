"""An order and what can happen to it. Pure: no I/O, the time comes in.

::

    created ──► complete ──► cancelled (refunded, from any state)
       │           ▲
       └► cancelled┘ (a payment came late and the units were still free)
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ticketing.change import Change
from ticketing.clock import iso
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    ReservedTicket,
    TicketRef,
)
from ticketing.errors import BadRequestError, HopelessError, UnavailableError
from ticketing.messages import Event
from ticketing.money import dollars

# A ticket of its own is one unit.
SINGLE_UNIT = ("1",)


class Status(StrEnum):
    CREATED = "created"
    AWAITING_PAYMENT = "awaiting:payment"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an order was cancelled."""

    BUYER = "cancelled by the buyer"
    EXPIRED = "expired"
    PAYMENT_FAILED = "payment failed"
    REFUNDED = "refunded"


class NotYetError(UnavailableError):
    """The hold has not ended yet"""


class TooLateError(BadRequestError):
    """The order was cancelled for good"""


@dataclass(frozen=True)
class RequestKey:
    """The Idempotency-Key of the request that made an order, and what it asked for."""

    key: str
    fingerprint: str


@dataclass(frozen=True)
class Order:
    """``units`` are what it is for; while ``holds``, a unique index guards them."""

    id: str
    user_id: str
    status: Status
    expires_at: datetime
    ticket_id: str
    title: str
    price: int
    units: tuple[str, ...] = SINGLE_UNIT
    reason: str | None = None
    request_key: RequestKey | None = None
    version: int = 0

    @property
    def holds(self) -> bool:
        return self.status is not Status.CANCELLED

    def json_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "userId": self.user_id,
            "status": self.status.value,
            "expiresAt": iso(self.expires_at),
            "version": self.version,
            "ticket": {
                "id": self.ticket_id,
                "title": self.title,
                "price": dollars(self.price),
            },
        }


def reserve(order: Order) -> Change[Order]:
    """A new order holds its units from the moment it is inserted."""
    created = OrderCreated(
        id=order.id,
        version=order.version,
        status=order.status.value,
        user_id=order.user_id,
        expires_at=iso(order.expires_at),
        ticket=ReservedTicket(
            id=order.ticket_id, title=order.title, price=dollars(order.price)
        ),
    )
    return Change(order, Event.of(created))


def as_created(order: Order) -> Order:
    """The order as its first answer showed it."""
    return replace(order, status=Status.CREATED, reason=None, version=0)


def cancel(order: Order) -> Change[Order] | None:
    """The buyer gives it up. Raises BadRequestError once it is complete."""
    if order.status is Status.COMPLETE:
        raise BadRequestError("Cannot cancel a complete order")
    return None if order.status is Status.CANCELLED else _end(order, Reason.BUYER)


def expire(order: Order, now: datetime) -> Change[Order] | None:
    """The hold ends, unless it was paid or cancelled. Raises NotYetError."""
    if order.status in {Status.COMPLETE, Status.CANCELLED}:
        return None
    if now < order.expires_at:
        raise NotYetError
    return _end(order, Reason.EXPIRED)


def fail(order: Order) -> Change[Order] | None:
    """The last attempt to pay failed."""
    if order.status in {Status.COMPLETE, Status.CANCELLED}:
        return None
    return _end(order, Reason.PAYMENT_FAILED)


def complete(order: Order, amount: int) -> Change[Order] | None:
    """It was paid: the ticket is the buyer's.

    A payment that comes after the hold has ended takes the units again; the unique
    index says whether they are still free. Raises TooLateError when the buyer gave the
    order up or its money went back, HopelessError on a wrong amount.
    """
    if amount != order.price:
        raise HopelessError(f"{amount} cents were paid for {order.price}")
    if order.status is Status.COMPLETE:
        return None
    if order.reason in {Reason.BUYER, Reason.REFUNDED}:
        raise TooLateError
    after = replace(
        order, status=Status.COMPLETE, reason=None, version=order.version + 1
    )
    completed = OrderCompleted(
        id=after.id, version=after.version, ticket=TicketRef(id=after.ticket_id)
    )
    return Change(after, Event.of(completed))


def refund(order: Order) -> Change[Order] | None:
    """The money went back, so the ticket does.

    That may be heard before the payment itself, which is then too late for good.
    """
    given_up = order.reason in {Reason.BUYER, Reason.REFUNDED}
    return None if given_up else _end(order, Reason.REFUNDED)


def _end(order: Order, reason: Reason) -> Change[Order]:
    after = replace(
        order,
        status=Status.CANCELLED,
        reason=reason.value,
        version=order.version + 1,
    )
    cancelled = OrderCancelled(
        id=after.id,
        version=after.version,
        reason=reason.value,
        ticket=TicketRef(id=after.ticket_id),
    )
    return Change(after, Event.of(cancelled))
