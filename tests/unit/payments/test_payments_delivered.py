"""Only what was delivered goes back in part."""

import pytest
from unit_doubles import BOB, ORDER

from ticketing.errors import BadRequestError, UnavailableError

UNITS = ["1", "2", "3"]


@pytest.fixture
def paid(cash):
    cash.orders.orders[ORDER] = cash.order_of(units=UNITS)
    cash.rpc.pay(ORDER, BOB, "tok_visa")
    return cash


def kept(cash):
    return list(cash.gateway.kept.values())


def is_told(cash, status):
    cash.orders.orders[ORDER] = cash.order_of(units=UNITS, status=status)


def test_before_the_order_is_complete_no_part_of_it_goes_back(paid):
    with pytest.raises(UnavailableError, match="being completed"):
        paid.rpc.refund(ORDER, "why", ["1"])
    assert kept(paid) == [5850]
    assert paid.payments.find_by_order(ORDER).refunds == ()


def test_all_of_it_may_go_back_at_any_time(paid):
    paid.rpc.refund(ORDER, "why")
    assert kept(paid) == [0]


def test_whether_it_is_complete_its_owner_knows_first(paid):
    is_told(paid, "complete")
    paid.rpc.refund(ORDER, "why", ["1"])
    assert kept(paid) == [3900]


def test_a_copy_that_says_complete_is_enough(paid):
    paid.payments.orders.put(ORDER, 1, {"status": "complete"})
    paid.orders.away = True
    paid.rpc.refund(ORDER, "why", ["1"])
    assert kept(paid) == [3900]


@pytest.mark.parametrize("heard", [True, False])
def test_of_a_cancelled_order_only_all_goes_back(paid, heard):
    if heard:
        paid.payments.orders.put(ORDER, 1, {"status": "cancelled"})
    is_told(paid, "cancelled")
    with pytest.raises(BadRequestError, match="only all of it"):
        paid.rpc.refund(ORDER, "why", ["1"])
    assert kept(paid) == [5850]


def test_while_the_orders_are_away_no_part_goes_back(paid):
    paid.orders.away = True
    with pytest.raises(UnavailableError):
        paid.rpc.refund(ORDER, "why", ["1"])
    assert kept(paid) == [5850]
