"""Buying of a listing that has several units, and what the pages say about it."""

import re

import pytest
from web_markup import told
from web_several import EVENT, numbers, reserve, sell

from ticketing.errors import UnavailableError


@pytest.fixture
def listing(world):
    return sell(world)


def test_an_event_of_the_same_name_is_named_once(world, buyer):
    """Its card is there for what it says beside the name."""
    event = EVENT | {"name": "Opera"}
    for description, cards in (("Doors open at 19:00", 1), ("", 0)):
        told_of = event | {"description": description}
        ticket = world.sell("Opera", 20, quantity=2, event=told_of)
        page = buyer.read(f"/tickets/{ticket['id']}")
        assert page.count("Opera</h") == 1
        assert page.count('class="card event"') == cards


def test_a_listing_tells_its_event_and_what_is_left(world, buyer, listing):
    page = told(buyer.get(f"/tickets/{listing['id']}"))
    assert "Wednesday, 1 July 2026, 20:00 Berlin time , State Opera" in page
    assert "Rigoletto &lt;live&gt;" in page
    assert "at 19:00 &amp; not before" in page
    assert "12 tickets left, at most 5 in one order" in page
    assert "$19.99 each" in page


def test_no_more_can_be_chosen_than_an_order_may_have_or_is_left(world, buyer, listing):
    path = f"/tickets/{listing['id']}"
    assert numbers(buyer.read(path)) == [1, 2, 3, 4, 5]
    other = world.visitor("other@example.com")
    for quantity in (5, 5):
        world.orders.create_order(other.id, listing["id"], quantity)
    assert numbers(buyer.read(path)) == [1, 2]


def test_several_are_reserved_paid_and_listed_with_their_total(world, buyer, listing):
    answer = reserve(buyer, listing, quantity="3")
    path = answer.headers["Location"]
    page = told(buyer.get(path))
    assert "Pay for your tickets" in page
    assert "3 tickets at $19.99" in page
    assert "Pay $59.97" in page
    assert "Seat" not in page
    buyer.post(f"{path}/pay", {"token": "tok_visa"})
    page = told(buyer.get(path))
    assert "The tickets are yours" in page
    assert "You have paid $59.97" in page
    assert f'<a class="button" href="{path}/passes">Your passes</a>' in buyer.read(path)
    assert re.search(r"Opera 3 tickets, .* \$59\.97 Yours", told(buyer.get("/orders")))


def test_a_quantity_that_cannot_be_had_is_told_beside_its_field(world, buyer, listing):
    """What was chosen stays chosen; the listing stays for sale."""
    for _ in range(2):
        world.orders.create_order(buyer.id, listing["id"], 5)
    world.tickets.count(listing["id"], [])
    answer = reserve(buyer, listing, quantity="3")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert '<a href="#quantity">Only 2 left right now</a>' in page
    assert '<option value="3" selected>' in page
    assert "of these until" in told(answer)
    answer = reserve(buyer, listing, quantity="many")
    assert "How many must be a whole number from 1 to 1000" in told(answer)


def test_a_refusal_is_told_when_nothing_is_left_to_choose(world, buyer, listing):
    """No link to a field that is not there."""
    for quantity in (5, 5, 2):
        world.orders.create_order(world.visitor("x@y.zz").id, listing["id"], quantity)
        world.auth.things.clear()
    answer = reserve(buyer, listing, quantity="1")
    page = told(answer)
    assert answer.status_code == 400
    assert "Only 0 left right now" in page
    assert "12 are held by people who have not paid yet and may come back" in page


def test_orders_that_are_away_make_no_listing_look_taken(
    world, buyer, listing, ticket, monkeypatch
):
    """A service that did not answer has not said that somebody was faster."""

    def away(*_, **__):
        raise UnavailableError

    monkeypatch.setattr(world.orders, "create_order", away)
    for wanted in (listing, ticket):
        answer = reserve(buyer, wanted, quantity="1")
        assert answer.status_code == 503
        assert "For sale" in told(answer)


def test_an_order_whose_listing_was_cancelled_says_so(world, buyer, listing):
    order = world.orders.create_order(buyer.id, listing["id"], 2)["id"]
    world.orders.end(order, "listing cancelled")
    assert "still for sale" in told(buyer.get(f"/orders/{order}"))
    world.tickets.things[listing["id"]]["cancelled"] = True
    page = told(buyer.get(f"/orders/{order}"))
    assert "still for sale" not in page
    assert "The seller has cancelled this" in page
    assert "Nothing was charged" in page
    assert "Cancelled by the seller" in told(buyer.get("/orders"))
    world.payments.away = True
    page = told(buyer.get(f"/orders/{order}"))
    assert "If you had paid, you get all your money back" in page
