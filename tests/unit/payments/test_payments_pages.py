"""A page that pays at Stripe itself, and payments that take a step or a while."""

import pytest
from unit_doubles import ANN, BOB, EVE, NO_IDS, NOWHERE, ORDER

from payments.intents import IntentStatus
from payments.models import Status
from ticketing.errors import NotFoundError

DECLINED = "Your card was declined."


def pay(cash, token="tok_visa", **headers):
    body = {"orderId": ORDER, "token": token}
    return cash.site.post("/api/payments", body, user=BOB, **headers)


def begin(cash, user=BOB, order=ORDER):
    return cash.site.post("/api/payments/intent", {"orderId": order}, user=user)


def payment(cash):
    return cash.payments.find_by_order(ORDER)


def told(cash):
    return [event.subject for event in cash.payments.events]


def test_a_page_gets_what_it_needs_to_pay_at_stripe(cash):
    for _ in range(2):
        answer = begin(cash)
        assert (answer.status, answer.json) == (
            200,
            {
                "id": payment(cash).id,
                "status": "open",
                "clientSecret": "pi_1_secret",
                "redirectUrl": None,
            },
        )
    (intent,) = cash.gateway.intents_by_id.values()
    assert (intent.sum.amount, intent.sum.order_id) == (1950, ORDER)


def test_only_the_buyer_gets_it(cash):
    assert cash.site.post("/api/payments/intent", {"orderId": ORDER}).status == 401
    for stranger in (EVE, ANN):
        assert begin(cash, stranger).status == 401
    assert begin(cash, order=NOWHERE).status == 404
    assert begin(cash, order="x").status == 404
    assert cash.gateway.intents_by_id == {}


def test_nobody_gets_it_for_an_order_that_is_over(cash):
    cash.orders.orders[ORDER] = cash.order_of(status="cancelled", version=1)
    assert begin(cash).messages == ["Cannot pay for a cancelled order"]
    assert cash.gateway.intents_by_id == {}


def test_nobody_gets_it_for_what_is_paid_or_being_paid(cash):
    cash.gateway.slow = True
    pay(cash)
    assert begin(cash).messages == ["A payment for this order is being made"]
    cash.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    cash.rpc.look(ORDER)
    assert begin(cash).messages == ["This order is already paid"]


def test_after_declines_a_page_pays_the_same_intent(cash):
    pay(cash, "tok_chargeDeclined")
    assert begin(cash).json["clientSecret"] == "pi_1_secret"
    assert len(cash.gateway.intents_by_id) == 1


def test_after_a_token_that_was_none_a_page_opens_the_intent(cash):
    pay(cash, "tok_no")
    assert begin(cash).json["status"] == "open"
    assert pay(cash).status == 201
    assert len(cash.gateway.intents_by_id) == 1


def test_what_stripe_would_not_open_is_told_and_may_be_opened_later(cash):
    cash.orders.orders[ORDER] |= {"total": 0.3}
    assert begin(cash).messages == ["Amount must be at least $0.50 usd"]
    assert begin(cash).status == 400
    assert payment(cash).status is Status.DECLINED


def test_while_stripe_is_away_a_page_asks_again(cash):
    cash.gateway.away = True
    assert begin(cash).status == 503
    cash.gateway.away = False
    assert begin(cash).json["status"] == "open"
    assert len(cash.gateway.intents_by_id) == 1


def test_a_card_that_takes_a_step_is_answered_with_the_way_there(cash):
    answers = [
        pay(cash, "tok_threeDSecure2Required", Idempotency_Key="k1") for _ in range(2)
    ]
    for answer in answers:
        assert answer.status == 202
        assert answer.json == {
            "id": payment(cash).id,
            "status": "action",
            "clientSecret": "pi_1_secret",
            "redirectUrl": "https://stripe.test/3ds/pi_1",
        }
    assert len(payment(cash).attempts) == 1
    assert told(cash) == []


def test_the_step_succeeds(cash):
    pay(cash, "tok_threeDSecure2Required")
    cash.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    assert cash.rpc.look(ORDER)["status"] == "paid"
    assert told(cash) == ["payment.created"]


def test_the_step_fails_and_the_same_request_says_so(cash):
    pay(cash, "tok_threeDSecure2Required", Idempotency_Key="k1")
    cash.gateway.declines("pi_1", DECLINED)
    cash.rpc.look(ORDER)
    answer = pay(cash, "tok_threeDSecure2Required", Idempotency_Key="k1")
    assert (answer.status, answer.messages) == (400, [DECLINED])
    assert pay(cash).status == 201


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_slow_payment_is_answered_before_it_is_made(cash, succeeds):
    cash.gateway.slow = True
    answer = pay(cash, Idempotency_Key="k1")
    assert (answer.status, answer.json["status"]) == (202, "processing")
    assert pay(cash).messages == ["A payment for this order is being made"]
    if succeeds:
        cash.gateway.becomes("pi_1", IntentStatus.SUCCEEDED)
    else:
        cash.gateway.declines("pi_1", DECLINED)
    cash.rpc.look(ORDER)
    assert pay(cash, Idempotency_Key="k1").status == (201 if succeeds else 400)


def test_the_third_decline_by_a_browser_is_the_last(cash):
    begin(cash)
    for _ in range(3):
        cash.gateway.declines("pi_1", DECLINED)
        cash.rpc.look(ORDER)
    assert told(cash) == ["payment.failed"]
    assert begin(cash).status == 400


@pytest.mark.parametrize("order_id", [NOWHERE, *NO_IDS])
def test_a_payment_that_is_not_there_is_not_looked_at(cash, order_id):
    with pytest.raises(NotFoundError):
        cash.rpc.look(order_id)
