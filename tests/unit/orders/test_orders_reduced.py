"""An order of several units, some of which are refunded."""

import pytest
from orders_samples import BOTH, PRICE, TWO, refund
from unit_doubles import HOLD, NOW

from orders import lifecycle
from orders.models import NotYetError, Reason, Status


def test_a_part_of_an_order_can_be_refunded():
    change = refund(BOTH, "A-1")
    rest = change.state
    assert (rest.status, rest.units, rest.refunded) == (
        Status.COMPLETE,
        ("A-2",),
        ("A-1",),
    )
    assert (rest.total, rest.passes) == (PRICE, BOTH.passes)
    assert change.event.subject == "order.reduced"
    assert change.event.data["units"] == ["A-2"]
    assert rest.json_dict()["refunded"] == ["A-1"]


def test_the_same_refund_told_twice_takes_nothing_more():
    rest = refund(BOTH, "A-1").state
    assert refund(rest, "A-1") is None


@pytest.mark.parametrize("units", [(), ("A-2",), ("A-1", "A-2")])
def test_when_the_last_unit_is_refunded_the_order_ends(units):
    ended = refund(refund(BOTH, "A-1").state, *units).state
    assert (ended.status, ended.reason) == (Status.CANCELLED, Reason.REFUNDED)


@pytest.mark.parametrize("order", [TWO, lifecycle.expire(TWO, NOW + HOLD).state])
def test_a_partial_refund_waits_for_the_payment_it_is_part_of(order):
    with pytest.raises(NotYetError):
        refund(order, "A-1")
