"""Orders for the contract tests, and what becomes of them."""

from dataclasses import replace
from datetime import UTC, datetime

from orders import lifecycle
from orders.models import Order, RequestKey, Status
from orders.passes.codes import new_pass_id
from ticketing.ids import new_id

BOB, EVE, TICKET = new_id(), new_id(), new_id()
PRICE = 1950
END = datetime(2026, 1, 31, 12, 15, 0, 123000, tzinfo=UTC)
# What orders remember of a listing of one unit.
LISTING = {
    "title": "Row 3",
    "price": PRICE,
    "currency": "usd",
    "userId": EVE,
    "layout": "1",
    "seated": False,
    "maxPerOrder": 10,
    "cancelled": False,
}


def order(*units, ticket=TICKET, user=BOB, key=None, currency="usd"):
    """A new order, by default for the one unit of a listing."""
    made = Order(
        id=new_id(),
        user_id=user,
        status=Status.CREATED,
        expires_at=END,
        ticket_id=ticket,
        title="Row 3",
        price=PRICE,
        units=units or ("1",),
        currency=currency,
        language="de",
    )
    key = RequestKey(key, f"print of {key}") if key else None
    return lifecycle.reserve(replace(made, request_key=key))


def expire(found):
    return lifecycle.expire(found, END)


def complete(found):
    return lifecycle.complete(found, found.total, found.currency, new_pass_id)
