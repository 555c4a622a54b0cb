"""A payment: every step towards Stripe is saved first, and none is taken twice."""

from dataclasses import replace

import pytest
from unit_doubles import BOB, NOW, ORDER, PAYMENT

from payments import models, refunds
from payments.models import Attempt, Charged, Declined, Payment, Status
from ticketing.errors import BadRequestError, KeyReusedError, UnavailableError

AMOUNT, ALLOWED = 1950, 3
DECLINE = Declined("Your card was declined.")
NO_CARD = Declined("No such token", counts=False)


def settle(payment, outcome, number=None):
    number = number or len(payment.attempts)
    return models.settle(payment, number, outcome, ALLOWED)


def again(payment, token="tok_2"):
    return models.try_again(payment, Attempt(token), NOW).state


PENDING = Payment(
    id=PAYMENT,
    order_id=ORDER,
    user_id=BOB,
    amount=AMOUNT,
    status=Status.PENDING,
    attempts=(Attempt("tok_1"),),
    units=("1",),
    price=AMOUNT,
    waiting_since=NOW,
)
PAID = settle(PENDING, Charged("pi_1")).state
DECLINED = settle(PENDING, DECLINE).state
FAILED = settle(again(settle(again(DECLINED), DECLINE).state), DECLINE).state
REFUNDING = refunds.begin(PAID, None, "why", NOW).state
REFUNDED = refunds.finish(REFUNDING, 1).state
EVERY = [PENDING, PAID, DECLINED, FAILED, REFUNDING, REFUNDED]


def of(*statuses):
    return [payment for payment in EVERY if payment.status in statuses]


def test_the_examples_are_what_they_are_called():
    assert [payment.status for payment in EVERY] == [
        Status.PENDING,
        Status.PAID,
        Status.DECLINED,
        Status.FAILED,
        Status.REFUNDING,
        Status.REFUNDED,
    ]


def test_a_charge_pays_and_is_told():
    change = settle(PENDING, Charged("pi_1"))
    assert change.state.stripe_id == "pi_1"
    assert change.event.subject == "payment.created"
    assert change.event.data == {
        "id": PAYMENT,
        "version": 1,
        "orderId": ORDER,
        "stripeId": "pi_1",
        "amount": AMOUNT,
        "currency": "usd",
    }


def test_a_decline_is_kept_with_its_words_and_told_to_nobody():
    change = settle(PENDING, DECLINE)
    assert change.state.attempt.message == "Your card was declined."
    assert change.event is None


def test_the_last_decline_allowed_fails_the_payment():
    third = again(settle(again(DECLINED), DECLINE).state)
    change = settle(third, DECLINE)
    assert change.state.status is Status.FAILED
    assert change.event.subject == "payment.failed"
    assert change.event.data == {
        "id": PAYMENT,
        "version": 5,
        "orderId": ORDER,
        "reason": "Your card was declined.",
    }


def test_a_token_that_is_none_is_no_decline():
    payment = PENDING
    for _ in range(10):
        payment = again(settle(payment, NO_CARD).state)
    assert settle(payment, DECLINE).state.status is Status.DECLINED


@pytest.mark.parametrize("payment", EVERY)
def test_someone_waits_for_stripe_exactly_while_a_call_is_outstanding(payment):
    outstanding = payment.status in {Status.PENDING, Status.REFUNDING}
    assert (payment.waiting_since is not None) == outstanding


@pytest.mark.parametrize("payment", of(*set(Status) - {Status.PENDING}))
@pytest.mark.parametrize("outcome", [Charged("pi_2"), DECLINE])
def test_what_is_settled_is_not_settled_again(payment, outcome):
    assert settle(payment, outcome) is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_answer_to_another_attempt_settles_nothing(number):
    """It comes from a process that was asleep for too long."""
    second = again(DECLINED)
    assert settle(second, Charged("pi_1"), number) is None


REFUSALS = {
    Status.PENDING: "being made",
    Status.PAID: "already paid",
    Status.REFUNDING: "already paid",
    Status.REFUNDED: "already paid",
    Status.FAILED: "cancelled order",
}


@pytest.mark.parametrize("payment", of(*REFUSALS))
def test_only_after_a_decline_there_is_another_attempt(payment):
    with pytest.raises(BadRequestError, match=REFUSALS[payment.status]):
        models.try_again(payment, Attempt("tok_2"), NOW)


def test_another_attempt_is_another_charge_at_stripe():
    assert PENDING.charge_key == f"{ORDER}:charge:1"
    assert again(DECLINED).charge_key == f"{ORDER}:charge:2"


def keyed(key, fingerprint):
    return Attempt("tok", key, fingerprint)


def test_the_same_request_is_known_by_its_key():
    payment = replace(DECLINED, attempts=(keyed("k1", "f1"), keyed("k2", "f2")))
    assert models.number_of(payment, keyed("k1", "f1")) == 1
    assert models.number_of(payment, keyed("k2", "f2")) == 2
    assert models.number_of(payment, keyed("k3", "f1")) is None
    assert payment.request_keys == ("k1", "k2")


@pytest.mark.parametrize("payment", [PENDING, DECLINED, PAID])
def test_the_same_key_for_another_request_is_refused(payment):
    payment = replace(payment, attempts=(keyed("k1", "f1"),))
    with pytest.raises(KeyReusedError):
        models.number_of(payment, keyed("k1", "f2"))


def test_a_double_click_is_known_by_its_token_while_the_first_one_runs():
    assert models.number_of(PENDING, Attempt("tok_1")) == 1
    assert models.number_of(PENDING, Attempt("tok_2")) is None
    assert models.number_of(DECLINED, Attempt("tok_1")) is None
    assert models.number_of(PENDING, keyed("k1", "f1")) is None


def test_each_attempt_gets_its_own_answer():
    payment = settle(again(DECLINED), Charged("pi_2")).state
    assert models.answer(payment, 2) is payment
    with pytest.raises(BadRequestError, match="declined"):
        models.answer(payment, 1)


def test_an_attempt_without_an_outcome_has_no_answer_yet():
    with pytest.raises(UnavailableError, match="not settled yet"):
        models.answer(PENDING, 1)


def test_a_payment_is_shown_without_its_tokens():
    shown = FAILED.json_dict()
    assert shown == {
        "id": PAYMENT,
        "orderId": ORDER,
        "status": "failed",
        "amount": AMOUNT,
        "attempts": 3,
        "stripeId": None,
        "message": "Your card was declined.",
        "reason": "Your card was declined.",
        "refunded": 0,
        "refunds": [],
    }
