"""Trying to pay: every step towards Stripe is saved first, and is known again."""

from dataclasses import replace

import pytest
from payments_samples import (
    AMOUNT,
    CANCELLED,
    CLOSING,
    DECLINED,
    EVERY,
    FAILED,
    OPEN,
    OPENING,
    PAID,
    PENDING,
    SECOND,
    SUCCEEDED,
    again,
    closed,
    observe,
    of,
    seen,
)
from unit_doubles import NOW, ORDER, PAYMENT

from payments import attempts, outcomes
from payments.models import Attempt, Status
from ticketing.errors import BadRequestError, KeyReusedError, UnavailableError


def test_the_examples_are_what_they_are_called():
    assert [payment.status for payment in EVERY] == [
        *(Status.OPENING, Status.OPEN, Status.PENDING, Status.ACTION),
        *(Status.PROCESSING, Status.DECLINED, Status.FAILED, Status.CLOSING),
        *(Status.CANCELLED, Status.PAID, Status.REFUNDING, Status.REFUNDED),
    ]
    assert {payment.status for payment in EVERY} == set(Status)


@pytest.mark.parametrize("payment", EVERY)
def test_someone_waits_for_stripe_exactly_while_a_call_is_outstanding(payment):
    asked = {Status.OPENING, Status.PENDING, Status.CLOSING, Status.REFUNDING}
    assert (payment.waiting_since is not None) == (payment.status in asked)


@pytest.mark.parametrize("payment", EVERY)
def test_there_is_money_once_stripe_has_it(payment):
    taken = {Status.PAID, Status.REFUNDING, Status.REFUNDED}
    assert payment.charged == (AMOUNT if payment.status in taken else 0)
    assert payment.refunded == (AMOUNT if payment.status is Status.REFUNDED else 0)


REFUSALS = {
    # An attempt would open a second intent, and only one of them is looked after.
    Status.OPENING: "being made",
    Status.PENDING: "being made",
    Status.PROCESSING: "being made",
    Status.PAID: "already paid",
    Status.REFUNDING: "already paid",
    Status.REFUNDED: "already paid",
    Status.FAILED: "cancelled order",
    Status.CLOSING: "cancelled order",
    Status.CANCELLED: "cancelled order",
}


@pytest.mark.parametrize("payment", of(*REFUSALS))
def test_while_something_may_come_of_the_last_attempt_there_is_no_other(payment):
    with pytest.raises(BadRequestError, match=REFUSALS[payment.status]):
        attempts.try_again(payment, Attempt("tok_2"), NOW)


@pytest.mark.parametrize("payment", of(Status.OPEN, Status.ACTION, Status.DECLINED))
def test_another_card_may_be_tried_as_long_as_none_was_taken(payment):
    tried = again(payment)
    assert tried.status is Status.PENDING
    assert (tried.attempts[-1].token, tried.redirect_url) == ("tok_2", None)
    assert tried.waiting_since == NOW


@pytest.mark.parametrize("payment", of(Status.OPEN, Status.ACTION, Status.DECLINED))
def test_when_its_order_has_ended_there_is_no_other_attempt(payment):
    with pytest.raises(BadRequestError, match="cancelled order"):
        again(replace(payment, ended=True))


def test_every_call_that_may_make_something_has_a_key_of_its_own():
    reopened = replace(DECLINED, status=Status.OPENING)
    keys = [each.stripe_key for each in (OPENING, PENDING, reopened, SECOND)]
    assert keys == [
        f"{ORDER}:intent:0",
        f"{ORDER}:charge:1",
        f"{ORDER}:intent:1",
        f"{ORDER}:charge:2",
    ]


def keyed(key, fingerprint):
    return Attempt("tok", key, fingerprint)


def test_the_same_request_is_known_by_its_key():
    payment = replace(DECLINED, attempts=(keyed("k1", "f1"), keyed("k2", "f2")))
    assert attempts.number_of(payment, keyed("k1", "f1")) == 1
    assert attempts.number_of(payment, keyed("k2", "f2")) == 2
    assert attempts.number_of(payment, keyed("k3", "f1")) is None
    assert payment.request_keys == ("k1", "k2")


@pytest.mark.parametrize("payment", [PENDING, DECLINED, PAID, CANCELLED])
def test_the_same_key_for_another_request_is_refused(payment):
    payment = replace(payment, attempts=(keyed("k1", "f1"),))
    with pytest.raises(KeyReusedError):
        attempts.number_of(payment, keyed("k1", "f2"))


def test_a_double_click_is_known_by_its_token_while_the_first_one_runs():
    assert attempts.number_of(PENDING, Attempt("tok_1")) == 1
    assert attempts.number_of(PENDING, Attempt("tok_2")) is None
    assert attempts.number_of(DECLINED, Attempt("tok_1")) is None
    assert attempts.number_of(PENDING, keyed("k1", "f1")) is None
    assert attempts.number_of(OPENING, Attempt("tok_1")) is None


def test_each_attempt_gets_its_own_answer():
    payment = seen(SECOND, SUCCEEDED)
    assert attempts.answer(payment, 2) is payment
    with pytest.raises(BadRequestError, match="declined"):
        attempts.answer(payment, 1)


def test_an_attempt_without_an_outcome_has_no_answer_yet():
    for waiting in (PENDING, closed(PENDING)):
        with pytest.raises(UnavailableError, match="not settled yet"):
            attempts.answer(waiting, 1)


def test_an_attempt_whose_order_has_ended_came_too_late():
    with pytest.raises(BadRequestError, match="cancelled order"):
        attempts.answer(replace(CANCELLED, attempts=PENDING.attempts), 1)


def test_a_payment_is_shown_without_its_tokens_and_secrets():
    assert FAILED.json_dict() == {
        "id": PAYMENT,
        "orderId": ORDER,
        "status": "failed",
        "amount": AMOUNT,
        "currency": "usd",
        "attempts": 3,
        "stripeId": "pi_1",
        "message": "Your card was declined.",
        "code": "card_declined",
        "redirectUrl": None,
        "reason": "Your card was declined.",
        "refunded": 0,
        "refunds": [],
    }


def test_its_buyer_is_told_how_to_go_on():
    told = {"id": PAYMENT, "status": "open", "clientSecret": "s", "redirectUrl": None}
    assert OPEN.told_buyer() == told


def test_what_is_refused_before_it_is_tried_is_no_decline():
    payment = PENDING
    for number in range(1, 11):
        refused = outcomes.refuse(payment, number, "No such token", NOW).state
        assert refused.status is Status.DECLINED
        payment = again(refused)
    assert seen(payment, SUCCEEDED).status is Status.PAID


@pytest.mark.parametrize("number", [0, 2])
def test_the_answer_to_another_attempt_refuses_nothing(number):
    """It comes from a process that was asleep for too long."""
    assert outcomes.refuse(PENDING, number, "No such token", NOW) is None
    assert outcomes.refuse(DECLINED, 1, "No such token", NOW) is None


def test_an_intent_that_stripe_would_not_open_may_be_opened_again():
    refused = outcomes.refuse(OPENING, 0, "Too little", NOW).state
    assert (refused.status, refused.waiting_since) == (Status.DECLINED, None)
    assert refused.attempts == ()


def test_a_refusal_while_it_is_closed_closes_it():
    refused = outcomes.refuse(closed(PENDING), 1, "No such token", NOW)
    assert refused.state.status is Status.CANCELLED
    assert refused.event is None
    assert observe(CLOSING, SUCCEEDED).state.status is Status.PAID
