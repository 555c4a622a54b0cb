"""Rounds that see that what is paid is delivered, and what is delivered is paid."""

from payments_books import AMOUNT, ORDER, complete, findings, id_of, pay, round_
from unit_doubles import NOW

from payments.books.findings import Kind


def test_an_order_that_never_heard_of_its_payment_hears_of_it(shop):
    pay(shop)
    assert round_(shop) == ["told the order again"]
    assert shop.orders.told == [("paid", ORDER, AMOUNT, "usd")]
    assert round_(shop) == []


def test_an_order_that_never_heard_of_its_refund_hears_of_it(shop):
    pay(shop)
    complete(shop)
    shop.rpc.refund(ORDER, "why")
    assert round_(shop) == ["told the order again"]
    assert shop.orders.told[-1] == ("refunded", ORDER, ["1"])
    assert findings(shop) == []


def test_what_is_paid_and_not_delivered_is_for_people_until_it_is(shop):
    pay(shop)
    shop.orders.deaf = True
    for _ in range(2):
        round_(shop)
    assert findings(shop) == [(Kind.NOT_DELIVERED, ORDER)]
    complete(shop)
    round_(shop)
    assert findings(shop) == []


def test_a_payment_whose_order_is_gone_is_for_people(shop):
    pay(shop)
    shop.orders.orders.clear()
    round_(shop)
    assert findings(shop) == [(Kind.UNKNOWN_ORDER, ORDER)]


def test_what_is_delivered_and_not_paid_is_for_people(shop):
    for number in range(5):
        order_id = id_of(NOW, number + 1)
        shop.orders.orders[order_id] = shop.order_of(order_id, status="complete")
    pay(shop)
    round_(shop)
    unpaid = [(Kind.NOT_PAID, id_of(NOW, number + 1)) for number in range(1, 5)]
    assert findings(shop) == unpaid
