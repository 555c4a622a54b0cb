"""Row 3: at most one charge and one refund an order.

A fifth of Stripe's replies is swallowed, whatever it did; buyers click twice and try up
to five times; the seller sends half of the money back, and clicks twice, too.
"""

from chaos_buyers import Buyers, stubbornly
from chaos_checker import violations
from system_people import at_once

FULL, SLICE, CONTROL = 2_000, 200, 30
SWALLOWED = 0.2


def test_an_order_is_charged_once_and_refunded_once(row):
    shop = row.shop()
    buy_and_give_back(row, shop, row.size)
    shop.settle()
    row.expect_none(violations(shop))


def test_control_every_call_has_a_key_of_its_own(row):
    shop = row.shop(without={"payments": "random_keys"})
    buy_and_give_back(row, shop, CONTROL)
    shop.seems_settled(within=5)
    row.expect_some(violations(shop))


def buy_and_give_back(row, shop, size):
    with Buyers(shop) as buyers:
        ticket = buyers.list_many(size)
        orders = buyers.each(buyers.reserve, [ticket] * size)
        shop.stand_in.set_faults(seed=row.seed, swallow=SWALLOWED, paths=["/v1/"])
        pays = [(order, row.random.choice((1, 2))) for order in orders]
        buyers.each(lambda each: pay(buyers, *each), pays)
        unwanted = row.random.sample(orders, size // 2)
        buyers.each(lambda order: give_back(buyers, order), unwanted)
        shop.stand_in.clear_faults()
    history = shop.history
    row.figures |= {
        "orders": size,
        "requests to pay": len(history.of("pay")),
        "paid": len(history.acknowledged("pay")),
        "requests to refund": len(history.of("refund")),
    }


def pay(buyers, order, clicks):
    key = order["id"]
    at_once(*[lambda: buyers.pay_stubbornly(order, key)] * clicks)


def give_back(buyers, order):
    """Twice at once; again while it is not known, as a seller would."""
    at_once(*[lambda: stubbornly(lambda: buyers.refund(order))] * 2)
