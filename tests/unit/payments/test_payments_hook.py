"""Stripe's webhooks over HTTP: a word of where to look, and no more than that."""

import pytest
from unit_doubles import BOB, NOWHERE, ORDER

from payments.models import Status


def pay(cash, token="tok_visa"):
    body = {"orderId": ORDER, "token": token}
    return cash.site.post("/api/payments", body, user=BOB)


def payment(cash):
    return cash.payments.find_by_order(ORDER)


def hook(cash, body, signature="signed", **headers):
    return cash.site.post(
        "/api/payments/webhook", body, Stripe_Signature=signature, **headers
    )


EVENT = {"id": "evt_1", "type": "payment_intent.succeeded", "orderId": ORDER}


def test_a_webhook_makes_us_look_and_finish(cash):
    cash.gateway.away = True
    pay(cash)
    cash.gateway.away = False
    answer = hook(cash, EVENT, Sec_Fetch_Site="cross-site")
    assert (answer.status, answer.json) == (200, {})
    assert payment(cash).status is Status.PAID


def test_what_a_webhook_says_itself_is_not_believed(cash):
    pay(cash, "tok_chargeDeclined")
    assert hook(cash, EVENT).status == 200
    assert payment(cash).status is Status.DECLINED


def test_a_webhook_that_comes_again_has_no_effect(cash):
    pay(cash)
    for _ in range(3):
        assert hook(cash, EVENT).status == 200
    assert len(cash.payments.events) == 1
    assert not cash.payments.keep_webhook({"_id": EVENT["id"]})


def test_a_webhook_that_could_not_be_heeded_is_heeded_when_it_comes_again(cash):
    cash.gateway.away = True
    pay(cash)
    assert hook(cash, EVENT).status == 503
    cash.gateway.away = False
    assert hook(cash, EVENT).status == 200
    assert payment(cash).status is Status.PAID


@pytest.mark.parametrize("signature", ["forged", ""])
def test_a_webhook_that_stripe_did_not_sign_is_refused_and_not_kept(cash, signature):
    answer = hook(cash, EVENT, signature)
    assert (answer.status, answer.messages) == (400, ["The signature does not fit"])
    assert cash.payments.keep_webhook({"_id": "evt_1"})


@pytest.mark.parametrize("order_id", [None, NOWHERE, 5, {"$gt": ""}])
def test_a_webhook_about_something_else_is_heard_in_silence(cash, order_id):
    assert hook(cash, EVENT | {"orderId": order_id}).status == 200
