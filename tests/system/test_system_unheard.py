"""What a process has not heard of: the database is asked, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from system_books import Books
from system_control import eventually
from system_people import Person, message_of

ROW = ["A-1", "A-2", "A-3", "A-4"]


def refusal_of(response):
    assert response.status_code == 400, response.text
    return message_of(response)


def picture(person, ticket):
    return "".join(person.seats(ticket).values())


def test_without_the_bus_units_are_sold_once_and_free_ones_are_found(market, people):
    """By processes that hear nothing of each other; later they know it all."""
    seller, buyer, other = people
    ticket = seller.sell(seats=ROW)
    assert picture(seller, ticket) == "...."
    with market.gates["NATS_URL"].away():
        first = buyer.reserve(ticket, quantity=3)
        refused = other.ask_for(ticket, {"quantity": 2})
        assert refusal_of(refused) == "Only 1 left right now"
        refused = other.ask_for(ticket, {"seats": ["A-1", "A-4"]})
        assert refusal_of(refused) == "Seat A-1 is gone"
        assert buyer.cancel(first).status_code == 204
        eventually(lambda: other.ask_for(ticket, {"quantity": 4}).status_code == 201)
        assert refusal_of(buyer.ask_for(ticket)) == "None left right now"
        assert Books(market).held(ticket) == dict.fromkeys(ROW, 1)
    for _ in range(4):
        eventually(lambda: picture(seller, ticket) == "hhhh")
    seller.until_counted(ticket, held=4, available=0)


def test_a_process_started_in_the_middle_of_a_sale_sells_what_is_left(
    market, people, tmp_path
):
    """It has heard of nothing and believes for a moment that all is free."""
    seller, buyer, _ = people
    ticket = seller.sell(quantity=50)
    taken = buyer.reserve(ticket, quantity=10)["units"]
    taken += buyer.buy(ticket, quantity=10)["units"]
    with market.another("orders", tmp_path) as third, Person(market, third) as late:
        for quantity in (10, 10, 9):
            taken += late.reserve(ticket, quantity=quantity)["units"]
        assert (
            refusal_of(late.ask_for(ticket, {"quantity": 2})) == "Only 1 left right now"
        )
        taken += late.reserve(ticket)["units"]
        assert refusal_of(late.ask_for(ticket)) == "None left right now"
    assert sorted(map(int, taken)) == list(range(1, 51))


@pytest.fixture
def alone(split):
    """A seller and a buyer where there is one process of orders."""
    with Person(split) as seller, Person(split) as buyer:
        yield seller, buyer


def test_a_listing_called_off_while_orders_are_away_ends_when_they_are_back(
    split, alone
):
    """Its seller need not wait for them."""
    seller, buyer = alone
    ticket = seller.sell(quantity=3)
    order = buyer.buy(ticket, quantity=2)
    seller.until_counted(ticket, sold=2)
    orders = split.processes["orders"]
    orders.kill()
    try:
        assert seller.call_off(ticket).status_code == 204
        assert seller.ticket(ticket)["cancelled"] is True
    finally:
        orders.start().wait_until_ready()
    buyer.until(order, "cancelled")
    eventually(lambda: split.kept(order["id"]) == 0)
    assert refusal_of(buyer.ask_for(ticket)) == "The seller has cancelled this"


def test_while_orders_are_away_a_title_can_be_changed_and_units_not_taken_off(
    split, alone
):
    """503: nobody could say whether they are somebody's."""
    seller, _ = alone
    ticket, hall = seller.sell(quantity=3), seller.sell(seats=ROW)
    orders = split.processes["orders"]
    orders.kill()
    try:
        assert seller.edit(ticket, quantity=2).status_code == 503
        assert seller.edit(hall, seats=ROW[:3]).status_code == 503
        changed = seller.edit(ticket | {"title": "Other"})
        assert (changed.status_code, changed.json()["quantity"]) == (200, 3)
    finally:
        orders.start().wait_until_ready()
    assert eventually(lambda: seller.edit(ticket, quantity=2).status_code == 200)


def test_who_reserves_while_a_listing_is_called_off_keeps_nothing(market, people):
    """Whether it was a moment before or after: no unit is held, and no money kept."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=100)

    def buy(number):
        person = (buyer, other)[number % 2]
        answer = person.ask_for(ticket, {"quantity": 2})
        if answer.status_code == 201:
            person.pay(answer.json())
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        bought = pool.map(buy, range(40))
        buyer.reserve(ticket)
        assert seller.call_off(ticket).status_code == 204
        assert {*bought} <= {201, 400}
    books = Books(market)
    eventually(lambda: not books.held(ticket))
    orders = books.orders(ticket)
    assert orders
    eventually(lambda: not any(market.money()[order_id] for order_id in orders))
    assert {order["status"] for order in books.orders(ticket).values()} == {"cancelled"}
    seller.until_counted(ticket, held=0, sold=0, available=0)
