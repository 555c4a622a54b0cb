"""Payments over HTTP: taken, declined and refused."""

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import message_of

NO_ID = "5f0000000000000000000000"
DECLINED = "tok_chargeDeclined"


def test_a_payment_answers_with_its_id(system, seller, buyer):
    """201, and Stripe has the money, once, in cents."""
    order = buyer.reserve(seller.sell(price=19.99))
    response = buyer.pay(order)
    payment = response.json()
    assert response.status_code == 201
    assert payment == {"id": payment["id"]}
    (intent,) = system.intents(order["id"])
    assert (intent.amount_received, intent.currency) == (1999, "usd")


@pytest.mark.parametrize("token", ["tok_visa", "pm_card_visa", "tok_mastercard"])
def test_tokens_and_payment_methods_are_taken(seller, buyer, token):
    """What the browser got from Stripe, of either kind."""
    order = buyer.reserve(seller.sell())
    assert buyer.pay(order, token).status_code == 201
    buyer.until(order, "complete")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"orderId", "token"}),
        ({"orderId": 1, "token": ""}, {"orderId", "token"}),
        ({"orderId": {"$ne": 1}, "token": {"$ne": 1}}, {"orderId", "token"}),
        ({"orderId": NO_ID, "token": "tok visa"}, {"token"}),
        ({"orderId": NO_ID, "token": "tok_" + "x" * 300}, {"token"}),
        ({"orderId": NO_ID, "token": "tok_\0"}, {"token"}),
    ],
)
def test_a_payment_names_every_wrong_field(buyer, body, fields):
    """400, all of them at once."""
    response = buyer.http.post("/api/payments", json=body)
    assert response.status_code == 400, response.text
    assert {error["field"] for error in response.json()["errors"]} == fields


def test_a_payment_is_checked_in_order(system, seller, buyer, other, anonymous):
    """No session, the body, the order, its owner, its state."""
    order = buyer.reserve(seller.sell())
    assert anonymous.post("/api/payments", json={}).status_code == 401
    assert other.http.post("/api/payments", json={}).status_code == 400
    for nowhere in (NO_ID, "x", "../x"):
        assert other.pay({"id": nowhere}).status_code == 404
    assert other.pay(order).status_code == 401
    assert seller.pay(order).status_code == 401
    buyer.cancel(order)
    assert other.pay(order).status_code == 401
    assert system.intents(order["id"]) == []


def test_a_cancelled_order_cannot_be_paid(system, seller, buyer):
    """400, and Stripe is not asked."""
    order = buyer.reserve(seller.sell())
    copies = system.database("payments")["orders"]
    buyer.cancel(order)
    eventually(lambda: copies.find_one({"_id": order["id"], "status": "cancelled"}))
    response = buyer.pay(order)
    assert response.status_code == 400
    assert message_of(response) == "Cannot pay for a cancelled order"
    assert system.intents(order["id"]) == []


def test_an_order_is_paid_once(system, seller, buyer):
    """400 for the second payment, with whatever card."""
    order = buyer.reserve(seller.sell())
    assert buyer.pay(order).status_code == 201
    for token in ("tok_visa", "tok_mastercard"):
        assert buyer.pay(order, token).status_code == 400
    buyer.until(order, "complete")
    assert buyer.pay(order).status_code == 400
    assert system.kept(order["id"]) == 2000


def test_the_client_cannot_say_what_it_costs(system, seller, buyer):
    """The amount is the order's, whatever the body says."""
    order = buyer.reserve(seller.sell(price=500))
    body = {"orderId": order["id"], "token": "tok_visa", "amount": 1, "price": 1}
    response = buyer.http.post("/api/payments", json=body)
    assert response.status_code == 201
    assert system.kept(order["id"]) == 50_000


def test_a_decline_says_why_and_leaves_the_order_open(system, seller, buyer):
    """400 with the card's message; another card may pay."""
    order = buyer.reserve(seller.sell())
    response = buyer.pay(order, "tok_chargeDeclinedInsufficientFunds")
    assert response.status_code == 400
    assert message_of(response) == "Your card has insufficient funds."
    assert buyer.order(order)["status"] == "created"
    assert buyer.pay(order).status_code == 201
    buyer.until(order, "complete")
    assert system.kept(order["id"]) == 2000


def test_the_third_decline_cancels_the_order(system, seller, buyer, other):
    """The ticket is free again, and everybody hears why."""
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    for _ in range(3):
        refused = buyer.pay(order, DECLINED)
        assert (refused.status_code, message_of(refused)) == (
            400,
            "Your card was declined.",
        )
    buyer.until(order, "cancelled")

    def told():
        found = {m.subject: m for m in Bus(system).messages(order["id"])}
        return found if "order.cancelled" in found else None

    subjects = eventually(told)
    failed = subjects["payment.failed"].data
    assert failed["reason"] == "Your card was declined."
    assert subjects["order.cancelled"].data["reason"] == "payment failed"
    assert buyer.pay(order).status_code == 400
    other.buy(seller.until_free(ticket))
    assert system.kept(order["id"]) == 0


def test_a_token_that_is_none_is_no_decline(seller, buyer):
    """400 as often as one likes: no bank has said no."""
    order = buyer.reserve(seller.sell())
    for _ in range(4):
        assert buyer.pay(order, "tok_of_nobody").status_code == 400
    assert buyer.pay(order).status_code == 201
    buyer.until(order, "complete")


def test_a_card_that_wants_another_step_is_told_where(system, seller, buyer):
    """202, and nothing is taken yet; another card may pay meanwhile."""
    order = buyer.reserve(seller.sell())
    response = buyer.pay(order, "tok_threeDSecure2Required")
    assert response.status_code == 202
    told = response.json()
    assert told.keys() == {"id", "status", "clientSecret", "redirectUrl"}
    assert told["status"] == "action"
    (intent,) = system.intents(order["id"])
    assert told["clientSecret"] == intent.client_secret
    assert system.kept(order["id"]) == 0
    assert buyer.pay(order).status_code == 201
    buyer.until(order, "complete")
    assert [i.id for i in system.intents(order["id"])] == [intent.id]


def test_one_can_pay_in_the_same_breath_as_one_reserves(seller, buyer):
    """No event has to arrive first."""
    for _ in range(5):
        ticket = seller.sell()
        order = buyer.reserve(ticket)
        paid = buyer.pay(order)
        assert paid.status_code == 201, paid.text
        buyer.until(order, "complete")
