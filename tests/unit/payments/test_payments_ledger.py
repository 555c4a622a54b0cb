"""What was charged and refunded for each order, and the sums of it all."""

from datetime import timedelta

import pytest
from payments_books import AMOUNT, id_of
from unit_doubles import BOB, NOW

from payments.intents import Sum
from ticketing.clock import iso
from ticketing.errors import BadRequestError, InvalidInputError, NotFoundError

# One is paid, one refunded, one half refunded, one declined; nobody pays the fifth.
PAID, REFUNDED, HALF, DECLINED, UNPAID = ORDERS = [
    id_of(NOW + timedelta(minutes=number)) for number in range(5)
]


@pytest.fixture
def book(shop):
    for order_id in ORDERS:
        shop.orders.orders[order_id] = shop.order_of(order_id)
    shop.orders.orders[HALF] = shop.order_of(HALF, units=("1", "2"))
    for order_id in (PAID, REFUNDED, HALF):
        shop.rpc.pay(order_id, BOB, "tok_visa")
        shop.orders.hear_payment(order_id, AMOUNT, "usd")
    with pytest.raises(BadRequestError):
        shop.rpc.pay(DECLINED, BOB, "tok_chargeDeclined")
    shop.rpc.refund(REFUNDED, "why")
    shop.orders.hear_refund(REFUNDED, [])
    shop.rpc.refund(HALF, "why", ["1"])
    shop.orders.hear_refund(HALF, ["1"])
    return shop


def ids(told):
    return [row["orderId"] for row in told["orders"]]


def test_each_order_stands_there_once_newest_first(book):
    told = book.rpc.ledger()
    assert ids(told) == [DECLINED, HALF, REFUNDED, PAID]
    rows = {row["orderId"]: row for row in told["orders"]}
    assert rows[HALF] == {
        "orderId": HALF,
        "currency": "usd",
        "charged": 2 * AMOUNT,
        "refunded": AMOUNT,
        "state": "paid",
        "order": "complete",
        "worth": AMOUNT,
    }
    assert (rows[REFUNDED]["state"], rows[REFUNDED]["order"]) == (
        "refunded",
        "cancelled",
    )
    assert (rows[DECLINED]["charged"], rows[DECLINED]["state"]) == (0, "declined")


def test_the_sums_fit_to_the_cent(book):
    assert book.rpc.ledger()["sums"] == {
        "usd": {
            "charged": 4 * AMOUNT,
            "refunded": 2 * AMOUNT,
            "kept": 2 * AMOUNT,
            "orders": 2 * AMOUNT,
            "difference": 0,
        }
    }


def test_what_does_not_fit_is_a_difference(book):
    book.orders.hear_payment(UNPAID, AMOUNT, "usd")
    assert book.rpc.ledger()["sums"]["usd"]["difference"] == -AMOUNT
    book.orders.hear_refund(PAID, [])
    book.orders.hear_refund(UNPAID, [])
    assert book.rpc.ledger()["sums"]["usd"]["difference"] == AMOUNT


def test_each_currency_has_sums_of_its_own(book):
    order_id = id_of(NOW, 9)
    book.orders.orders[order_id] = book.order_of(order_id, status="complete")
    book.orders.orders[order_id] |= {"currency": "eur"}
    sums = book.rpc.ledger()["sums"]
    assert (sums["eur"]["orders"], sums["eur"]["difference"]) == (AMOUNT, -AMOUNT)
    assert sums["usd"]["difference"] == 0


def test_a_time_is_that_of_the_orders(book):
    since, until = NOW + timedelta(minutes=1), NOW + timedelta(minutes=3)
    told = book.rpc.ledger(since=iso(since), until=iso(until))
    assert ids(told) == [HALF, REFUNDED]
    assert told["sums"]["usd"]["charged"] == 3 * AMOUNT
    assert book.rpc.ledger(since=iso(NOW + timedelta(days=1))) == {
        "orders": [],
        "sums": {},
    }


def test_a_page_follows_the_last_order_and_the_sums_are_of_all(book):
    first = book.rpc.ledger(limit=3)
    rest = book.rpc.ledger(limit=3, after=ids(first)[-1])
    assert ids(first) + ids(rest) == [DECLINED, HALF, REFUNDED, PAID]
    assert first["sums"] == rest["sums"]


@pytest.mark.parametrize("call", ["ledger", "reconcile"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_what_is_no_time_is_refused(book, call, field):
    with pytest.raises(InvalidInputError) as refused:
        getattr(book.rpc, call)(**{field: "yesterday"})
    assert {error["field"] for error in refused.value.errors} == {field}


def test_a_round_may_be_asked_for_and_tells_what_it_did(book):
    book.gateway.charge(Sum(id_of(NOW, 7), 500, "usd"), "tok_visa", "x")
    book.orders.hear_refund(PAID, [])
    begin, end = NOW - timedelta(minutes=1), NOW + timedelta(minutes=9)
    told = book.rpc.reconcile(since=iso(begin), until=iso(end))
    assert told["looked"] >= 7
    assert told["repaired"] == [{"orderId": PAID, "what": "told the order again"}]
    (finding,) = told["findings"]
    assert (finding["kind"], finding["orderId"]) == ("unknown order", id_of(NOW, 7))
    assert finding["detail"] == "5.00 USD: nobody here has ordered it"
    assert book.rpc.findings() == [finding | {"since": iso(NOW)}]
    assert book.rpc.reconcile()["repaired"] == []


def test_a_finding_is_dismissed_once(book):
    book.gateway.charge(Sum(id_of(NOW, 7), 500, "usd"), "tok_visa", "x")
    book.rpc.reconcile(since=iso(NOW), until=iso(NOW + timedelta(minutes=1)))
    (finding,) = book.rpc.findings()
    assert book.rpc.dismiss_finding(finding["id"]) == {"dismissed": finding["id"]}
    with pytest.raises(NotFoundError):
        book.rpc.dismiss_finding(finding["id"])
    assert book.rpc.findings() == []
