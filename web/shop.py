"""What the pages ask the services for, where one question is not enough."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import eventlet

from ticketing.errors import NotFoundError, UnavailableError
from web.forms import Form
from web.news import MOST_AT_ONCE
from web.searches import SEARCH
from web.shelf import Listing
from web.states import Json, Payment
from web.stock import Stock

PAGE_SIZE = 24
# Holds are minutes old: the order that holds a ticket is among a person's latest.
LATEST = 200
NONE_YET = "none"
# What of it the shelf can tell.
UPCOMING = "upcoming"
SHELVED = {"availability": "now"}
ON_SHELF = {"now", UPCOMING}
# How long a person waits to see the effect of a payment.
PATIENCE = 1.5
POLL_EVERY = 0.05

ENDED = {"complete", "cancelled"}

Fetch = Callable[..., list[Json]]


def newest(fetch: Fetch, *args: str, after: str | None, **wanted: str) -> Listing:
    page = {"limit": PAGE_SIZE + 1, "after": after or None, "order": "desc"}
    found = fetch(*args, **page, **wanted)
    things = found[:PAGE_SIZE]
    return Listing(things, things[-1]["id"] if len(found) > PAGE_SIZE else None)


def search(tickets: Any, search: Form, after: str | None) -> Listing:
    """Return what is found. Raises InvalidInputError."""
    wanted = {SEARCH[name]: value for name, value in search.given.items()}
    prices = wanted.keys() & {"min_price", "max_price"}
    wanted |= {name: wanted[name].replace(",", ".") for name in prices}
    return newest(tickets.list_tickets, after=after, **wanted)


def listed(
    stock: Stock, tickets: Any, asked: Form, after: str | None, now: datetime
) -> Listing:
    """Return what is asked for, from the shelf if that is enough.

    What is known is better than nothing where nobody can be asked. Raises
    InvalidInputError, UnavailableError.
    """
    wanted = {**SHELVED, **asked.given}
    if wanted.keys() != SHELVED.keys() or wanted["availability"] not in ON_SHELF:
        return search(tickets, asked, after)
    place = after or None, PAGE_SIZE, now
    is_upcoming = wanted["availability"] == UPCOMING
    if found := stock.page(*place, upcoming=is_upcoming):
        return found
    try:
        found = search(tickets, asked, after)
    except UnavailableError:
        if known := stock.known(*place, upcoming=is_upcoming):
            return known
        raise
    stock.learn(found.things)
    return found


@dataclass(frozen=True)
class Known:
    """What is known of a listing's orders: who has it, and a person's own.

    Of these the id of the newest, and those that stand, what is to be paid first.
    """

    holder: Json | None = None
    newest: str | None = None
    standing: tuple[Json, ...] = ()


def known_of(orders: Any, ticket: Json, user_id: str | None) -> Known:
    """Return what can be known; ``newest`` is NONE_YET for who never ordered it.

    Of a listing with several units the holder is the person's own order. The ticket
    hears of its order a moment later; its buyer must not have to wait.
    """
    try:
        if order_id := ticket.get("orderId"):
            return Known(dict(orders.get_order(order_id)))
        own = orders_for(orders, ticket["id"], user_id) if user_id else []
        stand = standing(own)
        holder = stand[0] if stand else None
        return Known(holder, own[0]["id"] if own else NONE_YET, tuple(stand))
    except (NotFoundError, UnavailableError):
        return Known()


def orders_for(orders: Any, ticket_id: str, user_id: str) -> list[Json]:
    """Return a person's orders for a ticket, the newest first."""
    latest = orders.list_orders(user_id, limit=LATEST, order="desc")
    return [dict(each) for each in latest if each["ticket"]["id"] == ticket_id]


def standing(own: list[Json]) -> list[Json]:
    """Return the orders that have not ended, those that are still to be paid first."""
    found = [order for order in own if order["status"] != "cancelled"]
    return sorted(found, key=lambda order: order["status"] == "complete")


def awaited(orders: list[Json], now: str) -> str:
    """Return what a page with orders listens to: those that may be paid any moment."""
    held = (each for each in orders if each["status"] not in ENDED)
    ids = [each["id"] for each in held if each["expiresAt"] > now]
    return urlencode([("order", each) for each in ids[:MOST_AT_ONCE]])


def ticket_of(tickets: Any, order: Json) -> Json | None:
    """Return what an order is for, if that can be known now."""
    try:
        return dict(tickets.get_ticket(order["ticket"]["id"]))
    except (NotFoundError, UnavailableError):
        return None


def payment_of(payments: Any, order_id: str) -> Json:
    """Return an order's payment; of one that is not there, or away, only a status."""
    try:
        return dict(payments.get_payment(order_id))
    except NotFoundError:
        return {"status": Payment.NONE}
    except UnavailableError:
        return {"status": Payment.UNKNOWN}


def await_completion(orders: Any, order_id: str) -> None:
    """Give a payment the time to reach its order, but not for long."""
    with eventlet.Timeout(PATIENCE, exception=False):
        while not _has_ended(orders, order_id):
            eventlet.sleep(POLL_EVERY)


def _has_ended(orders: Any, order_id: str) -> bool:
    try:
        return orders.get_order(order_id)["status"] in {"complete", "cancelled"}
    except UnavailableError:
        return False
