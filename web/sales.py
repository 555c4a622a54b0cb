"""What sellers are shown of their listings, on pages and in files."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import eventlet

from ticketing.clock import from_iso
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.sessions import Session
from web import formats
from web.chart import chart
from web.csv_files import Row, time_cell
from web.service_words import said
from web.states import Json, offer_of
from web.translations import mark
from web.views import own_ticket

T = TypeVar("T")

# As many as a service tells at once.
PAGE = 1000
# How often a page of a file is asked for, and how many seconds lie between.
TRIES = 5
PAUSE = 1.0

ORDER_COLUMNS = (
    mark("Order"),
    mark("Bought at (UTC)"),
    mark("Buyer email"),
    mark("Status"),
    mark("Quantity"),
    mark("Units"),
    mark("Price"),
    mark("Total"),
    mark("Currency"),
    mark("Refunded units"),
    mark("Reason"),
)
PASS_COLUMNS = (
    mark("Pass"),
    mark("Unit"),
    mark("Status"),
    mark("Admitted at (UTC)"),
    mark("Door"),
)


class Standing(StrEnum):
    """What an order is to the seller; what is UNDELIVERED only operators see."""

    PAID = "paid"
    RESERVED = "reserved"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    UNDELIVERED = "undelivered"


def standing_of(order: Json) -> Standing:
    if order["status"] == "complete":
        return Standing.PAID
    if order["status"] != "cancelled":
        return Standing.RESERVED
    refunded = order.get("reason") == "refunded"
    return Standing.REFUNDED if refunded else Standing.CANCELLED


def listing_view(ticket: Json, now: datetime) -> Json:
    """Return a listing and what it is to buyers now."""
    return {"ticket": ticket, "offer": offer_of(ticket, None, None, now)}


def numbers_view(
    tickets: Any, orders: Any, ticket_id: str, user: Session, now: datetime
) -> Json:
    """Return a listing, what it has brought in, and that as a chart.

    ``ending`` says that it was cancelled and not all money is back yet. Raises
    NotFoundError, NotOwnerError.
    """
    ticket = own_ticket(tickets, ticket_id, user)
    sales = orders.get_sales(ticket_id, user.user_id)
    taken = sales["held"] + sales["sold"]
    free = 0 if ticket.get("cancelled") else max(ticket["quantity"] - taken, 0)
    return listing_view(ticket, now) | {
        "sales": sales | {"available": free},
        "chart": chart(sales["points"], _last_sale_by(ticket, now)),
        "ending": bool(ticket.get("cancelled") and taken),
    }


def _last_sale_by(ticket: Json, now: datetime) -> datetime:
    """Return now or, if that was before, when the event began."""
    event = ticket.get("event")
    return min(now, from_iso(event["startsAt"])) if event else now


def refund_view(auth: Any, orders: Any, ticket: Json, order_id: str) -> Json:
    """Return an order for this listing, and the pass of each of its units.

    Raises NotFoundError, also for an order for another listing.
    """
    order: Json = orders.get_order(order_id)
    if order["ticket"]["id"] != ticket["id"]:
        raise NotFoundError
    passes = {each["unit"]: each for each in orders.list_passes(order_id)}
    for each in passes.values():
        each["id"] = formats.pass_id(each["id"])
    return {
        "ticket": ticket,
        **sale_view(order, known_emails(auth, [order])),
        "passes": [(unit, passes.get(unit)) for unit in order["units"]],
    }


def sale_view(order: Json, emails: dict[str, str]) -> Json:
    """Return an order, what it is to the seller and, if known, whose it is."""
    email = emails.get(order["userId"])
    return {"order": order, "standing": standing_of(order), "email": email}


def emails_of(auth: Any, sales: Iterable[Json]) -> dict[str, str]:
    """Return the addresses of up to 1000 orders' buyers, by their ids."""
    buyers = sorted({order["userId"] for order in sales})
    return {user["id"]: user["email"] for user in auth.get_users(buyers)}


def known_emails(auth: Any, sales: Iterable[Json]) -> dict[str, str]:
    """The same for a page, which is worth showing without them."""
    try:
        return emails_of(auth, sales)
    except UnavailableError:
        return {}


def order_rows(
    auth: Any, orders: Any, ticket_id: str, user: Session
) -> Iterator[list[Row]]:
    """Yield every order for a listing, oldest first, a page at a time.

    Only the first page is given up at once: half a file is of no use to anybody.
    """

    def page(after: str | None) -> tuple[list[Json], dict[str, str]]:
        found = orders.list_sales(ticket_id, user.user_id, limit=PAGE, after=after)
        return found, emails_of(auth, found)

    sales, emails = page(None)
    while sales:
        yield [_order_row(sale, emails.get(sale["userId"], "")) for sale in sales]
        sales, emails = _patiently(partial(page, sales[-1]["id"]))


def _patiently(read: Callable[[], T]) -> T:
    """Read, and again after a while if a service is away. Raises UnavailableError."""
    for _ in range(TRIES - 1):
        try:
            return read()
        except UnavailableError:
            eventlet.sleep(PAUSE)
    return read()


def _order_row(order: Json, email: str) -> Row:
    """What was cancelled or refunded does not count as sold: the columns add up."""
    standing = standing_of(order)
    given_back = order.get("refunded", [])
    units, total, currency = order["units"], order["total"], order["currency"]
    if standing is Standing.REFUNDED:
        given_back = [*given_back, *units]
    if standing in {Standing.REFUNDED, Standing.CANCELLED}:
        units, total = [], 0
    return (
        order["id"],
        time_cell(formats.made_at(order["id"])),
        email,
        said(standing.value),
        len(units),
        ", ".join(units),
        formats.amount(order["ticket"]["price"], currency),
        formats.amount(total, currency),
        currency.upper(),
        ", ".join(given_back),
        said(order.get("reason", "")),
    )


def pass_rows(orders: Any, ticket_id: str, user: Session) -> Iterator[list[Row]]:
    """Yield every pass of a listing, with nothing that says whose it is."""
    passes = orders.list_ticket_passes(ticket_id, user.user_id)["passes"]
    for start in range(0, len(passes), PAGE):
        yield [_pass_row(each) for each in passes[start : start + PAGE]]


def _pass_row(told: Json) -> Row:
    admitted_at = told.get("admittedAt")
    return (
        formats.pass_id(told["id"]),
        told["unit"],
        said(told["status"]),
        time_cell(admitted_at) if admitted_at else "",
        told.get("door", ""),
    )
