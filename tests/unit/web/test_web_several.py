"""Buying of a listing that has several units, and what the pages say about it."""

import re

import pytest
from web_markup import told

from ticketing.errors import UnavailableError
from web.views import SHOWN

EVENT = {
    "name": "Rigoletto <live>",
    "venue": "State Opera",
    "startsAt": "2026-07-01T18:00:00Z",
    "timezone": "Europe/Berlin",
    "description": "Doors open\nat 19:00 & not before",
}
LATER = "2026-03-01T09:00:00Z"


@pytest.fixture
def listing(world):
    return world.sell("Opera", 19.99, quantity=12, max_per_order=5, event=EVENT)


@pytest.fixture
def hall(world):
    return world.sell("Opera", 20, seats=["A-1", "A-2", "B-1"])


def reserve(buyer, ticket, **form):
    return buyer.post(f"/tickets/{ticket['id']}/reserve", form)


def numbers(page):
    """What the choice of a quantity offers."""
    return [int(n) for n in re.findall(r'<option value="(\d+)"', page)]


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


def newest(page):
    """What the form says of the buyer's orders so far."""
    return re.search(r'name="newest" value="([^"]*)"', page)[1]


def test_a_form_that_is_sent_twice_reserves_once(world, buyer, listing):
    form = {"quantity": "2", "newest": newest(buyer.read(f"/tickets/{listing['id']}"))}
    first, second = (reserve(buyer, listing, **form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(world.orders.things) == 1


def test_the_form_of_another_window_holds_nothing_more(world, buyer, listing):
    path = f"/tickets/{listing['id']}"
    form = {"quantity": "2", "newest": newest(buyer.read(path))}
    reserve(buyer, listing, **form)
    answer = reserve(buyer, listing, **form | {"quantity": "3"})
    assert answer.headers["Location"] == path
    assert "You are holding 2 tickets of these" in told(buyer.get(path))


@pytest.mark.parametrize("cancels", [True, False])
def test_the_page_shown_anew_reserves_anew(world, buyer, listing, cancels):
    path = f"/tickets/{listing['id']}"
    for _ in range(2):
        form = {"quantity": "2", "newest": newest(buyer.read(path))}
        order = reserve(buyer, listing, **form).headers["Location"]
        if cancels:
            buyer.post(f"{order}/cancel")
    assert len(world.orders.things) == 2


def test_one_may_have_several_orders_and_finds_the_one_to_pay(world, buyer, listing):
    """Reserving again is no double click: it holds more."""
    page = f"/tickets/{listing['id']}"
    first, second = (reserve(buyer, listing, quantity="2") for _ in range(2))
    orders = [answer.headers["Location"] for answer in (first, second)]
    assert orders[0] != orders[1]
    world.orders.complete(orders[1].rpartition("/")[2])
    assert "You are holding 2 tickets of these until 12:15 UTC" in told(buyer.get(page))
    assert f'href="{orders[0]}">Go to your order' in buyer.read(page)
    assert numbers(buyer.read(page)) == [1, 2, 3, 4, 5]
    world.orders.complete(orders[0].rpartition("/")[2])
    assert "You have bought 2 tickets of these" in told(buyer.get(page))
    assert "of these" not in told(world.visitor("x@example.com").get(page))


def test_each_of_ones_orders_is_told_what_is_to_be_paid_first(world, buyer, listing):
    """But for those that have ended, and of many only some, with the way to all."""
    page = f"/tickets/{listing['id']}"
    orders = []
    for quantity in ("1", "2", "3", "4"):
        answer = reserve(buyer, listing, quantity=quantity)
        orders.append(answer.headers["Location"])
    world.orders.complete(orders[3].rpartition("/")[2])
    buyer.post(f"{orders[1]}/cancel")
    shown = re.findall(r'href="(/orders/\w+)">', buyer.read(page))
    assert shown == [orders[2], orders[0], orders[3]]
    words = told(buyer.get(page))
    assert "holding 3 tickets" in words
    assert "holding 1 ticket of" in words
    assert "bought 4 tickets" in words
    for _ in range(SHOWN - 2):
        reserve(buyer, listing, quantity="1")
    shown = re.findall(r'href="(/orders/\w+)">', buyer.read(page))
    assert len(shown) == SHOWN
    assert "All your orders" in told(buyer.get(page))


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


def test_seats_are_chosen_by_name_or_left_to_the_shop(world, buyer, hall):
    answer = reserve(buyer, hall, seats="B-1, A-1", quantity="")
    page = told(buyer.get(answer.headers["Location"]))
    assert "Seats B-1, A-1" in page
    assert "2 tickets at $20.00" in page
    answer = reserve(buyer, hall, seats="", quantity="1")
    assert "Seat A-2" in told(buyer.get(answer.headers["Location"]))


def test_seats_that_are_gone_are_named_and_the_choice_is_kept(world, buyer, hall):
    world.orders.create_order(buyer.id, hall["id"], seats=["A-1"])
    answer = reserve(buyer, hall, seats="A-1, B-1", quantity="")
    assert answer.status_code == 400
    assert "Seats A-1 are gone" in told(answer)
    assert 'value="A-1, B-1"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("form", [{}, {"quantity": " "}, {"quantity": "1"}])
def test_a_hall_without_a_choice_of_seats_gives_none_by_chance(
    world, buyer, hall, form
):
    answer = reserve(buyer, hall, seats=" ", **form)
    assert (answer.status_code == 303) == (form == {"quantity": "1"})
    if answer.status_code == 400:
        assert "Choose your seats, or say how many you want" in told(answer)
        assert not world.orders.things


def test_numbered_seats_are_told_as_seats(world, buyer):
    """Unlike the numbers of units that are no seats; also while it is not known."""
    hall = world.sell("Hall", 20, seats=["17", "18"])
    floor = world.sell("Floor", 20, quantity=2)
    for ticket, seats in ((hall, ["17"]), (floor, None)):
        order = world.orders.create_order(buyer.id, ticket["id"], seats=seats)
        path = f"/orders/{order['id']}"
        assert ("Seat 17" in told(buyer.get(path))) == (ticket is hall)
        world.tickets.away = True
        page = told(buyer.get(path))
        assert "Seat" not in page
        assert "Pay for your ticket" in page
        world.tickets.away = False


@pytest.mark.parametrize("done", [False, True])
def test_a_part_that_was_refunded_is_told_beside_what_is_left(world, buyer, hall, done):
    order = world.orders.create_order(buyer.id, hall["id"], seats=["A-1", "B-1"])["id"]
    world.orders.complete(order)
    world.payments.refund(order, ["B-1"], "it rained", done=done)
    if done:
        world.orders.things[order] |= {
            "units": ["A-1"],
            "quantity": 1,
            "total": 20,
            "refunded": ["B-1"],
        }
    page = told(buyer.get(f"/orders/{order}"))
    assert "You have paid $40.00" in page
    way = "went back" if done else "is on its way back"
    assert f"$20.00 {way} to your card for Seat B-1. The reason: it rained." in page
    assert ("1 refunded" in told(buyer.get("/orders"))) == done
    world.payments.away = True
    page = told(buyer.get(f"/orders/{order}"))
    assert ("The money for 1 ticket went back to your card" in page) == done


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
