"""Books of a small sale in which all is right, and what a test makes wrong in them."""

from dataclasses import replace

from rehearsal.books import Books, Listing, Order
from rehearsal.record import Bought, Record

PRICE = 2000


def order(name, *units, status="complete", listing="hall"):
    passes = len(units) if status == "complete" else 0
    return Order(name, listing, status, units, passes, PRICE * len(units))


def right():
    """Three of four units are sold, and one was let go."""
    orders = [
        order("a", "1", "2"),
        order("b", "3"),
        order("c", "4", status="cancelled"),
    ]
    return Books(
        listings=(Listing("hall", 4, 3, 0, ("1", "2", "3")),),
        orders={each.id: each for each in orders},
        charges={"a": [2 * PRICE], "b": [PRICE]},
        refunds={"a": 0, "b": 0},
        ledger={"a": 2 * PRICE, "b": PRICE},
    )


def told():
    """What the buyers of it saw."""
    record = Record()
    record.bought = [Bought(1.0, "a", ("1", "2"), 0.5), Bought(2.0, "b", ("3",), 0.5)]
    record.reserved, record.paid, record.sold = {"a", "b", "c"}, {"a", "b"}, 3
    return record


def with_order(books, changed):
    return replace(books, orders=books.orders | {changed.id: changed})


def with_listing(books, **changes):
    (listing,) = books.listings
    return replace(books, listings=(replace(listing, **changes),))
