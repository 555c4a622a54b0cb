"""Money at Stripe, in payments and in orders is the same, whoever moved it."""

import json

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import Person
from system_webhooks import event_of, signed

from ticketing.clock import iso, utc_now
from ticketing.errors import InvalidInputError

PRICE = 1999
OLD, NEW = "whsec_of_yesterday", "whsec_of_today"


def open_intent(buyer, order):
    """What a page needs to pay at Stripe itself."""
    response = buyer.http.post("/api/payments/intent", json={"orderId": order["id"]})
    assert response.status_code == 200, response.text
    return response.json()


def intent_of(system, order):
    (intent,) = system.intents(order["id"])
    return intent


def payment_of(system, order):
    return system.database("payments")["payments"].find_one({"orderId": order["id"]})


def said(system, order):
    return [message.subject for message in Bus(system).messages(order["id"])]


def test_an_order_that_is_paid_at_stripe_alone_is_completed(system, seller, buyer):
    """A page confirms its intent; the shop hears of it by the webhook."""
    order = buyer.reserve(seller.sell(price=19.99))
    told = open_intent(buyer, order)
    assert told == open_intent(buyer, order)
    intent = intent_of(system, order)
    assert (told["status"], told["clientSecret"]) == ("open", intent.client_secret)
    assert (intent.amount, intent.currency) == (PRICE, "usd")
    card = {"payment_method": "pm_card_visa"}
    system.stripe.v1.payment_intents.confirm(intent.id, card)
    buyer.until(order, "complete")
    assert said(system, order).count("payment.created") == 1
    assert system.kept(order["id"]) == PRICE


def test_an_intent_of_an_order_that_is_given_up_is_closed(system, seller, buyer):
    """Nobody can pay it any more, not even at Stripe."""
    order = buyer.reserve(seller.sell())
    open_intent(buyer, order)
    assert buyer.cancel(order).status_code == 204
    eventually(lambda: intent_of(system, order).status == "canceled")
    eventually(lambda: payment_of(system, order)["status"] == "cancelled")
    assert "payment.failed" not in said(system, order)


def test_only_the_buyer_gets_the_intent(system, seller, buyer, other, anonymous):
    order = buyer.reserve(seller.sell())
    body = {"orderId": order["id"]}
    for stranger in (anonymous, other.http, seller.http):
        assert stranger.post("/api/payments/intent", json=body).status_code == 401
    assert system.intents(order["id"]) == []


def test_all_that_went_back_by_hand_ends_the_order(system, seller, buyer):
    """In Stripe's own pages; the ticket is for sale again."""
    ticket = seller.sell()
    order = buyer.buy(ticket)
    system.stripe.v1.refunds.create({"payment_intent": intent_of(system, order).id})
    assert buyer.until(order, "cancelled")
    buyer.until_free(ticket)
    with system.rpc() as rpc:
        payment = rpc.payments.get_payment(order["id"])
    assert (payment["status"], payment["reason"]) == ("refunded", "refunded at Stripe")


def test_a_hold_that_ends_closes_its_intent_first(split):
    """The order ends when nothing can be charged any more."""
    with Person(split) as seller, Person(split) as buyer:
        order = buyer.reserve(seller.sell())
        open_intent(buyer, order)
        buyer.until(order, "cancelled")
        assert intent_of(split, order).status == "canceled"
        assert payment_of(split, order)["status"] == "cancelled"


def test_an_order_paid_at_stripe_is_honoured_when_its_hold_ends(split):
    """No webhook comes here: the end of the hold asks, and the answer is the money."""
    with Person(split) as seller, Person(split) as buyer:
        order = buyer.reserve(seller.sell())
        open_intent(buyer, order)
        card = {"payment_method": "pm_card_visa"}
        split.stripe.v1.payment_intents.confirm(intent_of(split, order).id, card)
        buyer.until(order, "complete")
        assert said(split, order).count("payment.created") == 1


@pytest.fixture(scope="module")
def books(systems):
    """A shop of its own, with short holds."""
    groups = [("auth",), ("tickets", "expiration"), ("orders",), ("payments",)]
    return systems(*groups, HOLD_SECONDS="8", PAYMENT_GRACE_SECONDS="2").up()


def test_the_sums_of_the_ledger_are_those_of_the_orders(books):
    """To the cent, after purchases, declines, refunds, expiries and what is open."""
    with Person(books) as seller, Person(books) as buyer, books.rpc() as rpc:
        begun = iso(utc_now())
        paid = buyer.buy(seller.sell(price=19.99))
        refunded = buyer.buy(seller.sell(price=0.57))
        part = buyer.buy(seller.sell(price=33.33, quantity=3), quantity=3)
        declined = buyer.reserve(seller.sell(price=7.77))
        buyer.pay(declined, "tok_chargeDeclined")
        opened = buyer.reserve(seller.sell(price=8.88))
        open_intent(buyer, opened)
        rpc.payments.refund(refunded["id"], "rained off")
        unit = buyer.order(part)["units"][0]
        rpc.payments.refund(part["id"], "one less", units=[unit])
        for order in (refunded, declined, opened):
            buyer.until(order, "cancelled")
        eventually(lambda: len(buyer.order(part)["units"]) == 2)
        for order in (declined, opened):
            eventually(lambda o=order: payment_of(books, o)["status"] == "cancelled")
        told = rpc.payments.ledger(since=begun)
        assert told["sums"] == {
            "usd": {
                "charged": 1999 + 57 + 9999,
                "refunded": 57 + 3333,
                "kept": 1999 + 6666,
                "orders": 1999 + 6666,
                "difference": 0,
            }
        }
        rows = {row["orderId"]: row for row in told["orders"]}
        money = books.money()  # and that of others who pay in this very second
        assert sum(money[order_id] for order_id in rows) == 1999 + 6666
        assert rows.keys() == {
            each["id"] for each in (paid, refunded, part, declined, opened)
        }
        assert (rows[part["id"]]["worth"], rows[part["id"]]["order"]) == (
            6666,
            "complete",
        )
        first = rpc.payments.ledger(since=begun, limit=2)
        last = first["orders"][-1]["orderId"]
        rest = rpc.payments.ledger(since=begun, limit=9, after=last)
        assert first["orders"] + rest["orders"] == told["orders"]
        checked = rpc.payments.reconcile(since=begun)
        assert (checked["repaired"], checked["findings"]) == ([], [])
        assert rpc.payments.findings() == []
        with pytest.raises(InvalidInputError):
            rpc.payments.ledger(since="yesterday")


def test_a_payment_that_nobody_heard_of_is_found_by_comparing(books):
    """No webhook comes to this shop."""
    with Person(books) as seller, Person(books) as buyer, books.rpc() as rpc:
        begun = iso(utc_now())
        order = buyer.reserve(seller.sell(price=19.99))
        open_intent(buyer, order)
        card = {"payment_method": "pm_card_visa"}
        books.stripe.v1.payment_intents.confirm(intent_of(books, order).id, card)
        repaired = {"orderId": order["id"], "what": "now paid"}

        def found():
            """What was made in this very second is not gone through yet."""
            return repaired in rpc.payments.reconcile(since=begun)["repaired"]

        eventually(found)
        buyer.until(order, "complete")
        assert said(books, order).count("payment.created") == 1


def test_while_one_secret_replaces_another_both_sign(systems):
    """And none after it was taken away."""
    both = systems(("payments",), STRIPE_WEBHOOK_SECRET=f"{OLD},{NEW}").up()
    url = "/api/payments/webhook"

    def answers(system, secret):
        body = event_of(None, "payout.paid")
        headers = signed(system, body, secret=secret)
        with system.client() as client:
            status = client.post(url, content=body, headers=headers).status_code
        kept = system.database("payments")["webhooks"]
        assert (status == 200) == bool(kept.find_one({"_id": json.loads(body)["id"]}))
        return status

    assert [answers(both, secret) for secret in (OLD, NEW, "whsec_x")] == [
        200,
        200,
        400,
    ]
    both.end()
    one = systems(("payments",), STRIPE_WEBHOOK_SECRET=NEW).up()
    assert [answers(one, secret) for secret in (OLD, NEW)] == [400, 200]
    one.end()
