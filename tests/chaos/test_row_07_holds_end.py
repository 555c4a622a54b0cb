"""Row 7: an unpaid order is freed in time, and never early.

Orders are held for a few seconds. Of three parts, one sees nothing, one has all that
Redis knows wiped, and one has Redis away when its holds end. When an order was
cancelled is told by its event.
"""

import time

from chaos_buyers import Buyers
from chaos_checker import violations
from chaos_row import quantile
from system_bus import Bus

from ticketing.clock import from_iso

FULL, SLICE, CONTROL = 5_000, 300, 20
HOLD = 3
BATCH = 100
# How late an end may be, in seconds: most of those that saw nothing, and any other.
USUAL, HEALED = 2.0, 30.0
AWAY = 3.0


def test_holds_end_in_time(row):
    shop = open_shop(row)
    parts = {"quiet": quiet, "wiped": wiped, "away": away}
    held = {name: [] for name in parts}
    with Buyers(shop) as buyers:
        for first in range(0, row.size, len(parts) * BATCH):
            size = min(BATCH, -(-(row.size - first) // len(parts)))
            for name, part in parts.items():
                held[name] += hold(buyers, size, lambda part=part: part(shop))
                shop.settle(HOLD + HEALED)
    late = {name: lateness(shop, orders) for name, orders in held.items()}
    row.figures |= {
        f"late p99, {n}": f"{quantile(v, 0.99):.2f} s" for n, v in late.items()
    }
    row.expect_none([*violations(shop), *wrong(late)])


def test_control_deadlines_are_not_rebuilt(row):
    shop = open_shop(row, without={"expiration": "never_rebuilds"})
    with Buyers(shop) as buyers:
        hold(buyers, CONTROL, lambda: wiped(shop))
    shop.seems_settled(within=HOLD + 1)
    row.expect_some(violations(shop))


def open_shop(row, **options):
    return row.shop(HOLD_SECONDS=str(HOLD), gates=["REDIS_URL"], **options)


def hold(buyers, size, fault):
    """Orders that nobody pays, and what happens once they are there."""
    ticket = buyers.list_many(size)
    orders = buyers.each(buyers.reserve, [ticket] * size)
    fault()
    return [order["id"] for order in orders]


def quiet(shop):
    """Nothing happens."""


def wiped(shop):
    for key in shop.redis.scan_iter(f"{shop.namespace}:expiration:*"):
        shop.redis.delete(key)


def away(shop):
    with shop.gates["REDIS_URL"].away():
        time.sleep(HOLD + AWAY)


def lateness(shop, orders):
    """How many seconds after its time each was cancelled."""
    ends = {each: order["expiresAt"] for each, order in shop.books.orders().items()}
    told = {
        message.data["id"]: from_iso(message.headers["ce-time"])
        for message in Bus(shop).messages("")
        if message.subject == "order.cancelled"
    }
    return [
        (told[each] - ends[each]).total_seconds() for each in orders if each in told
    ]


def wrong(late):
    if quantile(late["quiet"], 0.99) > USUAL:
        yield "those that saw nothing end late"
    for name, seconds in late.items():
        if min(seconds) < 0:
            yield f"{name}: {-min(seconds):.3f} s early"
        if max(seconds) > HEALED:
            yield f"{name}: {max(seconds):.1f} s late"
