"""Row 1: a ticket is sold at most once.

Two hundred buyers race for fifty units while one of two processes, with tickets, orders
and payments in it, is killed again and again. Who is turned away tries again, as long
as there are kills to come: what was freed by a death is for sale.
"""

from chaos_buyers import Buyers
from chaos_checker import violations
from chaos_killer import killed

FULL, SLICE, CONTROL = 20, 3, 1
BUYERS, UNITS, KILLS = 200, 50, 2
FULL_KILLS = 3
HOLD = "5"


def test_no_unit_is_sold_twice(row):
    shop = row.shop(twins=True, HOLD_SECONDS=HOLD)
    race(row, shop, row.size, FULL_KILLS if row.size == FULL else KILLS)
    shop.settle()
    row.figures["sold"] = sold(shop)
    row.expect_none(violations(shop))


def test_control_nothing_is_unique(row):
    shop = row.shop(twins=True, without={"orders": "checks_first"})
    race(row, shop, CONTROL, 0)
    shop.seems_settled(within=3)
    row.expect_some(violations(shop))


def race(row, shop, rounds, kills):
    row.figures |= {"buyers": BUYERS * rounds, "units": UNITS * rounds}
    with Buyers(shop) as buyers:
        for _ in range(rounds):
            ticket = buyers.list_many(UNITS)
            with killed(shop, kills, random=row.random):
                buyers.each(lambda _, t=ticket: buy(buyers, t), range(BUYERS))
    row.figures["kills"] = kills * rounds


def buy(buyers, ticket):
    if order := buyers.reserve(ticket):
        buyers.pay_stubbornly(order, order["id"])


def sold(shop):
    orders = shop.books.orders().values()
    return sum(len(o["units"]) for o in orders if o["status"] == "complete")
