"""What operators are shown of the money, on pages."""

from typing import Any

from ticketing.money import major
from web import shop
from web.sales import Standing
from web.states import Json, Payment
from web.translations import mark

SUMS = ("charged", "refunded", "kept", "orders", "difference")
# What a finding means, and what to do about it.
MEANINGS = {
    "unknown order": mark(
        "Stripe has money for an order that is not here. If several shops share the "
        "account it may be another one's; otherwise refund it at Stripe."
    ),
    "does not fit the order": mark(
        "The sum or the currency at Stripe is not what the order costs. Refund it at "
        "Stripe, and find out who made it."
    ),
    "paid twice": mark(
        "Stripe has a second payment for an order that is paid. Refund it at Stripe."
    ),
    "refunded at Stripe": mark(
        "A part was refunded at Stripe, so that the shop does not know for which "
        "tickets. Refund the rest here, or leave it as it is."
    ),
    "refund failed": mark(
        "The money did not go back, because the card is closed, say. Pay the buyer in "
        "another way."
    ),
    "disputed": mark(
        "The buyer's bank has taken the money back for now. Answer at Stripe."
    ),
    "paid, not delivered": mark(
        "The order does not have what was paid for. Refund it here."
    ),
    "delivered, not paid": mark("The order has passes that nobody paid for."),
}
_TITLES = {
    "unknown order": mark("Unknown order"),
    "does not fit the order": mark("Does not fit the order"),
    "paid twice": mark("Paid twice"),
    "refunded at Stripe": mark("Refunded at Stripe"),
    "refund failed": mark("Refund failed"),
    "disputed": mark("Disputed"),
    "paid, not delivered": mark("Paid, not delivered"),
    "delivered, not paid": mark("Delivered, not paid"),
}
# What operators refund here.
_REFUNDED_HERE = {"refunded at Stripe", "paid, not delivered"}


def ledger_view(payments: Any, after: str | None, limit: int) -> Json:
    """Return a page of the ledger, its sums and what does not fit, in major units."""
    told = payments.ledger(limit=limit + 1, after=after or None)
    rows = [_row(row) for row in told["orders"][:limit]]
    more = len(told["orders"]) > limit
    return {
        "rows": rows,
        "sums": {key: _sum(row, key) for key, row in told["sums"].items()},
        "more": rows[-1]["orderId"] if more else None,
        "findings": [_finding(finding) for finding in payments.findings()],
    }


def undelivered(payments: Any, view: Json) -> Json:
    """Return what to show of an order that was paid and does not have its tickets.

    ``kept`` is the money that can go back, in major units. Of any other order: nothing.
    """
    if view["standing"] is Standing.PAID:
        return {}
    order = view["order"]
    payment = shop.payment_of(payments, order["id"])
    if payment["status"] != Payment.PAID:
        return {}
    kept = major(payment["amount"] - payment["refunded"], order["currency"])
    return {"standing": Standing.UNDELIVERED, "kept": kept}


def _finding(finding: Json) -> Json:
    """``title`` is its kind, ``payment`` what Stripe calls it if that is known."""
    kind, ref, order_id = finding["kind"], finding["ref"], finding["orderId"]
    return finding | {
        "title": _TITLES.get(kind, kind),
        "meaning": MEANINGS.get(kind, ""),
        "payment": ref if ref != order_id else None,
        "refund": order_id is not None and kind in _REFUNDED_HERE,
    }


def _row(row: Json) -> Json:
    sums = {key: major(row[key], row["currency"]) for key in ("charged", "refunded")}
    return row | sums | {"fits": row["charged"] - row["refunded"] == row["worth"]}


def _sum(row: Json, currency: str) -> Json:
    return {key: major(row[key], currency) for key in SUMS}
