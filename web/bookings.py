"""What the services know of an order, put together."""

from typing import Any

from web.documents.booking import Booking
from web.states import Json


def booking_of(tickets: Any, orders: Any, order: Json) -> Booking:
    """Return an order as its buyer keeps it. Raises UnavailableError."""
    ticket = tickets.get_ticket(order["ticket"]["id"])
    return Booking.of(order, ticket, orders.list_passes(order["id"]))
