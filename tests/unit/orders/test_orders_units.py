"""Orders for several units: so many, or these seats; all of them or none."""

from datetime import timedelta

import pytest
from unit_doubles import ANN, BOB, EVE, NOW

from orders.listing import Listing
from ticketing.contract import Occasion
from ticketing.layout import Layout

EVENT = Occasion(name="Gala", starts_at="2026-02-01T20:00:00.000Z")


def ask(desk, ticket_id, user=BOB, key=None, **wish):
    headers = {"Idempotency_Key": key} if key else {}
    body = {"ticketId": ticket_id, **wish}
    return desk.site.post("/api/orders", body, user=user, **headers)


@pytest.fixture
def ten(desk):
    return desk.sell(layout=Layout.of_quantity(10))


@pytest.fixture
def seats(desk):
    labels = [f"{row}-{number}" for row in "AB" for number in range(1, 5)]
    return desk.sell(layout=Layout.of_labels(labels), seated=True)


def test_an_order_for_several_units_names_and_sums_them(desk, ten):
    order = ask(desk, ten, quantity=4).json
    assert (order["quantity"], order["total"]) == (4, 78)
    assert order["ticket"]["price"] == 19.5
    assert len(set(order["units"])) == 4
    told = desk.orders.events[-1].data
    assert (told["units"], told["total"]) == (order["units"], 78)


def test_without_a_wish_it_is_one_unit(desk, ten):
    assert ask(desk, ten).json["quantity"] == 1


def test_all_units_can_be_sold_and_none_more(desk, ten):
    orders = [ask(desk, ten, quantity=n).json for n in (4, 3, 3)]
    units = [unit for order in orders for unit in order["units"]]
    assert sorted(map(int, units)) == list(range(1, 11))
    answer = ask(desk, ten, EVE)
    assert (answer.status, answer.messages) == (400, ["None left right now"])
    assert answer.fields == {"quantity"}


def test_fewer_units_than_wanted_are_not_given(desk, ten):
    ask(desk, ten, quantity=8)
    answer = ask(desk, ten, EVE, quantity=3)
    assert (answer.status, answer.messages) == (400, ["Only 2 left right now"])
    assert desk.site.get("/api/orders", user=EVE).json == []
    assert ask(desk, ten, EVE, quantity=2).status == 201


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_the_units_of_an_order_that_ends_are_on_sale_at_once(desk, ten, end):
    order = ask(desk, ten, quantity=10).json
    if end == "cancel":
        desk.site.delete(f"/api/orders/{order['id']}", user=BOB)
    else:
        desk.expire(order["id"])
    assert ask(desk, ten, EVE, quantity=10).status == 201


def test_these_very_seats_are_held(desk, seats):
    order = ask(desk, seats, seats=["A-3", "B-1"]).json
    assert (order["units"], order["quantity"]) == (["A-3", "B-1"], 2)


def test_if_one_seat_is_gone_none_is_held_and_the_gone_ones_are_named(desk, seats):
    ask(desk, seats, seats=["A-2", "A-3"])
    answer = ask(desk, seats, EVE, seats=["A-1", "A-2", "A-3", "A-4"])
    assert (answer.status, answer.fields) == (400, {"seats"})
    assert answer.messages == ["Seats A-2, A-3 are gone"]
    assert ask(desk, seats, EVE, seats=["A-1", "A-4"]).status == 201


def test_one_gone_seat_is_named(desk, seats):
    ask(desk, seats, seats=["A-2"])
    assert ask(desk, seats, EVE, seats=["A-2"]).messages == ["Seat A-2 is gone"]


def test_who_has_a_seat_is_not_searched_for_where_it_is_known(desk, seats, monkeypatch):
    """Some servers read every order for a listing to find that out."""
    ask(desk, seats, seats=["A-2", "A-3"])
    searches = []
    monkeypatch.setattr(
        desk.orders, "holders_of", lambda *asked: searches.append(asked)
    )
    assert ask(desk, seats, EVE, seats=["A-3"]).messages == ["Seat A-3 is gone"]
    assert searches == []


def test_so_many_seats_are_given_side_by_side(desk, seats):
    ask(desk, seats, seats=["A-2"])
    assert ask(desk, seats, EVE, quantity=3).json["units"] == ["A-3", "A-4", "B-1"]
    assert ask(desk, seats, EVE, quantity=2).json["units"] == ["B-2", "B-3"]
    assert ask(desk, seats, EVE, quantity=2).json["units"] == ["A-1", "B-4"]


WRONG = [
    ({"quantity": 0}, "quantity", "whole number from 1"),
    ({"quantity": -1}, "quantity", "whole number from 1"),
    ({"quantity": 1.5}, "quantity", "whole number from 1"),
    ({"quantity": "2"}, "quantity", "whole number from 1"),
    ({"quantity": 11}, "quantity", "An order may have at most 10"),
    ({"seats": []}, "seats", "a list of 1"),
    ({"seats": ["A-1", "A-1"]}, "seats", "A-1 stands twice"),
    ({"seats": ["Z-1"]}, "seats", "Seat Z-1 is not here"),
    ({"seats": ["Z-1", "A-1", "Z-2"]}, "seats", "Seats Z-1, Z-2 are not here"),
    ({"seats": ["A-1"], "quantity": 1}, "seats", "quantity or seats, not both"),
    ({"seats": [{"$gt": ""}]}, "seats", "a list of 1"),
]


@pytest.mark.parametrize(("wish", "field", "words"), WRONG)
def test_what_cannot_be_ordered_is_refused_by_its_name(desk, seats, wish, field, words):
    answer = ask(desk, seats, **wish)
    assert (answer.status, answer.fields) == (400, {field})
    assert words in answer.messages[0]
    assert desk.orders.events == []


def test_seats_are_not_asked_for_where_there_are_none(desk, ten):
    answer = ask(desk, ten, seats=["1"])
    assert answer.messages == ["There are no numbered seats here: send a quantity"]


def test_an_order_that_costs_too_much_is_refused(desk):
    dear = desk.sell(price=99_999_999, layout=Layout.of_quantity(5))
    assert ask(desk, dear, quantity=2).fields == {"quantity"}
    assert ask(desk, dear).status == 201


@pytest.mark.parametrize(
    ("currency", "price", "least"),
    [
        ("usd", 25, "0.50 USD"),
        ("eur", 25, "0.50 EUR"),
        ("gbp", 15, "0.30 GBP"),
        ("jpy", 25, "50 JPY"),
    ],
)
def test_an_order_costs_at_least_what_cards_are_charged(desk, currency, price, least):
    cheap = desk.sell(price=price, currency=currency, layout=Layout.of_quantity(5))
    answer = ask(desk, cheap)
    assert (answer.status, answer.fields) == (400, {"quantity"})
    refusal = f"An order must cost at least {least}: cards cannot be charged less"
    assert answer.messages == [refusal]
    assert desk.orders.events == []
    assert ask(desk, cheap, quantity=2).status == 201


def test_seats_that_cost_too_little_are_refused_by_their_name(desk):
    cheap = desk.sell(price=1, layout=Layout.of_labels(["A-1", "A-2"]), seated=True)
    assert ask(desk, cheap, seats=["A-1", "A-2"]).fields == {"seats"}


def test_an_order_has_the_currency_of_its_listing_and_keeps_it(desk):
    yen = desk.sell(price=1200, currency="jpy", layout=Layout.of_quantity(5))
    order = ask(desk, yen, quantity=3).json
    assert (order["ticket"]["price"], order["total"]) == (1200, 3600)
    assert order["currency"] == desk.orders.events[-1].data["currency"] == "jpy"
    desk.tell(yen, currency="usd", price=9)
    assert desk.rpc.get_order(order["id"]) == order
    assert ask(desk, yen).json["currency"] == "usd"


def test_a_listing_that_was_copied_without_a_currency_is_sold_in_dollars(desk, ten):
    ask(desk, ten)
    copy = desk.orders.tickets.find(ten)
    del copy["currency"]
    assert Listing.of(ten, copy).currency == "usd"


def test_nothing_is_sold_before_its_sale_or_after_it_began(desk):
    ticket_id = desk.sell(event=EVENT, on_sale_at=NOW + timedelta(hours=1))
    assert ask(desk, ticket_id).messages == ["The sale is not open yet"]
    desk.clock.advance(hours=1)
    assert ask(desk, ticket_id).status == 201
    desk.clock.now = NOW + timedelta(days=3)
    assert "already begun" in ask(desk, ticket_id, EVE).messages[0]


def test_the_same_request_again_is_the_same_units(desk, ten):
    first = ask(desk, ten, quantity=6, key="k1").json
    again = ask(desk, ten, quantity=6, key="k1")
    assert (again.status, again.json) == (201, first)
    assert ask(desk, ten, quantity=5, key="k1").status == 422


def test_the_same_request_gets_its_answer_when_the_sale_is_over(desk, ten):
    first = ask(desk, ten, quantity=10, key="k1").json
    assert ask(desk, ten, quantity=10, key="k1").json == first
    desk.tell(ten, cancelled=True)
    assert ask(desk, ten, quantity=10, key="k1").json == first
    assert ask(desk, ten).messages == ["The seller has cancelled this"]


def test_a_listing_that_shrinks_sells_no_more_than_it_has(desk, ten):
    """Somebody takes units while they are being taken off."""
    early = ask(desk, ten, quantity=3).json["units"]
    off = [unit for unit in Layout("1~10").labels if unit not in early]
    desk.tell(ten, layout=Layout.of_labels(off).text)
    got = []
    while (answer := ask(desk, ten)).status == 201:
        got += answer.json["units"]
    assert len(got) == len(off) - 3
    assert set(got) <= set(off)


def test_a_listing_that_grows_sells_the_new_units(desk, ten):
    ask(desk, ten, quantity=10)
    desk.tell(ten, layout="1~12")
    assert ask(desk, ten, quantity=2).json["units"] == ["11", "12"]


def test_the_seats_of_a_listing_are_told_free_held_and_sold(desk, seats):
    held = ask(desk, seats, seats=["A-1", "A-2"]).json
    sold = ask(desk, seats, seats=["B-4"]).json
    desk.complete(sold["id"])
    told = desk.rpc.unit_states(seats)
    told_of_seats = {"layout": "A-1~4;B-1~4", "states": "hh.....s", "seated": True}
    assert told == told_of_seats
    desk.rpc.cancel_order(held["id"])
    assert desk.rpc.unit_states(seats)["states"] == ".......s"


def test_spare_units_are_those_from_the_end_that_nobody_holds(desk, seats):
    ask(desk, seats, seats=["B-3"])
    assert desk.rpc.spare_units(seats, 3) == ["B-4", "B-2", "B-1"]
    assert desk.rpc.spare_units(seats, 99)[-1] == "A-1"


def test_taken_units_are_those_that_somebody_holds(desk, seats):
    ask(desk, seats, ANN, seats=["B-3", "A-1"])
    assert desk.rpc.taken_units(seats, ["A-1", "A-2", "B-3"]) == ["A-1", "B-3"]
