"""What orders tell those who compare them with the money."""

import pytest
from unit_doubles import BOB, NOWHERE

from orders.models import Status
from ticketing.errors import HopelessError, NotFoundError
from ticketing.layout import Layout

FIRST, LAST = "0" * 24, "f" * 24


@pytest.fixture
def orders(desk):
    """One that waits, one complete, one expired, and one of two units less one."""
    made = [desk.rpc.create_order(BOB, desk.sell(f"Row {n}"))["id"] for n in range(3)]
    desk.complete(made[1])
    desk.expire(made[2])
    pair = desk.sell("Pair", layout=Layout.of_quantity(2))
    made.append(desk.rpc.create_order(BOB, pair, quantity=2)["id"])
    desk.complete(made[3])
    desk.rpc.hear_refund(made[3], ["1"])
    return made


def test_only_what_is_complete_is_worth_something(desk, orders):
    standings = desk.rpc.standings([*orders, NOWHERE])
    assert [standings[each]["paid"] for each in orders] == [0, 1950, 0, 1950]
    assert standings.keys() == set(orders)
    assert standings[orders[2]] == {
        "id": orders[2],
        "status": "cancelled",
        "reason": "expired",
        "paid": 0,
        "currency": "usd",
    }
    assert desk.rpc.standings([]) == {}


def test_complete_orders_are_gone_through_by_their_ids(desk, orders):
    assert [o["id"] for o in desk.rpc.list_complete(FIRST, LAST)] == orders[1::2]
    assert [o["id"] for o in desk.rpc.list_complete(orders[1], LAST)] == orders[3:]
    assert desk.rpc.list_complete(FIRST, orders[1]) == []


def test_the_worth_of_all_is_that_of_what_is_complete(desk, orders):
    assert desk.rpc.worth(FIRST, LAST) == {"usd": 3900}
    assert desk.rpc.worth(orders[1], LAST) == {"usd": 1950}
    assert desk.rpc.worth(LAST, LAST) == {}


def test_a_payment_whose_event_was_lost_is_heard_by_a_call(desk, orders):
    for _ in range(2):
        desk.rpc.hear_payment(orders[0], 1950, "usd")
    assert desk.orders.get(orders[0]).status is Status.COMPLETE
    assert desk.orders.get(orders[0]).version == 1


@pytest.mark.parametrize("paid", [(1949, "usd"), (1950, "eur")])
def test_a_call_that_tells_of_a_wrong_amount_is_hopeless(desk, orders, paid):
    with pytest.raises(HopelessError):
        desk.rpc.hear_payment(orders[0], *paid)


def test_a_payment_for_what_was_given_up_goes_back_by_a_call_as_well(desk, orders):
    desk.rpc.cancel_order(orders[0])
    desk.rpc.hear_payment(orders[0], 1950, "usd")
    assert desk.payments.refunded == [(orders[0], "the order was cancelled")]


def test_a_refund_whose_event_was_lost_is_heard_by_a_call(desk, orders):
    for _ in range(2):
        desk.rpc.hear_refund(orders[1], [])
    assert desk.rpc.get_order(orders[1])["reason"] == "refunded"


def test_an_order_that_is_not_there_hears_nothing(desk):
    with pytest.raises(NotFoundError):
        desk.rpc.hear_payment(NOWHERE, 1950, "usd")
    with pytest.raises(NotFoundError):
        desk.rpc.hear_refund(NOWHERE, [])
