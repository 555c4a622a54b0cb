"""What the pages conclude from a listing, an order and its payment."""

from datetime import timedelta

import pytest
from web_fakes import HOLD, NOW

from ticketing.clock import iso
from web.states import (
    Offer,
    Payment,
    Stage,
    offer_of,
    payment_state,
    seats_of,
    stage_of,
)


def order(status="created", user="buyer", reason=None):
    known = {"userId": user, "status": status, "expiresAt": iso(NOW + HOLD)}
    return known | ({"reason": reason} if reason else {})


def listing(quantity=1, held=0, sold=0, **more):
    left = quantity - held - sold
    return {"quantity": quantity, "available": left, "held": held, "sold": sold} | more


@pytest.mark.parametrize(
    ("ticket", "holder", "offer"),
    [
        (listing(), None, Offer.FREE),
        (listing(held=1), None, Offer.HELD),
        (listing(sold=1), None, Offer.SOLD),
        (listing(held=1), order("cancelled"), Offer.FREE),
        (listing(), order(), Offer.HELD_BY_YOU),
        (listing(held=1), order("awaiting:payment"), Offer.HELD_BY_YOU),
        (listing(held=1), order("complete"), Offer.YOURS),
        (listing(held=1), order(user="other"), Offer.HELD),
        (listing(held=1), order("complete", user="other"), Offer.SOLD),
    ],
)
def test_what_a_ticket_is_to_the_one_who_looks(ticket, holder, offer):
    assert offer_of(ticket, holder, "buyer", NOW) is offer


@pytest.mark.parametrize("holder", [None, order(), order("complete")])
@pytest.mark.parametrize(
    ("ticket", "offer"),
    [
        (listing(9, held=4, sold=4), Offer.FREE),
        (listing(9, held=1, sold=8), Offer.HELD),
        (listing(9, sold=9), Offer.SOLD),
        (listing(9, cancelled=True), Offer.CANCELLED),
    ],
)
def test_of_several_units_others_can_be_had_whoever_has_some(ticket, holder, offer):
    assert offer_of(ticket, holder, "buyer", NOW) is offer


@pytest.mark.parametrize("quantity", [1, 9])
def test_the_sale_opens_on_time_and_ends_when_the_event_begins(quantity):
    before, now = iso(NOW - timedelta(milliseconds=1)), iso(NOW)
    later = iso(NOW + timedelta(milliseconds=1))
    for opens, starts_at, offer in (
        (later, later, Offer.UPCOMING),
        (now, later, Offer.FREE),
        (before, now, Offer.OVER),
    ):
        known = listing(quantity, onSaleAt=opens, event={"startsAt": starts_at})
        assert offer_of(known, None, None, NOW) is offer
        held = known | {"available": 0, "held": 1}
        as_ever = Offer.HELD if offer is Offer.FREE else offer
        assert offer_of(held, None, None, NOW) is as_ever
        taken = known | {"available": 0, "sold": quantity}
        assert offer_of(taken, None, None, NOW) is Offer.SOLD


@pytest.mark.parametrize(
    ("units", "ticket", "seats"),
    [
        (["1", "2"], None, []),
        (["1", "2"], {"seated": False}, []),
        (["1", "2"], {"seated": True}, ["1", "2"]),
        (["1", "A-2"], None, ["1", "A-2"]),
    ],
)
def test_seats_are_told_and_mere_numbers_are_not(units, ticket, seats):
    assert seats_of(units, ticket) == seats


@pytest.mark.parametrize(
    ("status", "amounts", "state"),
    [
        ("paid", [], Payment.PAID),
        ("refunding", [100], Payment.REFUNDING),
        ("refunding", [40, 60], Payment.REFUNDING),
        ("refunding", [40], Payment.PAID),
        ("refunded", [100], Payment.REFUNDED),
    ],
)
def test_a_payment_of_which_a_part_goes_back_stays_paid(status, amounts, state):
    refunds = [{"amount": amount} for amount in amounts]
    payment = {"status": status, "amount": 100, "refunds": refunds}
    assert payment_state(payment) is state


EXPIRED = order("cancelled", reason="expired")


@pytest.mark.parametrize(
    ("known", "payment", "stage"),
    [
        (order(), Payment.NONE, Stage.OPEN),
        (order("awaiting:payment"), Payment.DECLINED, Stage.OPEN),
        (order(), Payment.UNKNOWN, Stage.UNREACHABLE),
        (order(), Payment.PENDING, Stage.PROCESSING),
        (order(), Payment.PAID, Stage.CONFIRMING),
        (order(), Payment.FAILED, Stage.ENDING),
        (order("complete"), Payment.PAID, Stage.COMPLETE),
        (order("complete"), Payment.UNKNOWN, Stage.COMPLETE),
        (order("complete"), Payment.REFUNDING, Stage.REFUNDING),
        (order("cancelled", reason="refunded"), Payment.REFUNDED, Stage.REFUNDED),
        (order("cancelled", reason="refunded"), Payment.UNKNOWN, Stage.REFUNDED),
        (EXPIRED, Payment.NONE, Stage.CANCELLED),
        (EXPIRED, Payment.UNKNOWN, Stage.CANCELLED),
        (EXPIRED, Payment.FAILED, Stage.CANCELLED),
        (EXPIRED, Payment.PAID, Stage.LATE),
        (EXPIRED, Payment.PENDING, Stage.LATE),
        (EXPIRED, Payment.REFUNDING, Stage.REFUNDING),
        (EXPIRED, Payment.REFUNDED, Stage.REFUNDED),
    ],
)
def test_the_stage_of_an_order(known, payment, stage):
    assert stage_of(known, payment, NOW) is stage


def test_a_hold_that_is_over_cannot_be_paid_though_nobody_ended_it_yet():
    last = NOW + HOLD - timedelta(milliseconds=1)
    assert stage_of(order(), Payment.NONE, last) is Stage.OPEN
    assert stage_of(order(), Payment.NONE, NOW + HOLD) is Stage.ENDING
    assert stage_of(order(), Payment.PAID, NOW + HOLD) is Stage.CONFIRMING
