"""Giving money back: no unit twice, never more than was charged, each step saved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payments_samples import (
    AMOUNT,
    CANCELLED,
    DECLINED,
    FAILED,
    LATER,
    OPEN,
    PAID,
    PENDING,
    PRICE,
    PROCESSING,
    UNITS,
)
from unit_doubles import NOW, ORDER, PAYMENT

from payments import refunds
from payments.models import Status
from ticketing.errors import BadRequestError

NOT_PAID = [PENDING, OPEN, PROCESSING, DECLINED, FAILED, CANCELLED]
UNKNOWN = replace(PAID, units=(), price=0)


def begun(payment, *units, now=NOW):
    return refunds.begin(payment, units or None, "why", now).state


def finished(payment, number):
    return refunds.finish(payment, number).state


def back(payment, *units):
    return finished(begun(payment, *units), len(payment.refunds) + 1)


def test_a_refund_is_begun_before_it_is_told():
    change = refunds.begin(PAID, ["A-2"], "why", LATER)
    assert change.event is None
    assert change.state.status is Status.REFUNDING
    assert change.state.waiting_since == LATER
    assert change.state.version == PAID.version + 1
    assert change.state.refunded == 0


def test_a_refund_that_is_made_is_told_with_its_units():
    change = refunds.finish(begun(PAID, "Box", "A-1"), 1)
    assert change.event.subject == "payment.refunded"
    assert change.event.data == {
        "id": PAYMENT,
        "version": 3,
        "orderId": ORDER,
        "stripeId": "pi_1",
        "amount": 3998,
        "currency": "usd",
        "reason": "why",
        "units": ["A-1", "Box"],
    }


def test_a_part_costs_its_units_and_the_whole_what_is_left():
    part = begun(PAID, "A-2")
    whole = begun(part)
    assert [(r.units, r.amount) for r in whole.refunds] == [
        (("A-2",), 1999),
        (("A-1", "Box"), 3998),
    ]


def test_the_status_says_how_far_the_money_is():
    steps = [begun(PAID, "A-1"), back(PAID, "A-1"), back(back(PAID, "A-1"))]
    assert [payment.status for payment in steps] == [
        Status.REFUNDING,
        Status.PAID,
        Status.REFUNDED,
    ]
    assert [payment.refunded for payment in steps] == [0, 1999, 5997]
    assert [payment.waiting_since for payment in steps] == [NOW, None, None]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_while_one_of_two_refunds_is_outstanding_somebody_waits_for_it(order):
    both = begun(begun(PAID, "A-1"), "A-2")
    one = finished(both, order[0])
    assert (one.status, one.waiting_since) == (Status.REFUNDING, NOW)
    assert [number for number, _ in refunds.outstanding(one)] == [order[1]]
    assert finished(one, order[1]).status is Status.PAID


def test_the_last_of_all_units_ends_it_as_the_whole_does():
    payment = PAID
    for unit in UNITS:
        payment = back(payment, unit)
    assert (payment.status, payment.refunded) == (Status.REFUNDED, AMOUNT)


def test_another_refund_does_not_make_an_outstanding_one_younger():
    """Its key may be forgotten at Stripe, so that one has to look before one asks."""
    both = begun(begun(PAID, "A-1"), "A-2", now=LATER)
    assert both.waiting_since == NOW
    assert begun(back(PAID, "A-1"), "A-2", now=LATER).waiting_since == LATER


@pytest.mark.parametrize("known", [begun(PAID, "A-1"), back(PAID, "A-1")])
def test_a_unit_is_refunded_once(known):
    assert refunds.begin(known, ["A-1"], "again", LATER) is None
    assert refunds.begin(known, ["A-1", "A-1"], "again", LATER) is None
    assert begun(known, "A-1", "A-2").refunds[1].units == ("A-2",)


@pytest.mark.parametrize("known", [begun(PAID), back(PAID), begun(PAID, *UNITS)])
def test_the_whole_is_refunded_once(known):
    assert refunds.begin(known, None, "again", LATER) is None
    assert refunds.begin(known, ["A-1"], "again", LATER) is None


def test_a_unit_that_stands_twice_in_a_request_is_one_unit():
    assert begun(PAID, "A-1", "A-1").refunds[0].amount == PRICE


def test_no_units_are_not_all_units():
    assert refunds.begin(PAID, [], "why", NOW) is None


@pytest.mark.parametrize("known", [PAID, begun(PAID), back(PAID), UNKNOWN])
def test_units_that_are_not_the_orders_are_named(known):
    with pytest.raises(BadRequestError, match=r"does not have A-3, a-1$"):
        refunds.begin(known, ["a-1", *known.units, "A-3"], "why", NOW)


@pytest.mark.parametrize("payment", NOT_PAID)
@pytest.mark.parametrize("units", [None, [], ["A-1"], ["nonsense"]])
def test_what_was_not_paid_is_not_refunded(payment, units):
    with pytest.raises(BadRequestError, match="There is nothing to refund"):
        refunds.begin(payment, units, "why", NOW)


def test_more_than_was_charged_does_not_go_back():
    """Not even if a unit's price were wrong."""
    dear = replace(PAID, price=3000)
    one = begun(dear, "A-1")
    with pytest.raises(BadRequestError, match="more than is left"):
        refunds.begin(one, ["A-2"], "why", NOW)
    assert begun(one).refunds[1].amount == 2997


def test_the_whole_is_refunded_of_an_order_whose_units_are_not_known():
    done = back(UNKNOWN)
    assert (done.status, done.refunded) == (Status.REFUNDED, AMOUNT)
    assert done.refunds[0].units == ()


def test_each_refund_has_a_key_of_its_own():
    assert refunds.key(PAID, 1) == f"{ORDER}:refund:1"
    assert refunds.key(PAID, 2) == f"{ORDER}:refund:2"


@pytest.mark.parametrize("payment", [*NOT_PAID, PAID, back(PAID), begun(PAID)])
def test_a_refund_that_is_not_outstanding_is_not_finished(payment):
    assert refunds.finish(payment, 2) is None
    done = payment.status is not Status.REFUNDING
    assert (refunds.finish(payment, 1) is None) == done


def test_a_payment_is_shown_with_its_refunds():
    shown = begun(back(PAID, "A-2")).json_dict()
    assert (shown["amount"], shown["refunded"]) == (AMOUNT, 1999)
    assert (shown["status"], shown["reason"]) == ("refunding", "why")
    assert shown["refunds"] == [
        {"units": ["A-2"], "amount": 1999, "reason": "why", "done": True},
        {"units": ["A-1", "Box"], "amount": 3998, "reason": "why", "done": False},
    ]


def test_what_somebody_sent_back_at_stripe_is_taken_over_once():
    change = refunds.adopt(back(PAID, "A-2"))
    assert (change.state.status, change.state.refunded) == (Status.REFUNDED, AMOUNT)
    assert change.event.subject == "payment.refunded"
    told = change.event.data
    assert (told["units"], told["amount"]) == (["A-1", "Box"], 3998)
    assert told["reason"] == "refunded at Stripe"
    assert refunds.adopt(change.state) is None


@pytest.mark.parametrize("payment", [*NOT_PAID, begun(PAID, "A-1"), back(PAID)])
def test_what_is_not_simply_paid_is_not_taken_over_as_refunded(payment):
    assert refunds.adopt(payment) is None


REQUESTS = st.one_of(st.none(), st.lists(st.sampled_from(UNITS)))


@given(st.lists(REQUESTS, max_size=8), st.integers(1, 99_999_999))
def test_whatever_is_asked_for_the_sum_is_that_of_the_units(requests, price):
    payment = replace(PAID, price=price, amount=3 * price)
    for units in requests:
        change = refunds.begin(payment, units, "why", NOW)
        payment = change.state if change else payment
    asked = {u for units in requests for u in (UNITS if units is None else units)}
    gone = [unit for refund in payment.refunds for unit in refund.units]
    assert sorted(gone) == sorted(asked)
    assert sum(refund.amount for refund in payment.refunds) == len(asked) * price
