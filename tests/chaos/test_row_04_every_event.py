"""Row 4: an acknowledged command's event reaches every consumer, and counts once.

Orders are made and given up while services and the event bus are killed. Then each
change stands once on the bus, listings have counted it once, payments has its copy,
and no consumer has anything left to hear.
"""

from chaos_buyers import Buyers, stubbornly
from chaos_checker import Violation, violations
from chaos_killer import killed
from chaos_shop import until
from system_bus import Bus

FULL, SLICE, CONTROL = 50_000, 600, 10
KILLS = {FULL: 200, SLICE: 4}
BATCH = 50


def test_every_acknowledged_command_is_heard_of(row, nats):
    shop = row.shop(twins=True, own={"NATS_URL": nats.url})
    command(row, shop, row.size, [*shop.twins, nats])
    shop.settle()
    until(lambda: not any(unheard(shop)))
    row.expect_none(violations(shop))


def test_control_what_is_left_behind_stays_there(row, nats):
    own = {"NATS_URL": nats.url}
    shop = row.shop(twins=True, own=own, without={"orders": "never_sweeps"})
    with Buyers(shop) as buyers:
        ticket = buyers.list_many(100)
        reserve_and_cancel(buyers, ticket)
        nats.kill()
        buyers.each(lambda _: reserve_and_cancel(buyers, ticket), range(CONTROL))
        nats.start().wait_until_ready()
    shop.seems_settled(within=5)
    row.expect_some(violations(shop))


def command(row, shop, size, victims):
    """Two commands an order, until there are enough and all have died."""
    given = 0
    with Buyers(shop) as buyers:
        options = {"random": row.random, "victims": victims}
        with killed(shop, KILLS[size], **options) as killer:
            ticket = buyers.list_many(100_000)
            while given < size or not killer.done():
                buyers.each(lambda _: reserve_and_cancel(buyers, ticket), range(BATCH))
                given += 2 * BATCH
        for order_id in shop.books.orders():
            buyers.cancel({"id": order_id})
    row.figures |= {"commands": given, "kills": killer.kills}


def reserve_and_cancel(buyers, ticket):
    if order := buyers.reserve(ticket):
        stubbornly(lambda: (buyers.cancel(order), {}))


def unheard(shop):
    """What consumers have not acknowledged."""
    for name, consumer in Bus(shop).consumers().items():
        if left := consumer.num_pending + consumer.num_ack_pending:
            yield Violation("unheard", None, f"{name} has not heard {left} messages")
