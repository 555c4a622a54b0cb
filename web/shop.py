"""What the pages ask the services for, where one question is not enough."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import eventlet

from ticketing.errors import NotFoundError, UnavailableError
from web.states import Json, Payment

PAGE_SIZE = 24
# Holds are minutes old: the order that holds a ticket is among a person's latest.
LATEST = 200
# How long a person waits to see the effect of a payment.
PATIENCE = 2.0
POLL_EVERY = 0.05

Fetch = Callable[..., list[Json]]


@dataclass(frozen=True)
class Listing:
    """A page of things, newest first; ``after`` is where the next one begins."""

    things: list[Json]
    after: str | None


def newest(fetch: Fetch, *args: str, after: str | None) -> Listing:
    found = fetch(*args, limit=PAGE_SIZE + 1, after=after or None, order="desc")
    things = found[:PAGE_SIZE]
    return Listing(things, things[-1]["id"] if len(found) > PAGE_SIZE else None)


def holder_of(orders: Any, ticket: Json, user_id: str | None) -> Json | None:
    """Return the order that holds or owns a ticket, as far as it can be known.

    The ticket hears of its order a moment later; its buyer must not have to wait.
    """
    try:
        if order_id := ticket.get("orderId"):
            return dict(orders.get_order(order_id))
        return own_order(orders, ticket["id"], user_id) if user_id else None
    except (NotFoundError, UnavailableError):
        return None


def own_order(orders: Any, ticket_id: str, user_id: str) -> Json | None:
    """Return the order by which a person holds or owns a ticket."""
    latest = orders.list_orders(user_id, limit=LATEST, order="desc")
    for order in latest:
        if order["ticket"]["id"] == ticket_id and order["status"] != "cancelled":
            return dict(order)
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
    deadline = monotonic() + PATIENCE
    while not _has_ended(orders, order_id) and monotonic() < deadline:
        eventlet.sleep(POLL_EVERY)


def _has_ended(orders: Any, order_id: str) -> bool:
    try:
        return orders.get_order(order_id)["status"] in {"complete", "cancelled"}
    except UnavailableError:
        return False
