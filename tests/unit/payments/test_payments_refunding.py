"""Refunds as other services ask for them, with Stripe away and others at the same time.

Of three units, 19.50 each.
"""

from datetime import timedelta

import pytest
from unit_doubles import BOB, NO_IDS, NOWHERE, ORDER

from payments.asking import ABANDONED_AFTER
from payments.models import Status
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)

UNITS = ["1", "2", "3"]


@pytest.fixture
def shop(cash):
    cash.orders.orders[ORDER] = cash.order_of(units=UNITS)
    return cash


@pytest.fixture
def paid(shop):
    shop.rpc.pay(ORDER, BOB, "tok_visa")
    becomes(shop, "complete")
    return shop


def becomes(cash, status):
    """Let the order be so, and let it be heard of."""
    version = cash.payments.orders.find(ORDER)["version"] + 1
    cash.orders.orders[ORDER] = cash.order_of(units=UNITS, status=status)
    cash.payments.orders.put(ORDER, version, {"status": status})


def payment(cash):
    return cash.payments.find_by_order(ORDER)


def told(cash):
    """The units of each refund that was told, in order."""
    told = [e.data for e in cash.payments.events if e.subject == "payment.refunded"]
    assert all(data["amount"] == 1950 * len(data["units"]) for data in told)
    return [data["units"] for data in told]


def made(cash):
    """What went back at Stripe, by the idempotency keys."""
    return {
        key: each.amount
        for returned in cash.gateway.returned.values()
        for key, each in returned.items()
    }


@pytest.mark.parametrize("order_id", [NOWHERE, *NO_IDS])
def test_a_payment_that_is_not_there_is_not_refunded(cash, order_id):
    with pytest.raises(NotFoundError):
        cash.rpc.refund(order_id, "why")


def test_money_goes_back_once_however_often_it_is_asked_for(paid):
    for _ in range(3):
        assert paid.rpc.refund(ORDER, "asked for")["status"] == "refunded"
    assert made(paid) == {f"{ORDER}:refund:1": 5850}
    assert told(paid) == [UNITS]


def test_a_part_goes_back_once_however_often_it_is_asked_for(paid):
    for _ in range(3):
        shown = paid.rpc.refund(ORDER, "asked for", units=["2"])
        assert (shown["status"], shown["refunded"]) == ("paid", 1950)
    assert made(paid) == {f"{ORDER}:refund:1": 1950}
    assert told(paid) == [["2"]]


def test_of_requests_that_overlap_only_the_rest_goes_back(paid):
    paid.rpc.refund(ORDER, "first", units=["2"])
    paid.rpc.refund(ORDER, "second", units=["2", "3"])
    shown = paid.rpc.refund(ORDER, "the rest")
    assert [refund["amount"] for refund in shown["refunds"]] == [1950] * 3
    assert (shown["status"], shown["reason"]) == ("refunded", "the rest")
    assert told(paid) == [["2"], ["3"], ["1"]]


def test_units_that_are_not_the_orders_are_named_and_nothing_goes_back(paid):
    with pytest.raises(BadRequestError, match=r"does not have 4, 5$"):
        paid.rpc.refund(ORDER, "why", units=["1", "5", "4"])
    assert made(paid) == {}
    assert payment(paid).refunds == ()


@pytest.mark.parametrize("units", ["12", [1], [None], {"1": 1}, 1, [["1"]]])
def test_what_can_be_no_units_is_refused(paid, units):
    with pytest.raises(InvalidInputError) as refused:
        paid.rpc.refund(ORDER, "why", units=units)
    assert [error["field"] for error in refused.value.errors] == ["units"]
    assert made(paid) == {}


@pytest.mark.parametrize("reason", [None, 5, "half a \ud83d"])
def test_what_can_be_no_reason_is_refused_before_any_money_moves(paid, reason):
    with pytest.raises(InvalidInputError) as refused:
        paid.rpc.refund(ORDER, reason)
    assert [error["field"] for error in refused.value.errors] == ["reason"]
    assert made(paid) == {}


def test_money_that_was_not_taken_does_not_go_back(shop):
    with pytest.raises(BadRequestError):
        shop.rpc.pay(ORDER, BOB, "tok_chargeDeclined")
    for units in (None, ["1"]):
        with pytest.raises(BadRequestError, match="There is nothing to refund"):
            shop.rpc.refund(ORDER, "asked for", units=units)


def test_a_payment_that_came_too_late_goes_back_whole(shop):
    """The order was cancelled, and holds no units any more, while Stripe was away."""
    shop.gateway.away = True
    with pytest.raises(UnavailableError):
        shop.rpc.pay(ORDER, BOB, "tok_visa")
    shop.payments.orders.put(ORDER, 1, {"status": "cancelled", "units": []})
    shop.gateway.away = False
    assert shop.rpc.close(ORDER)["status"] == "paid"
    assert shop.rpc.refund(ORDER, "the order was cancelled")["status"] == "refunded"
    assert told(shop) == [UNITS]


@pytest.mark.parametrize("units", [None, ["1"]])
def test_a_refund_whose_reply_is_lost_is_finished_with_the_same_key(paid, units):
    paid.gateway.away = True
    with pytest.raises(UnavailableError):
        paid.rpc.refund(ORDER, "asked for", units=units)
    assert payment(paid).status is Status.REFUNDING
    assert told(paid) == []
    paid.gateway.away = False
    again = paid.rpc.refund(ORDER, "asked for again", units=units)
    assert again["reason"] == "asked for"
    assert list(made(paid)) == [f"{ORDER}:refund:1"]
    assert told(paid) == [units or UNITS]


def lose(cash, *requests):
    """Ask for refunds whose replies are lost."""
    cash.gateway.away = True
    for units in requests:
        with pytest.raises(UnavailableError):
            cash.rpc.refund(ORDER, "asked for", units=units)
    cash.gateway.away = False


def test_every_refund_whose_reply_was_lost_is_finished_by_the_timer(paid):
    lose(paid, ["1"], ["3"])
    paid.clock.now += ABANDONED_AFTER
    paid.rpc.resume()
    assert told(paid) == []
    paid.clock.now += timedelta(milliseconds=1)
    paid.rpc.resume()
    assert told(paid) == [["1"], ["3"]]
    assert (payment(paid).status, payment(paid).refunded) == (Status.PAID, 3900)
    assert len(made(paid)) == 2


def test_a_webhook_finishes_every_refund_that_is_outstanding(paid):
    lose(paid, ["1"], None)
    intent_id = payment(paid).stripe_id
    event = {"id": "evt_1", "type": "charge.refunded", "order_id": ORDER}
    event |= {"intent_id": intent_id}
    paid.site.post("/api/payments/webhook", event, Stripe_Signature="signed")
    paid.rpc.heed_webhooks()
    assert told(paid) == [["1"], ["2", "3"]]
    assert payment(paid).status is Status.REFUNDED


def test_a_refund_that_stripe_does_not_take_does_not_hold_up_the_others(
    paid, monkeypatch
):
    refund = paid.gateway.refund

    def refuse_the_first(intent_id, amount, number, key):
        if number == 1:
            raise UnavailableError
        refund(intent_id, amount, number, key)

    monkeypatch.setattr(paid.gateway, "refund", refuse_the_first)
    for units in (["1"], ["2"]):
        with pytest.raises(UnavailableError):
            paid.rpc.refund(ORDER, "asked for", units=units)
    assert told(paid) == [["2"]]
    assert [r.done for r in payment(paid).refunds] == [False, True]
    assert payment(paid).waiting_since is not None


@pytest.mark.parametrize("first", [["1"], ["1", "2"], None])
@pytest.mark.parametrize("second", [["2"], ["2", "3"], None])
def test_of_two_refunds_at_once_each_unit_goes_back_once(
    paid, monkeypatch, first, second
):
    """The second is decided and made while the first is at Stripe."""
    refund, asked = paid.gateway.refund, [second]

    def overtaken(*asked_for):
        refund(*asked_for)
        if asked:
            paid.rpc.refund(ORDER, "second", units=asked.pop())

    monkeypatch.setattr(paid.gateway, "refund", overtaken)
    paid.rpc.refund(ORDER, "first", units=first)
    units = sorted({*(first or UNITS), *(second or UNITS)})
    assert sorted(unit for part in told(paid) for unit in part) == units
    assert sum(made(paid).values()) == 1950 * len(units)
    assert payment(paid).waiting_since is None


@pytest.mark.parametrize("second", [["1"], ["1", "2"], None])
def test_who_was_overtaken_decides_again_what_is_left_to_refund(
    paid, monkeypatch, second
):
    """The second has looked, twice, before the first was saved."""
    seen = [payment(paid)] * 2
    paid.rpc.refund(ORDER, "first", units=["1"])

    def behind(look):
        return lambda known: seen.pop() if seen else look(known)

    for name in ("find_by_order", "get"):
        monkeypatch.setattr(paid.payments, name, behind(getattr(paid.payments, name)))
    paid.rpc.refund(ORDER, "second", units=second)
    assert seen == []
    assert sorted(unit for part in told(paid) for unit in part) == (second or UNITS)
    assert len(made(paid)) == len(told(paid))
