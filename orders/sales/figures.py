"""What a listing has brought in. Pure: no I/O."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from orders.models import Order, Status
from ticketing.clock import iso
from ticketing.money import major

Json = dict[str, Any]

# As many as a chart can show.
POINTS = 60


def figures(holding: Iterable[Order], currency: str) -> Json:
    """Sum up the orders that hold units of a listing.

    ``{"held", "sold", "orders", "earned", "currency", "points": [{"at", "sold"}]}``:
    units, units, complete orders, major units of the listing's currency, and how many
    units had been sold when; a sale counts from the moment its order was made.
    """
    orders = list(holding)
    complete = [order for order in orders if order.status is Status.COMPLETE]
    sold = sum(len(order.units) for order in complete)
    return {
        "held": sum(len(order.units) for order in orders) - sold,
        "sold": sold,
        "orders": len(complete),
        "earned": major(sum(order.total for order in complete), currency),
        "currency": currency,
        "points": _points(sorted((_made_at(o), len(o.units)) for o in complete)),
    }


def _made_at(order: Order) -> datetime:
    return ObjectId(order.id).generation_time.astimezone(UTC)


def _points(sales: list[tuple[datetime, int]]) -> list[Json]:
    """Return the running sum at evenly spaced moments from the first sale to the last.

    The last point is the last sale, so that its sum is that of all.
    """
    if not sales:
        return []
    first, last = sales[0][0], sales[-1][0]
    step = (last - first) / POINTS
    points, total = [], 0
    due = first
    for moment, units in sales:
        if moment > due and total:
            points.append({"at": iso(due), "sold": total})
            due = max(due + step, moment)
        total += units
    return [*points, {"at": iso(last), "sold": total}]
