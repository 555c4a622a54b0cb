"""A listing of units for sale and what can happen to it. Pure: no I/O, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ticketing.change import Change
from ticketing.clock import iso
from ticketing.contract import (
    Occasion,
    OrderCompleted,
    OrderCreated,
    OrderEvent,
    OrderReduced,
    TicketCreated,
    TicketUpdated,
)
from ticketing.errors import BadRequestError, NotOwnerError
from ticketing.layout import ONE_UNIT, Layout
from ticketing.messages import Event
from ticketing.money import DEFAULT_CURRENCY, major

# Orders whose part is remembered in the listing itself.
REMEMBERED = 64


@dataclass(frozen=True)
class Share:
    """How many units an order holds since a version of it; ``paid``: owns."""

    version: int
    units: int = 0
    paid: bool = False

    @classmethod
    def of(cls, event: OrderEvent | OrderCreated) -> "Share":
        paid = isinstance(event, OrderCompleted | OrderReduced)
        return cls(event.version, len(event.units), paid)

    @property
    def held(self) -> int:
        return 0 if self.paid else self.units

    @property
    def sold(self) -> int:
        return self.units if self.paid else 0


NOTHING = Share(version=-1)


@dataclass(frozen=True)
class Offer:
    """What its seller says of a listing.

    ``price`` is that of one unit, in the smallest unit of ``currency``.
    """

    title: str
    price: int
    layout: Layout = ONE_UNIT
    seated: bool = False
    max_per_order: int = 10
    on_sale_at: datetime | None = None
    event: Occasion | None = None
    currency: str = DEFAULT_CURRENCY


@dataclass(frozen=True)
class Ticket:
    """``held`` and ``sold`` are units, as far as the events of orders tell.

    ``recent`` are the shares of the orders heard of last, so that an event that comes
    again is known and counts once. Older ones are kept elsewhere, if ``has_older``.
    Events of different orders come in any order, so for a moment two may hold one unit.
    """

    id: str
    user_id: str
    offer: Offer
    held: int = 0
    sold: int = 0
    recent: Mapping[str, Share] = field(default_factory=dict)
    has_older: bool = False
    cancelled: bool = False
    version: int = 0

    @property
    def quantity(self) -> int:
        return len(self.offer.layout)

    @property
    def available(self) -> int:
        free = self.quantity - self.held - self.sold
        return 0 if self.cancelled else max(free, 0)

    @property
    def order_id(self) -> str | None:
        """The order that has the one and only unit."""
        holders = [o for o, share in self.recent.items() if share.units]
        return holders[-1] if holders and self.quantity == 1 else None

    @property
    def was_ordered(self) -> bool:
        """Whether it ever heard of an order."""
        return bool(self.recent) or self.has_older

    def json_dict(self) -> dict[str, Any]:
        shape = _listed(self).json_dict()
        del shape["layout"]
        price = major(self.offer.price, self.offer.currency)
        return shape | {"price": price, "quantity": self.quantity}

    def told(self) -> dict[str, Any]:
        """The same with the layout, which may be long."""
        return self.json_dict() | {"layout": self.offer.layout.text}


def create(ticket_id: str, user_id: str, offer: Offer) -> Change[Ticket]:
    ticket = Ticket(ticket_id, user_id, offer)
    return Change(ticket, Event.of(TicketCreated(**_facts(ticket))))


def check_editable(ticket: Ticket, user_id: str) -> None:
    """Raise BadRequestError, then NotOwnerError."""
    if ticket.quantity == 1 and not ticket.available and not ticket.cancelled:
        raise BadRequestError("Cannot edit a reserved ticket")
    if ticket.user_id != user_id:
        raise NotOwnerError
    if ticket.cancelled:
        raise BadRequestError("This was cancelled: it cannot be changed any more")


def edit(ticket: Ticket, user_id: str, offer: Offer) -> Change[Ticket]:
    """Change what is offered. Raises BadRequestError, then NotOwnerError."""
    check_editable(ticket, user_id)
    return told_again(replace(ticket, offer=offer))


def cancel(ticket: Ticket, user_id: str) -> Change[Ticket] | None:
    """Take it off sale for good. Raises NotOwnerError."""
    if ticket.user_id != user_id:
        raise NotOwnerError
    return None if ticket.cancelled else told_again(replace(ticket, cancelled=True))


def follow(
    ticket: Ticket, heard: Mapping[str, Share], older: Mapping[str, Share]
) -> Change[Ticket] | None:
    """Count what orders hold now; ``older`` are shares that it remembers no more.

    An order counts with its newest version, whatever came before it and how often.
    What no longer fits into ``recent`` must have been kept before: see ``overflow``.
    """
    kept = {o: share for o, share in ticket.recent.items() if o not in overflow(ticket)}
    held, sold = ticket.held, ticket.sold
    news = False
    for order_id, share in heard.items():
        known = ticket.recent.get(order_id) or older.get(order_id, NOTHING)
        if share.version > known.version:
            news = True
            held += share.held - known.held
            sold += share.sold - known.sold
            kept.pop(order_id, None)
            kept[order_id] = share
    if not news:
        return None
    return told_again(
        replace(
            ticket,
            held=held,
            sold=sold,
            recent=kept,
            has_older=ticket.has_older or bool(overflow(ticket)),
        )
    )


def overflow(ticket: Ticket) -> dict[str, Share]:
    """Return the shares that the next change forgets: the older half of too many."""
    if len(ticket.recent) <= REMEMBERED:
        return {}
    oldest = list(ticket.recent.items())[: len(ticket.recent) - REMEMBERED // 2]
    return dict(oldest)


def told_again(ticket: Ticket) -> Change[Ticket]:
    """The listing a version on, and the event that tells all of it."""
    after = replace(ticket, version=ticket.version + 1)
    return Change(after, Event.of(_listed(after)))


def _listed(ticket: Ticket) -> TicketUpdated:
    return TicketUpdated(
        **_facts(ticket),
        order_id=ticket.order_id,
        available=ticket.available,
        held=ticket.held,
        sold=ticket.sold,
        cancelled=ticket.cancelled or None,
    )


def _facts(ticket: Ticket) -> dict[str, Any]:
    offer = ticket.offer
    return {
        "id": ticket.id,
        "version": ticket.version,
        "title": offer.title,
        "price": major(offer.price, offer.currency),
        "currency": offer.currency,
        "user_id": ticket.user_id,
        "layout": offer.layout.text,
        "seated": offer.seated,
        "max_per_order": offer.max_per_order,
        "on_sale_at": iso(offer.on_sale_at) if offer.on_sale_at else None,
        "event": offer.event,
    }
