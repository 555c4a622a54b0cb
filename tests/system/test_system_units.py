"""Listings of many units, sold by two processes: each unit once, and all of them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from system_books import Books, counts_of
from system_control import eventually
from system_people import Person, message_of
from system_rush import BUYERS, EACH, NONE_LEFT, UNITS, Rush

from ticketing.ids import new_id

FAR = datetime(2099, 1, 1, tzinfo=UTC)


def test_two_hundred_who_want_four_each_buy_all_five_hundred(market, second, people):
    """Every unit once, nothing held in the end, and everybody has counted so."""
    seller, _, _ = people
    ticket = seller.sell(price=1, quantity=UNITS)
    rush = Rush(market, ticket, [market.processes["orders"], second])
    asyncio.run(rush.run())
    seller.until_counted(ticket, sold=UNITS, held=0, available=0)
    books = Books(market)
    assert books.held(ticket) == dict.fromkeys(map(str, range(1, UNITS + 1)), 1)
    orders = books.orders(ticket)
    complete = {o for o, order in orders.items() if order["status"] == "complete"}
    assert complete == set(rush.bought)
    assert counts_of(orders, ticket["id"]) == (0, UNITS)
    money = market.money()
    assert {money[order_id] for order_id in complete} == {EACH * 100}
    with market.rpc() as rpc:
        sales = rpc.orders.get_sales(ticket["id"], seller.id)
    assert (sales["sold"], sales["held"], sales["earned"]) == (UNITS, 0, UNITS)


def put_aside(market, ticket, units):
    """As if others had bought them: this process has never heard of it."""
    orders = market.database("orders")["orders"]
    for start in range(0, len(units), 1000):
        part = units[start : start + 1000]
        orders.insert_one(
            {
                "_id": new_id(),
                "version": 1,
                "userId": new_id(),
                "status": "complete",
                "expiresAt": FAR,
                "ticket": {"id": ticket["id"], "title": "A seat", "price": 2000},
                "units": part,
                "outbox": [],
            }
        )


def test_the_last_units_of_a_hundred_thousand_are_found(market, people):
    """Wherever they are; then none is left, for whoever asks at whichever process."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=100_000)
    left = {str(number) for number in range(777, 100_000, 9999)}
    every = map(str, range(1, 100_001))
    put_aside(market, ticket, [unit for unit in every if unit not in left])
    found = [buyer.reserve(ticket, quantity=3)["units"]]
    found += [other.reserve(ticket, quantity=quantity)["units"] for quantity in (5, 1)]
    for person in (buyer, other):
        refused = person.ask_for(ticket, {"quantity": 2})
        assert (refused.status_code, message_of(refused)) == (
            400,
            "Only 1 left right now",
        )
    found.append(buyer.reserve(ticket)["units"])
    assert sorted(unit for units in found for unit in units) == sorted(left)
    for person in (buyer, other):
        refused = person.ask_for(ticket)
        assert (refused.status_code, message_of(refused)) == (400, NONE_LEFT)


def in_a_moment(person, ticket, quantity):
    """Reserves as soon as the person's process has heard that it can."""

    def reserved():
        answer = person.ask_for(ticket, {"quantity": quantity})
        return answer.json() if answer.status_code == 201 else None

    return eventually(reserved)


def test_units_of_a_cancelled_order_are_on_sale_again_at_once(people):
    """At the process that heard it first, and a moment later at the other one."""
    seller, buyer, other = people
    for _ in range(5):
        ticket = seller.sell(quantity=4)
        order = buyer.reserve(ticket, quantity=4)
        assert message_of(other.ask_for(ticket)) == NONE_LEFT
        assert buyer.cancel(order).status_code == 204
        again = buyer.reserve(ticket, quantity=3)
        assert buyer.cancel(again).status_code == 204
        taken = in_a_moment(other, ticket, 4)
        assert sorted(taken["units"]) == ["1", "2", "3", "4"]


def test_units_of_an_expired_order_are_on_sale_again_at_once(split):
    """As soon as its end can be seen."""
    with Person(split) as seller, Person(split) as buyer, Person(split) as other:
        ticket = seller.sell(quantity=3)
        order = buyer.reserve(ticket, quantity=3)
        assert message_of(other.ask_for(ticket)) == NONE_LEFT
        buyer.until(order, "cancelled")
        taken = other.reserve(ticket, quantity=3)
        assert sorted(taken["units"]) == ["1", "2", "3"]
        other.cancel(taken)


def shrunk(seller, ticket, quantity):
    """Edits as soon as the cancelled orders are counted and nobody is in between."""

    def edited():
        answer = seller.edit(ticket, quantity=quantity)
        assert answer.status_code in {200, 400, 503}, answer.text
        return answer.json() if answer.status_code == 200 else None

    return eventually(edited)


def test_what_was_taken_off_is_not_sold_a_moment_later(people):
    """When the seller hears that it is done, it is done at every process."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=12, maxPerOrder=12)
    for quantity in (9, 7, 5):
        left = {str(number) for number in range(1, quantity + 1)}
        assert shrunk(seller, ticket, quantity)["quantity"] == quantity
        for person in (buyer, other):
            refused = person.ask_for(ticket, {"quantity": quantity + 1})
            assert refused.status_code == 400, refused.text
            order = in_a_moment(person, ticket, quantity)
            assert set(order["units"]) == left
            assert person.cancel(order).status_code == 204


def test_an_edit_in_the_middle_of_a_sale_leaves_what_it_says(people):
    """And no more than those who were asking for one in that very moment."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=40, maxPerOrder=1)

    def buy(number):
        return (buyer, other)[number % 2].ask_for(ticket).status_code

    with ThreadPoolExecutor(4) as pool:
        bought = pool.map(buy, range(15))
        assert pool.submit(shrunk, seller, ticket, 20).result()["quantity"] == 20
        assert list(bought) == [201] * 15
        assert {*pool.map(buy, range(30))} <= {201, 400}
    eventually(lambda: message_of(buyer.ask_for(ticket)) == NONE_LEFT)
    held = Books(seller.system).held(ticket)
    assert set(held.values()) == {1}
    assert 20 <= len(held) <= 20 + 3
    assert seller.until_counted(ticket, held=len(held))["quantity"] == 20


def test_counts_are_right_after_the_service_that_counts_was_killed(market, people):
    """In the middle of two hundred orders, for more than a listing remembers."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=1000)
    early = buyer.reserve(ticket, quantity=3)
    counter = market.processes["tickets"]

    def trade(number):
        person = (buyer, other)[number % 2]
        order = person.reserve(ticket, quantity=1 + number % 3)
        if number % 4 == 0:
            assert person.cancel(order).status_code == 204
        if number % 8 == 1:
            assert person.pay(order).status_code == 201
        if number in {60, 120}:
            counter.kill()
            counter.start()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(trade, range(BUYERS)))
    buyer.cancel(early)
    counter.wait_until_ready()
    books = Books(market)
    paid = {payment["orderId"] for payment in books.payments().values()}
    orders = books.orders(ticket)
    assert len(orders) == BUYERS + 1
    for order_id in paid & orders.keys():
        eventually(lambda o=order_id: books.orders(ticket)[o]["status"] == "complete")
    held, sold = counts_of(books.orders(ticket), ticket["id"])
    assert min(held, sold) > 0
    eventually(lambda: books.has_heard_all(ticket))
    counts = {"held": held, "sold": sold, "available": 1000 - held - sold}
    assert seller.ticket(ticket).items() >= counts.items()
