"""Money that meets the end of its order is honoured or given back, never kept."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import Person
from system_webhooks import signed

PRICE = 2000


@pytest.fixture
def shop(split):
    with Person(split) as seller, Person(split) as buyer, Person(split) as other:
        yield seller, buyer, other


@contextmanager
def paying(system, buyer, order):
    """Inside, Stripe has the money and its answer is on the way; after, it arrives."""
    answers = []
    pay = threading.Thread(target=lambda: answers.append(buyer.pay(order)))
    with system.gates["STRIPE_API_BASE"].held():
        pay.start()
        eventually(lambda: system.kept(order["id"]) == PRICE)
        yield answers
    pay.join()


def payment_of(system, order):
    return system.database("payments")["payments"].find_one({"orderId": order["id"]})


def test_a_late_payment_gets_the_ticket_if_it_is_still_free(split, shop):
    """The hold has ended on the way; the order comes back to life, complete."""
    seller, buyer, _ = shop
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    with paying(split, buyer, order) as answers:
        buyer.until(order, "cancelled")
        buyer.until_free(ticket)
    assert answers[0].status_code == 201
    buyer.until(order, "complete")
    buyer.until_held(ticket, order)
    assert split.kept(order["id"]) == PRICE


def test_a_late_payment_goes_back_if_somebody_else_has_the_ticket(split, shop):
    """The order stays cancelled, the other one's order is not touched."""
    seller, buyer, other = shop
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    with paying(split, buyer, order):
        buyer.until(order, "cancelled")
        taken = other.reserve(buyer.until_free(ticket))
    assert other.pay(taken).status_code == 201
    eventually(lambda: split.kept(order["id"]) == 0)
    assert buyer.order(order)["status"] == "cancelled"
    other.until(taken, "complete")
    assert other.until_held(ticket, taken)
    # Stripe has sent it back a moment before that is written down.
    eventually(lambda: payment_of(split, order)["status"] == "refunded")
    with split.rpc() as rpc:
        payment = rpc.payments.get_payment(order["id"])
    assert (payment["status"], payment["amount"]) == ("refunded", PRICE)

    def refunds():
        found = Bus(split).messages(order["id"])
        return [each.data for each in found if each.subject == "payment.refunded"]

    (refunded,) = eventually(refunds)
    assert refunded == {
        "id": payment["id"],
        "version": refunded["version"],
        "orderId": order["id"],
        "stripeId": payment["stripeId"],
        "amount": PRICE,
        "currency": "usd",
        "reason": "the ticket was sold to somebody else",
        "units": ["1"],
    }


def test_a_late_payment_gets_all_of_its_units_or_its_money_back(split, shop):
    """One of them was somebody else's meanwhile; the others stay on sale."""
    seller, buyer, other = shop
    seats = ["A-1", "A-2", "A-3", "A-4"]
    ticket = seller.sell(seats=seats, price=PRICE / 100 / len(seats))
    order = buyer.reserve(ticket, seats=seats)
    with paying(split, buyer, order):
        buyer.until(order, "cancelled")
        taken = other.reserve(ticket, seats=["A-2"])
    assert other.pay(taken).status_code == 201
    eventually(lambda: split.kept(order["id"]) == 0)
    other.until(taken, "complete")
    assert buyer.order(order)["status"] == "cancelled"
    eventually(lambda: "".join(other.seats(ticket).values()) == ".s..")


def test_a_payment_for_an_order_just_given_up_goes_back(split, shop):
    """Whoever cancels does not want it any more."""
    seller, buyer, other = shop
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    with paying(split, buyer, order):
        assert buyer.cancel(order).status_code == 204
    eventually(lambda: split.kept(order["id"]) == 0)
    assert buyer.order(order)["status"] == "cancelled"
    other.buy(buyer.until_free(ticket))


def test_an_order_that_hears_of_payment_and_end_at_once_is_honoured(split, shop):
    """Orders is away while the hold ends and the payment succeeds."""
    seller, buyer, _ = shop
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    copies = split.database("payments")["orders"]
    eventually(lambda: copies.find_one({"_id": order["id"]}))
    orders = split.processes["orders"]
    orders.kill()
    assert buyer.pay(order).status_code == 201
    bus = Bus(split)

    def ended():
        return "expiration.complete" in {m.subject for m in bus.messages(order["id"])}

    eventually(ended)
    orders.start().wait_until_ready()
    buyer.until(order, "complete")
    buyer.until_held(ticket, order)
    assert split.kept(order["id"]) == PRICE


def test_money_that_went_back_before_the_order_heard_of_it_buys_nothing(split, shop):
    """Whatever comes first, payment or refund: the order does not end complete."""
    seller, buyer, other = shop
    tickets = [seller.sell() for _ in range(2)]  # few, for their holds are short
    sales = [(ticket, buyer.reserve(ticket)) for ticket in tickets]
    copies = split.database("payments")["orders"]
    ids = [order["id"] for _, order in sales]
    eventually(lambda: copies.count_documents({"_id": {"$in": ids}}) == len(ids))
    orders = split.processes["orders"]
    orders.kill()
    try:
        with split.rpc() as rpc:
            for order_id in ids:
                assert buyer.pay({"id": order_id}).status_code == 201
                rpc.payments.refund(order_id, "the seller wishes it")
    finally:
        orders.start().wait_until_ready()
    for ticket, order in sales:
        buyer.until(order, "cancelled")
        buyer.until_free(ticket)
        assert split.kept(order["id"]) == 0
        assert buyer.order(order)["status"] == "cancelled"
        other.reserve(ticket)


def test_a_charge_whose_process_died_is_found_again(split, shop):
    """Stripe has the money, nobody has saved it; the payment is made once, and done."""
    seller, buyer, _ = shop
    order = buyer.reserve(seller.sell())
    payments = split.processes["payments"]
    with paying(split, buyer, order):
        payments.kill()
    assert payment_of(split, order)["status"] == "pending"
    # As if it had happened a while ago.
    ago = {"waitingSince": datetime.now(UTC) - timedelta(minutes=1)}
    documents = split.database("payments")["payments"]
    documents.update_one({"orderId": order["id"]}, {"$set": ago})
    payments.start().wait_until_ready()
    buyer.until(order, "complete")
    assert len(split.intents(order["id"])) == 1
    assert split.kept(order["id"]) == PRICE


def test_a_charge_whose_process_died_is_found_by_its_webhook(split, shop):
    """The genuine event, sent twice, makes the payment known, once."""
    seller, buyer, _ = shop
    order = buyer.reserve(seller.sell())
    payments = split.processes["payments"]
    with paying(split, buyer, order):
        payments.kill()
    payments.start().wait_until_ready()
    (intent,) = split.intents(order["id"])
    events = split.stripe.v1.events.list({"limit": 100}).auto_paging_iter()
    event = next(
        event
        for event in events
        if event.type == "payment_intent.succeeded"
        and event.data.object.id == intent.id
    )
    body = json.dumps(event.to_dict()).encode()
    for _ in range(2):
        response = buyer.http.post(
            "/api/payments/webhook", content=body, headers=signed(split, body)
        )
        assert response.status_code == 200, response.text
    buyer.until(order, "complete")
    said = [message.subject for message in Bus(split).messages(order["id"])]
    assert said.count("payment.created") == 1
    assert split.kept(order["id"]) == PRICE


def test_a_refund_is_made_once_and_frees_the_ticket(split, shop):
    """By RPC, twice: the money goes back once and the ticket is for sale again."""
    seller, buyer, other = shop
    ticket = seller.sell()
    order = buyer.buy(ticket)
    with split.rpc() as rpc:
        for _ in range(2):
            refunded = rpc.payments.refund(order["id"], "rained off")
            assert refunded["status"] == "refunded"
    assert buyer.until(order, "cancelled")["version"] == 2
    assert split.kept(order["id"]) == 0
    other.buy(buyer.until_free(ticket))
