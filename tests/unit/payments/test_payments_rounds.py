"""Rounds that compare payments with Stripe, and mend what they can."""

from dataclasses import replace
from datetime import timedelta

import pytest
from payments_books import (
    AMOUNT,
    ORDER,
    OTHER,
    complete,
    findings,
    id_of,
    pay,
    payment,
    round_,
    told,
)
from unit_doubles import BOB, NOW

from payments.books import reconciliation
from payments.books.findings import Kind
from payments.books.reconciliation import SETTLING
from payments.intents import IntentStatus, Sum
from payments.models import Status
from ticketing.errors import UnavailableError


def test_when_all_is_well_nothing_is_done(shop):
    pay(shop)
    complete(shop)
    assert round_(shop) == []
    assert (findings(shop), shop.orders.told) == ([], [])


@pytest.mark.parametrize(
    ("becomes", "status"),
    [
        (IntentStatus.SUCCEEDED, Status.PAID),
        (IntentStatus.PROCESSING, Status.PROCESSING),
        (IntentStatus.CANCELED, Status.CANCELLED),
    ],
)
def test_a_webhook_that_never_came_is_not_needed(shop, becomes, status):
    shop.rpc._open(ORDER, BOB)
    shop.gateway.becomes("pi_1", becomes)
    assert f"now {status.value}" in round_(shop)
    assert payment(shop).status is status


def test_what_is_young_may_still_be_under_way(shop):
    shop.rpc._open(ORDER, BOB)
    shop.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    shop.clock.now += SETTLING
    reconciliation.round_of(shop.rpc._books, [])
    assert payment(shop).status is Status.OPEN
    shop.clock.now += timedelta(seconds=1)
    reconciliation.round_of(shop.rpc._books, [])
    assert payment(shop).status is Status.PAID


def test_an_intent_whose_order_has_ended_is_closed(shop):
    """It was begun when the order had just been cancelled."""
    shop.rpc._open(ORDER, BOB)
    shop.payments.orders.put(ORDER, 1, {"status": "cancelled"})
    assert round_(shop) == ["now cancelled"]
    assert shop.gateway.intents_by_id["pi_1"].status is IntentStatus.CANCELED


def test_a_refund_that_was_not_sent_is_sent(shop, monkeypatch):
    pay(shop)
    with monkeypatch.context() as patched:
        patched.setattr(shop.gateway, "refund", lambda *_: _unavailable())
        with pytest.raises(UnavailableError):
            shop.rpc.refund(ORDER, "why")
    assert "now refunded" in round_(shop)
    assert told(shop) == ["payment.created", "payment.refunded"]


def _unavailable():
    raise UnavailableError


def test_all_that_went_back_at_stripe_is_taken_over_once(shop):
    pay(shop)
    complete(shop)
    shop.gateway.give_back("pi_1", AMOUNT, "by hand")
    assert "took over a refund made at Stripe" in round_(shop)
    assert round_(shop) == []
    assert payment(shop).status is Status.REFUNDED
    assert shop.orders.orders[ORDER]["status"] == "cancelled"
    assert told(shop) == ["payment.created", "payment.refunded"]


def test_a_part_that_went_back_at_stripe_is_for_people_until_it_fits(shop):
    pay(shop)
    complete(shop)
    shop.gateway.give_back("pi_1", 500, "by hand")
    round_(shop)
    assert findings(shop) == [(Kind.REFUNDED_ELSEWHERE, ORDER)]
    assert payment(shop).refunded == 0
    shop.gateway.give_back("pi_1", AMOUNT - 500, "the rest")
    round_(shop)
    assert findings(shop) == []


def test_a_refund_by_hand_that_is_in_the_way_of_ours_stops_no_round(shop):
    """There is too little left for ours, and will be."""
    pay(shop)
    complete(shop)
    shop.gateway.give_back("pi_1", 500, "by hand")
    round_(shop)
    with pytest.raises(UnavailableError):
        shop.rpc.refund(ORDER, "why")
    for _ in range(2):
        round_(shop)
    assert findings(shop) == [(Kind.REFUNDED_ELSEWHERE, ORDER)]
    assert payment(shop).status is Status.REFUNDING
    shop.gateway.give_back("pi_1", AMOUNT - 500, "the rest")
    shop.gateway._answers.clear()  # as Stripe does after a day
    for _ in range(2):
        round_(shop)
    assert payment(shop).status is Status.REFUNDED
    assert findings(shop) == []


def test_money_that_did_not_go_back_after_all_is_for_people(shop):
    pay(shop)
    shop.rpc.refund(ORDER, "why")
    intent = shop.gateway.intents_by_id["pi_1"]
    shop.gateway.intents_by_id["pi_1"] = replace(intent, refunded=0)
    round_(shop)
    assert findings(shop) == [(Kind.REFUND_FAILED, ORDER)]


def test_an_intent_for_an_order_that_nobody_made_is_for_people(shop):
    paid = shop.gateway.charge(Sum(OTHER, 500, "usd"), "tok_visa", "k")
    shop.gateway.open(Sum(id_of(NOW, 3), 500, "usd"), "no money in it")
    shop.gateway.charge(Sum("", 500, "usd"), "tok_visa", "of another shop")
    round_(shop)
    assert findings(shop) == [(Kind.UNKNOWN_ORDER, paid.id)]


@pytest.mark.parametrize("wrong", [(AMOUNT - 1, "usd"), (AMOUNT, "eur")])
def test_an_intent_with_another_sum_is_for_people(shop, wrong):
    shop.rpc._open(ORDER, BOB)
    charged = shop.gateway.charge(Sum(ORDER, *wrong), "tok_visa", "by hand")
    round_(shop)
    assert findings(shop) == [(Kind.DOES_NOT_FIT, charged.id)]
    assert payment(shop).status is Status.OPEN


def test_a_second_intent_that_is_paid_is_for_people_until_it_went_back(shop):
    pay(shop)
    complete(shop)
    shop.gateway.open(Sum(ORDER, AMOUNT, "usd"), "no money in it")
    second = shop.gateway.charge(Sum(ORDER, AMOUNT, "usd"), "tok_visa", "by hand")
    round_(shop)
    assert findings(shop) == [(Kind.PAID_TWICE, second.id)]
    shop.payments.findings.drop(f"{Kind.PAID_TWICE.value}:{second.id}")
    shop.gateway.give_back(second.id, AMOUNT, "by hand, too")
    round_(shop)
    assert findings(shop) == []


def test_trouble_with_a_few_does_not_stop_the_others(shop, monkeypatch):
    for number in range(1, 6):
        order_id = id_of(NOW, number)
        shop.orders.orders[order_id] = shop.order_of(order_id)
        shop.rpc._open(order_id, BOB)
    find = shop.gateway.find
    troubled = {f"pi_{number}" for number in range(1, reconciliation.PATIENCE + 1)}

    def sometimes(intent_id):
        if intent_id in troubled:
            raise UnavailableError
        shop.gateway.becomes(intent_id, IntentStatus.SUCCEEDED)
        return find(intent_id)

    monkeypatch.setattr(shop.gateway, "find", sometimes)
    shop.clock.now += SETTLING + timedelta(seconds=1)
    reconciliation.round_of(shop.rpc._books, [])
    assert payment(shop, id_of(NOW, 5)).status is Status.PAID


def test_trouble_with_many_is_not_their_fault():
    report = reconciliation.Report()
    for _ in range(reconciliation.PATIENCE):
        report.add(ORDER, _unavailable)
    with pytest.raises(UnavailableError):
        report.add(ORDER, _unavailable)
    assert report.looked == 0
