"""What the services know of an order, put together."""

from dataclasses import replace
from typing import Any

from ticketing.errors import NotFoundError, UnavailableError
from web.documents import qr
from web.documents.booking import Booking, Pass
from web.states import Json

# Passes on the page of an order; all of them have a page of their own.
FEW = 4


def booking_of(tickets: Any, orders: Any, order: Json) -> Booking:
    """Return an order as its buyer keeps it. Raises UnavailableError."""
    ticket = tickets.get_ticket(order["ticket"]["id"])
    return Booking.of(order, ticket, orders.list_passes(order["id"]))


def first_of(orders: Any, order: Json, ticket: Json | None) -> Booking | None:
    """Return the same with its first good passes, None if they cannot be known now."""
    if ticket is None:
        return None
    try:
        passes = orders.list_passes(order["id"])
    except (NotFoundError, UnavailableError):
        return None
    booking = Booking.of(order, ticket, passes)
    return replace(booking, passes=booking.good[:FEW])


def pictures_of(booking: Booking) -> dict[Pass, str]:
    """Return the codes of all passes that are good, as SVG."""
    drawn = qr.svgs(each.code for each in booking.good)
    return dict(zip(booking.good, drawn, strict=True))
