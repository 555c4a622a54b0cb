"""A ticket for sale and what can happen to it. Pure: no I/O, no clock."""

from dataclasses import dataclass, replace
from typing import Any

from ticketing.change import Change
from ticketing.contract import TicketCreated, TicketUpdated
from ticketing.errors import BadRequestError, NotOwnerError
from ticketing.messages import Event
from ticketing.money import dollars


@dataclass(frozen=True)
class Ticket:
    """``holders`` are the orders that hold or own it, as far as their events tell.

    Events of different orders come in any order, so for a moment there may be two.
    """

    id: str
    user_id: str
    title: str
    price: int
    holders: tuple[str, ...] = ()
    version: int = 0

    @property
    def order_id(self) -> str | None:
        return self.holders[-1] if self.holders else None

    def json_dict(self) -> dict[str, Any]:
        shape = {
            "id": self.id,
            "title": self.title,
            "price": dollars(self.price),
            "userId": self.user_id,
            "version": self.version,
        }
        return shape | ({"orderId": self.order_id} if self.order_id else {})


def create(ticket_id: str, user_id: str, title: str, price: int) -> Change[Ticket]:
    ticket = Ticket(ticket_id, user_id, title, price)
    created = TicketCreated(
        id=ticket.id,
        version=ticket.version,
        title=title,
        price=dollars(price),
        user_id=user_id,
    )
    return Change(ticket, Event.of(created))


def edit(ticket: Ticket, user_id: str, title: str, price: int) -> Change[Ticket]:
    """Change what is offered. Raises BadRequestError, then NotOwnerError."""
    if ticket.holders:
        raise BadRequestError("Cannot edit a reserved ticket")
    if ticket.user_id != user_id:
        raise NotOwnerError
    return _updated(replace(ticket, title=title, price=price))


def reserve(ticket: Ticket, order_id: str) -> Change[Ticket] | None:
    """An order holds it now."""
    if order_id in ticket.holders:
        return None
    return _updated(replace(ticket, holders=(*ticket.holders, order_id)))


def release(ticket: Ticket, order_id: str) -> Change[Ticket] | None:
    """An order holds it no more."""
    if order_id not in ticket.holders:
        return None
    rest = tuple(holder for holder in ticket.holders if holder != order_id)
    return _updated(replace(ticket, holders=rest))


def _updated(ticket: Ticket) -> Change[Ticket]:
    after = replace(ticket, version=ticket.version + 1)
    updated = TicketUpdated(
        id=after.id,
        version=after.version,
        title=after.title,
        price=dollars(after.price),
        user_id=after.user_id,
        order_id=after.order_id,
    )
    return Change(after, Event.of(updated))
