"""Row 9: webhooks tell the truth, however they come.

Buyers confirm straight at Stripe, as a browser does, so that the shop hears of it only
by webhooks, which come three times each, shuffled, a fifth of them never, and by
comparing its books with Stripe's. All that was ever sent comes again in the end.
"""

from chaos_buyers import Buyers
from chaos_checker import violations
from chaos_shop import until

FULL, SLICE, CONTROL = 5_000, 300, 30
FAULTS = {"copies": 3, "shuffle": True, "drop": 0.2, "delay": [0, 0.5]}
# So many orders should be complete before the books are compared.
HEARD, HEARD_WITHIN = 0.6, 180
VISA, NO_MONEY = "pm_card_visa", "pm_card_visa_chargeDeclinedInsufficientFunds"


def test_every_order_ends_as_stripe_has_it(row):
    shop = row.shop(webhooks=lambda shop: shop.hook)
    buy_at_stripe(row, shop, row.size)
    until(lambda: complete(shop) >= HEARD * row.size, HEARD_WITHIN)
    row.figures["complete by webhooks alone"] = complete(shop)
    row.figures["repaired by comparing"] = len(shop.reconcile()["repaired"])
    shop.settle()
    row.expect_none(violations(shop))
    before = state(shop)
    send_everything_again(row, shop)
    assert state(shop) == before, "what was sent again has changed something"
    row.expect_none(violations(shop))


def test_control_webhooks_are_kept_and_never_heeded(row):
    shop = row.shop(
        webhooks=lambda shop: shop.hook, without={"payments": "never_looks"}
    )
    buy_at_stripe(row, shop, CONTROL)
    shop.seems_settled(within=5)
    row.figures["complete"] = complete(shop)
    row.expect_some(violations(shop))


def buy_at_stripe(row, shop, size):
    """Some with a card first that has no money."""
    shop.stand_in.set_faults(seed=row.seed, webhooks=FAULTS)
    with Buyers(shop) as buyers:
        ticket = buyers.list_many(size)
        first_cards = row.random.choices([VISA, NO_MONEY], [4, 1], k=size)
        orders = buyers.each(lambda card: buy(buyers, ticket, card), first_cards)
    row.figures |= {
        "orders": len(orders),
        "declined first": first_cards.count(NO_MONEY),
    }


def buy(buyers, ticket, first_card):
    order = buyers.reserve(ticket)
    secret = buyers.open(order)
    if first_card != VISA:
        assert buyers.confirm(order, secret, first_card) == 402
    assert buyers.confirm(order, secret) == 200
    return order


def send_everything_again(row, shop):
    shop.stand_in.clear_faults()
    events = shop.stand_in.event_ids()
    row.random.shuffle(events)
    for event_id in events:
        shop.stand_in.send_again(event_id)
    for event_id in events:
        until(lambda event_id=event_id: shop.stand_in.is_delivered(event_id))
    kept = shop.database("payments")["webhooks"]
    until(lambda: not kept.count_documents({"waiting": True}))
    until(shop.is_settled)
    row.figures["sent again"] = len(events)


def complete(shop):
    orders = shop.database("orders")["orders"]
    return orders.count_documents({"status": "complete"})


def state(shop):
    """All that must not change any more."""
    return shop.books.orders(), shop.books.payments(), shop.stand_in.books().kept
