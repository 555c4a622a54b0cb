"""What buyers do with orders, and what time and money do to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orders import models
from orders.models import Order, RequestKey, Status
from orders.repository import Orders
from ticketing.contract import TicketCreated
from ticketing.errors import (
    BadRequestError,
    DuplicateError,
    KeyReusedError,
    NotOwnerError,
)
from ticketing.ids import checked_id, new_id
from ticketing.messages import Delivery
from ticketing.money import cents
from ticketing.mongo import Document

Json = dict[str, Any]
TicketOwner = Callable[[str], Json]


@dataclass(frozen=True)
class Reservation:
    """What a buyer asks for."""

    user_id: str
    ticket_id: str
    hold: timedelta
    request_key: RequestKey | None = None


def reserve(
    orders: Orders, wanted: Reservation, owner: TicketOwner, now: datetime
) -> Order:
    """Hold a ticket: one insert, which the unique index lets through or not.

    Raises NotFoundError, BadRequestError when somebody holds it, KeyReusedError.
    """
    ticket_id = checked_id(wanted.ticket_id)
    ticket = orders.tickets.find_or_fetch(
        ticket_id, lambda: _document(owner(ticket_id))
    )
    order = Order(
        id=new_id(),
        user_id=wanted.user_id,
        status=Status.CREATED,
        expires_at=now + wanted.hold,
        ticket_id=ticket_id,
        title=ticket["title"],
        price=ticket["price"],
        request_key=wanted.request_key,
    )
    try:
        return orders.add(models.reserve(order))
    except DuplicateError:
        return _first_answer(orders, wanted)


def _first_answer(orders: Orders, wanted: Reservation) -> Order:
    """Repeat the answer to a request that was made before, if it was."""
    key = wanted.request_key
    earlier = orders.find_by_key(wanted.user_id, key.key) if key else None
    if earlier is None or key is None or earlier.request_key is None:
        raise BadRequestError("Ticket is already reserved")
    if earlier.request_key.fingerprint != key.fingerprint:
        raise KeyReusedError
    return models.as_created(earlier)


def own(orders: Orders, order_id: str, user_id: str) -> Order:
    """Return a person's own order. Raises NotFoundError, NotOwnerError."""
    order = orders.get(checked_id(order_id))
    if order.user_id != user_id:
        raise NotOwnerError
    return order


def cancel(orders: Orders, order_id: str) -> Order:
    """Raises NotFoundError, BadRequestError when it is complete."""
    return orders.change(checked_id(order_id), models.cancel)


def settle(
    orders: Orders, order_id: str, amount: int, refund: Callable[[str, str], Any]
) -> None:
    """Deliver what was paid for, or give the money back at once."""
    try:
        orders.change(order_id, lambda order: models.complete(order, amount))
    except models.TooLateError:
        refund(order_id, "the order was cancelled")
    except DuplicateError:
        refund(order_id, "the ticket was sold to somebody else")


def follow_ticket(orders: Orders, event: Delivery, owner: TicketOwner) -> None:
    """Bring the copy of a ticket to the event's version."""
    payload = event.payload
    orders.tickets.apply(
        payload.id,
        payload.version,
        _copy(payload),
        attempt=event.attempt,
        owner=lambda: _document(owner(payload.id)),
    )


def _copy(payload: TicketCreated) -> Document:
    price = cents(payload.price)
    return {"title": payload.title, "price": price, "userId": payload.user_id}


def _document(ticket: Json) -> Document:
    return {
        "version": ticket["version"],
        "title": ticket["title"],
        "price": cents(ticket["price"]),
        "userId": ticket["userId"],
    }
