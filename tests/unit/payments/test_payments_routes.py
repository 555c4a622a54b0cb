"""The payments service over HTTP, as its contract says."""

import pytest
from unit_doubles import ANN, BOB, EVE, NO_IDS, NOWHERE, ORDER, OTHER_ORDER

from payments.models import Status

DECLINED = "Your card was declined."
CANCELLED = "Cannot pay for a cancelled order"


def pay(cash, token="tok_visa", user=BOB, order=ORDER, **headers):
    body = {"orderId": order, "token": token}
    return cash.site.post("/api/payments", body, user=user, **headers)


def charged(cash):
    return cash.gateway.paid


def payment(cash):
    return cash.payments.find_by_order(ORDER)


@pytest.mark.parametrize("token", ["tok_visa", "tok_mastercard", "pm_card_visa"])
def test_an_order_is_paid(cash, token):
    answer = pay(cash, token)
    assert (answer.status, answer.json) == (201, {"id": payment(cash).id})
    assert payment(cash).amount == 1950
    assert len(charged(cash)) == 1
    assert [event.subject for event in cash.payments.events] == ["payment.created"]


def test_nobody_chooses_an_amount(cash):
    forged = {"orderId": ORDER, "token": "tok_visa", "amount": 1, "userId": EVE}
    assert cash.site.post("/api/payments", forged, user=BOB).status == 201
    assert (payment(cash).amount, payment(cash).user_id) == (1950, BOB)


def test_paying_takes_a_session(cash):
    for body in ({"orderId": ORDER, "token": "tok_visa"}, {}, b"not json"):
        answer = cash.site.post("/api/payments", body)
        assert (answer.status, answer.messages) == (401, ["Not authorized"])


@pytest.mark.parametrize("stranger", [EVE, ANN])
def test_anothers_order_is_not_paid(cash, stranger):
    answer = pay(cash, user=stranger)
    assert (answer.status, answer.messages) == (401, ["Not authorized"])
    assert cash.gateway.intents_by_id == {}


@pytest.mark.parametrize("order", [NOWHERE, *NO_IDS])
def test_an_order_that_is_not_there_is_not_found(cash, order):
    answer = pay(cash, order=order)
    assert (answer.status, answer.messages) == (404, ["Not found"])


def test_a_request_to_pay_names_every_wrong_field(cash):
    answer = cash.site.post("/api/payments", {}, user=BOB)
    assert answer.fields == {"orderId", "token"}
    assert answer.messages == ["OrderId must be provided", "Token must be provided"]


@pytest.mark.parametrize("token", ["", "a b", "tok/x", "x" * 256, "t\n", "\0", 5, {}])
def test_what_can_be_no_token_is_refused(cash, token):
    answer = pay(cash, token)
    assert (answer.status, answer.fields) == (400, {"token"})
    assert payment(cash) is None


def test_an_order_that_was_not_heard_of_yet_is_asked_for(cash):
    assert pay(cash).status == 201
    assert cash.orders.asked == [ORDER]


def test_while_the_orders_are_away_one_pays_later(cash):
    cash.orders.away = True
    assert pay(cash).status == 503
    cash.orders.away = False
    assert pay(cash).status == 201


def test_a_cancelled_order_is_not_paid(cash):
    cash.orders.orders[ORDER] = cash.order_of(status="cancelled", version=1)
    answer = pay(cash)
    assert (answer.status, answer.messages) == (400, [CANCELLED])
    assert cash.gateway.intents_by_id == {}


def test_an_order_is_paid_once(cash):
    pay(cash)
    answer = pay(cash, "tok_mastercard")
    assert (answer.status, answer.messages) == (400, ["This order is already paid"])
    assert len(charged(cash)) == 1


def test_a_decline_is_answered_with_its_words(cash):
    answer = pay(cash, "tok_chargeDeclined")
    assert (answer.status, answer.messages) == (400, [DECLINED])
    answer = pay(cash, "tok_chargeDeclinedInsufficientFunds")
    assert answer.messages == ["Your card has insufficient funds."]
    assert cash.payments.events == []


def test_after_a_decline_one_tries_another_card(cash):
    pay(cash, "tok_chargeDeclined")
    assert pay(cash).status == 201
    assert len(cash.gateway.intents_by_id) == len(charged(cash)) == 1


def test_a_token_that_is_none_costs_no_attempt(cash):
    for _ in range(5):
        answer = pay(cash, "tok_no")
        assert (answer.status, answer.messages) == (400, ["No such token: 'tok_no'"])
    assert pay(cash).status == 201


def test_the_third_decline_is_the_last(cash):
    for _ in range(3):
        assert pay(cash, "tok_chargeDeclined").messages == [DECLINED]
    assert [event.subject for event in cash.payments.events] == ["payment.failed"]
    answer = pay(cash)
    assert (answer.status, answer.messages) == (400, [CANCELLED])
    assert charged(cash) == []


def test_the_same_request_again_is_one_charge_and_one_answer(cash):
    answers = [pay(cash, Idempotency_Key="k1") for _ in range(3)]
    assert {(a.status, a.body) for a in answers} == {(201, answers[0].body)}
    assert len(cash.gateway.intents_by_id) == 1


def test_a_decline_again_is_the_same_decline(cash):
    for _ in range(4):
        answer = pay(cash, "tok_chargeDeclined", Idempotency_Key="k1")
        assert (answer.status, answer.messages) == (400, [DECLINED])
    assert len(payment(cash).attempts) == 1
    assert pay(cash, Idempotency_Key="k2").status == 201
    again = pay(cash, "tok_chargeDeclined", Idempotency_Key="k1")
    assert again.messages == [DECLINED]


def test_the_same_key_for_another_request_is_refused(cash):
    pay(cash, "tok_chargeDeclined", Idempotency_Key="k1")
    assert pay(cash, "tok_visa", Idempotency_Key="k1").status == 422
    assert charged(cash) == []


@pytest.mark.parametrize("first", ["tok_visa", "tok_chargeDeclined"])
def test_the_same_key_for_another_order_is_refused(cash, first):
    cash.orders.orders[OTHER_ORDER] = cash.order_of(OTHER_ORDER)
    pay(cash, first, Idempotency_Key="k1")
    assert pay(cash, first, order=OTHER_ORDER, Idempotency_Key="k1").status == 422
    assert pay(cash, "tok_chargeDeclined", order=OTHER_ORDER).status == 400
    assert pay(cash, first, order=OTHER_ORDER, Idempotency_Key="k1").status == 422
    assert len(cash.gateway.intents_by_id) == 2


def test_the_same_request_is_answered_even_after_its_order_has_ended(cash):
    first = pay(cash, Idempotency_Key="k1")
    cash.payments.orders.put(ORDER, 5, {"status": "cancelled", "userId": BOB})
    assert pay(cash, Idempotency_Key="k1").body == first.body


def test_a_lost_reply_says_try_again_and_the_same_request_finishes_it(cash):
    cash.gateway.away = True
    answer = pay(cash, Idempotency_Key="k1")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert payment(cash).status is Status.PENDING
    cash.gateway.away = False
    assert pay(cash, Idempotency_Key="k1").status == 201
    assert len(cash.gateway.intents_by_id) == 1


def test_a_double_click_is_one_charge(cash):
    cash.gateway.away = True
    assert pay(cash).status == 503
    cash.gateway.away = False
    assert pay(cash).status == 201
    assert len(cash.gateway.intents_by_id) == 1


@pytest.mark.parametrize("declined_before", [True, False])
def test_of_two_equal_requests_at_once_one_makes_the_attempt(
    cash, monkeypatch, declined_before
):
    """The second has looked before the first was saved."""
    if declined_before:
        pay(cash, "tok_chargeDeclined")
    seen, look = [payment(cash)], cash.payments.find_by_order
    cash.gateway.away = True
    assert pay(cash, Idempotency_Key="k1").status == 503
    cash.gateway.away = False
    monkeypatch.setattr(
        cash.payments, "find_by_order", lambda o: seen.pop() if seen else look(o)
    )
    assert pay(cash, Idempotency_Key="k1").status == 201
    assert len(payment(cash).attempts) == 1 + declined_before
    assert len(charged(cash)) == 1


def test_while_one_card_is_being_charged_no_other_is(cash):
    cash.gateway.away = True
    pay(cash)
    cash.gateway.away = False
    answer = pay(cash, "tok_mastercard")
    assert answer.messages == ["A payment for this order is being made"]
    assert len(cash.gateway.intents_by_id) == 1
