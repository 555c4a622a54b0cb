"""Money that goes back: of some units, of an order, of a whole listing."""

import threading
from contextlib import contextmanager

import pytest
from system_books import Books
from system_bus import Bus
from system_control import eventually
from system_people import message_of

PRICE = 2000
ROW = ["A-1", "A-2", "A-3", "A-4"]


def passes_by_unit(buyer, order):
    return {each["unit"]: each for each in buyer.passes(order)}


@contextmanager
def paying(system, buyer, order):
    """Inside, Stripe has the money and its answer is on the way; after, it arrives."""
    answers = []
    pay = threading.Thread(target=lambda: answers.append(buyer.pay(order)))
    with system.gates["STRIPE_API_BASE"].held():
        pay.start()
        eventually(lambda: system.kept(order["id"]) > 0)
        yield answers
    pay.join()


@pytest.fixture
def sold(people):
    """A hall of which a buyer has bought every seat."""
    seller, buyer, _ = people
    ticket = seller.sell(seats=ROW)
    return ticket, buyer.buy(ticket, seats=ROW)


def test_some_units_are_refunded_and_sold_again(market, people, sold):
    """Their money goes back, and they are somebody else's; the others stay."""
    (seller, buyer, other), (ticket, order) = people, sold
    answer = seller.refund(order, units=["A-2", "A-3"], reason="too near the drums")
    assert answer.status_code == 200, answer.text
    reduced = eventually(lambda: _with(buyer.order(order), "refunded"))
    assert reduced == order | {
        "version": 2,
        "quantity": 2,
        "units": ["A-1", "A-4"],
        "total": 40,
        "refunded": ["A-2", "A-3"],
    }
    assert market.kept(order["id"]) == 2 * PRICE
    seller.until_counted(ticket, sold=2, held=0, available=2)
    assert other.buy(ticket, quantity=2)["units"] == ["A-2", "A-3"]
    assert Books(market).held(ticket) == dict.fromkeys(ROW, 1)
    seller.until_counted(ticket, sold=4, held=0, available=0)


def _with(found, name):
    return found if name in found else None


def test_a_refunded_pass_is_refused_at_the_door_and_the_others_are_not(people, sold):
    """Also the pass that the next owner of the seat has got is another one."""
    (seller, buyer, other), (ticket, order) = people, sold
    before = passes_by_unit(buyer, order)
    assert seller.refund(order, units=["A-2"]).status_code == 200
    eventually(lambda: _with(buyer.order(order), "refunded"))
    after = passes_by_unit(buyer, order)
    assert {unit: each["status"] for unit, each in after.items()} == {
        "A-1": "valid",
        "A-2": "refunded",
        "A-3": "valid",
        "A-4": "valid",
    }
    assert {u: p["id"] for u, p in after.items()} == {
        u: p["id"] for u, p in before.items()
    }
    (new,) = other.passes(other.buy(ticket, seats=["A-2"]))
    assert new["id"] != before["A-2"]["id"]
    outcomes = [
        seller.admit(each["id"], f"scan {n}", code=each["code"]).json()["outcome"]
        for n, each in enumerate([before["A-2"], before["A-1"], new])
    ]
    assert outcomes == ["refunded", "welcome", "welcome"]


def test_a_unit_is_refunded_once_however_often_it_is_asked_for(market, people, sold):
    """By itself, with others, and with all that is left."""
    (seller, buyer, _), (ticket, order) = people, sold
    for units, kept in ((["A-1"], 3), (["A-1"], 3), (["A-1", "A-2"], 2)):
        assert seller.refund(order, units=units).status_code == 200
        assert market.kept(order["id"]) == kept * PRICE
    for _ in range(2):
        assert seller.refund(order).status_code == 200
        assert market.kept(order["id"]) == 0
    ended = buyer.until(order, "cancelled")
    assert ended["refunded"] == ["A-1", "A-2"]
    seller.until_counted(ticket, sold=0, held=0, available=4)
    told = [m for m in Bus(market).messages(order["id"]) if "refund" in m.subject]
    assert [m.data["units"] for m in told] == [["A-1"], ["A-2"], ["A-3", "A-4"]]
    assert sum(m.data["amount"] for m in told) == 4 * PRICE


def test_a_refund_that_makes_no_sense_is_refused_and_changes_nothing(
    market, people, sold
):
    """400 naming the field, 401 for whoever does not sell it."""
    (seller, buyer, other), (ticket, order) = people, sold
    wrong = [["B-1"], ["A-1", "B-1"], ["A-1", "A-1"], [], "A-1", [1], {"$ne": 1}]
    for units in wrong:
        refused = seller.refund(order, units=units)
        assert refused.status_code == 400, refused.text
        assert [error["field"] for error in refused.json()["errors"]] == ["units"]
    assert (
        seller.refund(order, reason="x" * 201).json()["errors"][0]["field"] == "reason"
    )
    for person in (buyer, other):
        assert person.refund(order).status_code == 401
    for nowhere in ("5f" + "0" * 22, "x"):
        assert seller.refund({"id": nowhere}).status_code == 404
    assert buyer.order(order) == order
    assert market.kept(order["id"]) == 4 * PRICE
    seller.until_counted(ticket, available=0)


def test_what_was_never_paid_cannot_be_refunded(people):
    """400 for an open order and for one that was given up."""
    seller, buyer, _ = people
    order = buyer.reserve(seller.sell(quantity=2), quantity=2)
    assert message_of(seller.refund(order)) == "There is nothing to refund"
    assert buyer.order(order) == order
    buyer.cancel(order)
    assert message_of(seller.refund(order)) == "There is nothing to refund"


def test_calling_off_a_listing_ends_all_of_its_orders(market, people):
    """Paid ones are refunded, open ones end, a payment under way goes back."""
    seller, buyer, other = people
    ticket = seller.sell(seats=ROW)
    bought = other.buy(ticket, seats=["A-1"])
    part = buyer.buy(ticket, seats=["A-2", "A-3"])
    seller.refund(part, units=["A-2"])
    eventually(lambda: buyer.order(part)["quantity"] == 1)
    passes = [*other.passes(bought), *buyer.passes(part)]
    open_ = other.reserve(ticket, seats=["A-2"])
    in_flight = buyer.reserve(ticket, seats=["A-4"])
    with paying(market, buyer, in_flight):
        assert seller.call_off(ticket).status_code == 204
        buyer.until(in_flight, "cancelled")
    for person, order in ((other, bought), (buyer, part), (other, open_)):
        person.until(order, "cancelled")
    orders = [bought, part, open_, in_flight]
    eventually(lambda: not any(market.kept(order["id"]) for order in orders))
    assert buyer.order(in_flight)["status"] == "cancelled"
    copies = market.database("payments")["orders"]
    eventually(lambda: copies.find_one({"_id": open_["id"], "status": "cancelled"}))
    assert other.pay(open_).status_code == 400
    assert {seller.admit(each["id"]).json()["outcome"] for each in passes} == {
        "refunded"
    }
    seller.until_counted(ticket, held=0, sold=0, available=0, cancelled=True)
    assert Books(market).held(ticket) == {}


def test_a_listing_that_was_called_off_is_not_sold_any_more(market, people):
    """At no process, from the moment its seller hears that it is done."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=3)
    for answer in (seller.call_off(ticket), seller.call_off(ticket)):
        assert (answer.status_code, answer.content) == (204, b"")
    for person in (buyer, other):
        refused = person.ask_for(ticket)
        assert refused.status_code == 400
        assert message_of(refused) == "The seller has cancelled this"
    assert seller.edit(ticket, quantity=9).status_code == 400
    listed = buyer.http.get("/api/tickets?availability=all&order=desc&limit=200").json()
    assert ticket["id"] not in {each["id"] for each in listed}
    assert buyer.ticket(ticket)["cancelled"] is True
    assert Books(market).orders(ticket) == {}


def test_only_its_seller_calls_a_listing_off(people):
    """401, 404 for what is none, and it stays on sale."""
    seller, buyer, _ = people
    ticket = seller.sell(quantity=3)
    assert buyer.call_off(ticket).status_code == 401
    assert seller.call_off({"id": "5f" + "0" * 22}).status_code == 404
    assert buyer.ticket(ticket) == ticket
    buyer.reserve(ticket)


def test_calling_off_while_payments_are_away_goes_on_when_they_are_back(market, people):
    """Nothing is forgotten: the orders end as soon as the money can go back."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=4)
    orders = [(who, who.buy(ticket, quantity=2)) for who in (buyer, other)]
    payments = market.processes["payments"]
    payments.kill()
    try:
        assert seller.call_off(ticket).status_code == 204
        refused = buyer.ask_for(ticket)
        assert message_of(refused) == "The seller has cancelled this"
    finally:
        payments.start().wait_until_ready()
    for person, order in orders:
        person.until(order, "cancelled")
        eventually(lambda o=order: market.kept(o["id"]) == 0)
