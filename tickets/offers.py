"""From what a seller sends to what is offered."""

from collections.abc import Callable
from datetime import datetime

from ticketing.clock import iso
from ticketing.contract import Occasion
from ticketing.errors import refuse
from ticketing.fields import price_words
from ticketing.layout import Layout
from ticketing.money import minor
from tickets.inputs import EventInput, TicketChange, TicketInput
from tickets.models import Offer, Ticket

# ``spare(count)`` and ``taken(units)``: which units nobody holds, and which are held.
Spare = Callable[[str, int], list[str]]
Taken = Callable[[str, list[str]], list[str]]


def new_offer(wanted: TicketInput, now: datetime) -> Offer:
    """Raises InvalidInputError when the event is over before it is offered."""
    layout = (
        Layout.of_labels(wanted.seats)
        if wanted.seats
        else Layout.of_quantity(wanted.quantity or 1)
    )
    return Offer(
        title=wanted.title,
        price=minor(wanted.price, wanted.currency),
        currency=wanted.currency,
        layout=layout,
        seated=bool(wanted.seats),
        max_per_order=wanted.max_per_order or Offer.max_per_order,
        on_sale_at=wanted.on_sale_at,
        event=_occasion(wanted.event, None, now),
    )


def changed_offer(
    ticket: Ticket, wanted: TicketChange, spare: Spare, taken: Taken, now: datetime
) -> Offer:
    """What is absent stays as it is. Raises InvalidInputError."""
    offer = ticket.offer
    currency = _currency(ticket, wanted, taken)
    return Offer(
        title=wanted.title,
        price=_price(wanted, currency),
        currency=currency,
        layout=_layout(ticket, wanted, spare, taken),
        seated=offer.seated or bool(wanted.seats),
        max_per_order=wanted.max_per_order or offer.max_per_order,
        on_sale_at=wanted.on_sale_at or offer.on_sale_at,
        event=_occasion(wanted.event, offer.event, now),
    )


def _currency(ticket: Ticket, wanted: TicketChange, taken: Taken) -> str:
    """Orders keep the currency they were made in, and sums take one for all of them."""
    offer = ticket.offer
    if wanted.currency in {None, offer.currency}:
        return offer.currency
    if ticket.was_ordered or taken(ticket.id, list(offer.layout.labels)):
        kept = offer.currency.upper()
        refuse("currency", f"This was ordered in {kept}: its currency stays")
    return wanted.currency


def _price(wanted: TicketChange, currency: str) -> int:
    try:
        return minor(wanted.price, currency)
    except ValueError:
        refuse("price", price_words(currency))


def _occasion(
    wanted: EventInput | None, known: Occasion | None, now: datetime
) -> Occasion | None:
    if wanted is None:
        return known
    moved = known is None or known.starts_at != iso(wanted.starts_at)
    if moved and wanted.starts_at <= now:
        refuse("event.startsAt", "The event must begin in the future")
    return wanted.occasion


def _layout(ticket: Ticket, wanted: TicketChange, spare: Spare, taken: Taken) -> Layout:
    if wanted.seats is not None:
        return _seats(ticket, wanted.seats, taken)
    if wanted.quantity is None:
        return ticket.offer.layout
    if ticket.offer.seated:
        refuse("quantity", "This has numbered seats: send seats")
    return _quantity(ticket, wanted.quantity, spare)


def _quantity(ticket: Ticket, quantity: int, spare: Spare) -> Layout:
    layout = ticket.offer.layout
    fewer = len(layout) - quantity
    if fewer <= 0:
        return layout.extended(-fewer) if fewer else layout
    taken = ticket.held + ticket.sold
    free = spare(ticket.id, fewer) if quantity >= taken else []
    if len(free) < fewer:
        least = max(taken, len(layout) - len(free)) if free else taken
        refuse("quantity", f"Quantity must be at least {least}: so many are taken")
    return layout.without(free)


def _seats(ticket: Ticket, labels: list[str], taken: Taken) -> Layout:
    kept = set(labels)
    dropped = [label for label in ticket.offer.layout.labels if label not in kept]
    gone = taken(ticket.id, dropped) if dropped else []
    if gone and not ticket.offer.seated:
        refuse("seats", "Some are held or sold: it is too late for numbered seats")
    if gone:
        shown = ", ".join(gone[:10]) + (", …" if len(gone) > 10 else "")
        refuse("seats", f"Held or sold seats cannot be taken off: {shown}")
    return Layout.of_labels(labels)
