"""What was charged and refunded for each order, and whether the orders agree."""

from datetime import datetime
from typing import Any

from payments.books.comparison import Books
from payments.models import Payment
from ticketing.ids import first_id
from ticketing.paging import Page

Json = dict[str, Any]

# Before the first id and after the last one.
FIRST, LAST = "0" * 24, "f" * 24


def ledger(
    books: Books, since: datetime | None, until: datetime | None, page: Page
) -> Json:
    """Return ``{"orders", "sums"}`` for the orders made in a time, newest first.

    ``orders`` is a page of ``{orderId, currency, charged, refunded, state, order,
    worth}``: the order's own state and what it is worth now. ``sums`` has for each
    currency ``{charged, refunded, kept, orders, difference}`` over the whole time;
    ``orders`` is what all complete orders are worth together. Smallest units.
    """
    between = (first_id(since) if since else FIRST, first_id(until) if until else LAST)
    payments = books.till.payments.for_orders(*between, page)
    standings = books.orders.standings([payment.order_id for payment in payments])
    return {
        "orders": [_row(each, standings.get(each.order_id)) for each in payments],
        "sums": _sums(books, *between),
    }


def _row(payment: Payment, order: Json | None) -> Json:
    return {
        "orderId": payment.order_id,
        "currency": payment.currency,
        "charged": payment.charged,
        "refunded": payment.refunded,
        "state": payment.status.value,
        "order": order["status"] if order else None,
        "worth": order["paid"] if order else 0,
    }


def _sums(books: Books, after: str, before: str) -> dict[str, Json]:
    taken = books.till.payments.sums(after, before)
    worth = books.orders.worth(after, before)
    return {
        currency: _sum(taken.get(currency, (0, 0)), worth.get(currency, 0))
        for currency in sorted({*taken, *worth})
    }


def _sum(taken: tuple[int, int], worth: int) -> Json:
    charged, refunded = taken
    return {
        "charged": charged,
        "refunded": refunded,
        "kept": charged - refunded,
        "orders": worth,
        "difference": charged - refunded - worth,
    }
