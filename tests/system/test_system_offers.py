"""Listings with many units, seats, events and sale times: what is refused, and why."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from system_books import Books
from system_control import eventually
from system_people import Person

PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-06-01T20:00:00+02:00"
GALA = {"name": "Gala", "startsAt": FUTURE}


def gala(**changes):
    return {"event": GALA | changes}


# What no listing may say, the field that is named, and a word of the reason.
WRONG = [
    ({"quantity": 0}, "quantity", "whole number"),
    ({"quantity": -1}, "quantity", "whole number"),
    ({"quantity": 2.5}, "quantity", "whole number"),
    ({"quantity": "2"}, "quantity", "whole number"),
    ({"quantity": True}, "quantity", "whole number"),
    ({"quantity": 100_001}, "quantity", "100000"),
    ({"quantity": 10**30}, "quantity", "100000"),
    ({"maxPerOrder": 0}, "maxPerOrder", "whole number"),
    ({"maxPerOrder": 1001}, "maxPerOrder", "1000"),
    ({"maxPerOrder": "4"}, "maxPerOrder", "whole number"),
    ({"seats": []}, "seats", "50000"),
    ({"seats": "A-1"}, "seats", "list"),
    ({"seats": [1, 2]}, "seats", "list"),
    ({"seats": [None]}, "seats", "list"),
    ({"seats": [f"A-{n}" for n in range(50_001)]}, "seats", "50000"),
    ({"seats": ["A-1", "A-2", "A-1"]}, "seats", "A-1 stands twice"),
    ({"seats": ["A-1", ""]}, "seats", "letters"),
    ({"seats": ["A-1", " "]}, "seats", "letters"),
    ({"seats": [" A-1"]}, "seats", "letters"),
    ({"seats": ["A-1\n"]}, "seats", "letters"),
    ({"seats": ["A;1"]}, "seats", "letters"),
    ({"seats": ["A~1"]}, "seats", "letters"),
    ({"seats": ["<b>"]}, "seats", "letters"),
    ({"seats": ["A\0"]}, "seats", "letters"),
    ({"seats": ["x" * 21]}, "seats", "20"),
    ({"seats": ["A-1"], "quantity": 1}, "seats", "not both"),
    ({"event": "Gala"}, "event", "name and startsAt"),
    (gala(name=" "), "event.name", "name"),
    (gala(name="x" * 201), "event.name", "200"),
    (gala(venue="x" * 201), "event.venue", "200"),
    (gala(description="x" * 5001), "event.description", "5000"),
    (gala(startsAt=PAST), "event.startsAt", "future"),
    (gala(startsAt="2099-06-01T20:00:00"), "event.startsAt", "such as"),
    (gala(startsAt="2099-06-01"), "event.startsAt", "such as"),
    (gala(startsAt=4_000_000_000), "event.startsAt", "such as"),
    (gala(startsAt="9999-12-31T23:59:59-14:00"), "event.startsAt", "such as"),
    (gala(timezone="Mars/Olympus"), "event.timezone", "Europe/Berlin"),
    (gala(timezone="+02:00"), "event.timezone", "Europe/Berlin"),
    (gala(timezone="../../etc/passwd"), "event.timezone", "Europe/Berlin"),
    ({"onSaleAt": "2099-06-01T20:00:00"}, "onSaleAt", "such as"),
    ({"onSaleAt": "soon"}, "onSaleAt", "such as"),
    ({"onSaleAt": 4_000_000_000}, "onSaleAt", "such as"),
]
IDS = [f"{field} {str(body)[-30:]}" for body, field, _ in WRONG]
# What nobody may order of a hall of four seats, of which at most three at once.
WRONG_ORDERS = [
    ({"quantity": 0}, "quantity", "whole number"),
    ({"quantity": -1}, "quantity", "whole number"),
    ({"quantity": 2.5}, "quantity", "whole number"),
    ({"quantity": "2"}, "quantity", "whole number"),
    ({"quantity": True}, "quantity", "whole number"),
    ({"quantity": 1001}, "quantity", "1000"),
    ({"quantity": 4}, "quantity", "at most 3"),
    ({"quantity": 3}, "quantity", "Only 2 left"),
    ({"seats": []}, "seats", "list"),
    ({"seats": "A-2"}, "seats", "list"),
    ({"seats": [2]}, "seats", "list"),
    ({"seats": [["A-2"]]}, "seats", "list"),
    ({"seats": ["A-2"] * 1001}, "seats", "1000"),
    ({"seats": ["A-2", "A-2"]}, "seats", "A-2 stands twice"),
    ({"seats": ["A-2", "B-1"]}, "seats", "B-1"),
    ({"seats": ["A-2", "$ne", "\0"]}, "seats", "not here"),
    ({"seats": ["A-1", "A-2", "A-3", "A-4"]}, "seats", "at most 3"),
    ({"seats": ["A-1", "A-3"]}, "seats", "Seat A-1 is gone"),
    ({"seats": ["A-3"], "quantity": 1}, "seats", "not both"),
]


def assert_refused(response, field, word):
    assert response.status_code == 400, response.text
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert word in error["message"]


@pytest.mark.parametrize(("body", "field", "word"), WRONG, ids=IDS)
def test_what_cannot_be_listed_is_refused_with_the_reason(seller, body, field, word):
    """400 for a new listing and for an edit, and nothing has changed."""
    kept = seller.sell(quantity=3)
    assert_refused(seller.offer(**body), field, word)
    assert_refused(seller.edit(kept, **body), field, word)
    assert seller.ticket(kept) == kept
    newest = seller.http.get("/api/tickets?availability=all&order=desc&limit=1").json()
    assert newest == [kept]


def test_every_wrong_field_is_named_at_once(seller):
    """Those of the event as well."""
    wrong = {"price": 0, "quantity": 0, "maxPerOrder": 0, "onSaleAt": "soon"}
    response = seller.offer(" ", **wrong, event={"startsAt": "x", "timezone": "y"})
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {
        "title",
        *wrong,
        "event.name",
        "event.startsAt",
        "event.timezone",
    }


@pytest.fixture(scope="module")
def hall(market, second):
    """Four seats of which two are held; at most three an order."""
    with Person(market) as seller, Person(market, second) as holder:
        ticket = seller.sell(seats=["A-1", "A-2", "A-3", "A-4"], maxPerOrder=3)
        holder.reserve(ticket, seats=["A-1", "A-4"])
        yield seller.until_counted(ticket, held=2)


@pytest.mark.parametrize(("wish", "field", "word"), WRONG_ORDERS)
def test_what_cannot_be_ordered_is_refused_with_the_reason(
    market, people, hall, wish, field, word
):
    """400 at both processes, nothing is held, and nobody else is kept from it."""
    for person in people[1:]:
        assert_refused(person.ask_for(hall, wish), field, word)
        assert person.http.get("/api/orders").json() == []
    assert Books(market).held(hall) == {"A-1": 1, "A-4": 1}
    assert people[0].ticket(hall) == hall


@pytest.mark.parametrize("label", ["\ud800", "A\udfff", "\ud800" * 20])
def test_half_a_character_is_no_seat(people, hall, label):
    """400, and nothing breaks over it."""
    seller, buyer, _ = people
    offer = {"title": "x", "price": 1, "seats": [label]}
    wish = {"ticketId": hall["id"], "seats": [label]}
    for person, path, body in (
        (seller, "/api/tickets", offer),
        (buyer, "/api/orders", wish),
    ):
        headers = {"Content-Type": "application/json"}
        answer = person.http.post(path, content=json.dumps(body), headers=headers)
        assert_refused(answer, "seats", "")


def test_more_than_is_left_or_allowed_is_refused_without_seats_as_well(people):
    """Also seats where there are none."""
    seller, buyer, _ = people
    ticket = seller.sell(quantity=5, maxPerOrder=4)
    assert_refused(buyer.ask_for(ticket, {"quantity": 5}), "quantity", "at most 4")
    assert_refused(buyer.ask_for(ticket, {"seats": ["1"]}), "seats", "quantity")
    buyer.reserve(ticket, quantity=3)
    assert_refused(buyer.ask_for(ticket, {"quantity": 3}), "quantity", "Only 2 left")
    buyer.reserve(ticket, quantity=2)
    assert_refused(buyer.ask_for(ticket), "quantity", "None left")


def test_an_order_that_costs_more_than_any_card_pays_is_refused(people):
    """As one listing may not, an order may not."""
    seller, buyer, _ = people
    ticket = seller.sell(quantity=3, price=500_000)
    assert_refused(buyer.ask_for(ticket, {"quantity": 2}), "quantity", "999999.99")
    assert buyer.reserve(ticket)["total"] == 500_000


def soon(milliseconds=700):
    moment = datetime.now(UTC) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds")


def test_a_sale_opens_in_its_time_and_not_before(people):
    """Until then it is upcoming, and nobody can order."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=3, onSaleAt=FUTURE)
    for person in (buyer, other):
        refused = person.ask_for(ticket)
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["message"] == "The sale is not open yet"
    opens = soon()
    assert seller.edit(ticket, onSaleAt=opens).status_code == 200
    eventually(lambda: buyer.ask_for(ticket).status_code == 201)
    assert datetime.now(UTC) >= datetime.fromisoformat(opens)
    assert other.ask_for(ticket).status_code == 201


def test_what_has_begun_is_neither_sold_nor_moved_into_the_past(people):
    """Its seller may still change the rest of it."""
    seller, buyer, _ = people
    ticket = seller.sell(quantity=3, **gala())
    buyer.reserve(ticket)

    def begun():
        """Unless it has begun before the seller could say so."""
        answer = seller.edit(ticket, **gala(startsAt=soon()))
        return answer.json() if answer.status_code == 200 else None

    event = eventually(begun)["event"]
    eventually(lambda: datetime.now(UTC) >= datetime.fromisoformat(event["startsAt"]))
    refused = buyer.ask_for(ticket)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["message"].startswith("This has already begun")
    moved = seller.edit(ticket, event=GALA | {"startsAt": PAST})
    assert_refused(moved, "event.startsAt", "future")
    kept = seller.edit(ticket, event=event | {"venue": "Room 2"})
    assert kept.json()["event"]["venue"] == "Room 2"
    listed = buyer.http.get("/api/tickets?order=desc&limit=200").json()
    assert ticket["id"] not in {each["id"] for each in listed}


def test_a_quantity_below_what_is_taken_is_refused(people):
    """400 with the least that it can be; so many it can be."""
    seller, buyer, other = people
    ticket = seller.sell(quantity=10)
    buyer.buy(ticket, quantity=4)
    other.reserve(ticket, quantity=2)
    counted = seller.until_counted(ticket, sold=4, held=2)
    for quantity in (5, 1):
        refused = seller.edit(ticket, quantity=quantity)
        assert_refused(refused, "quantity", "at least 6")
    assert seller.ticket(ticket) == counted
    smaller = seller.edit(ticket, quantity=6).json()
    assert (smaller["quantity"], smaller["available"]) == (6, 0)
    larger = seller.edit(ticket, quantity=8).json()
    assert (larger["quantity"], larger["available"]) == (8, 2)
    assert len({*buyer.reserve(ticket, quantity=2)["units"]}) == 2


def test_seats_do_not_become_a_quantity(people):
    """400, and a quantity becomes seats only while nobody has any of it."""
    seller, buyer, _ = people
    hall, crowd = seller.sell(seats=["A-1", "A-2"]), seller.sell(quantity=2)
    assert_refused(seller.edit(hall, quantity=5), "quantity", "send seats")
    buyer.reserve(crowd)
    refused = seller.edit(crowd, seats=["A-1", "A-2"])
    assert_refused(refused, "seats", "too late for numbered seats")
    empty = seller.sell(quantity=2)
    assert seller.edit(empty, seats=["A-1", "1"]).json()["seated"] is True
    assert buyer.reserve(empty, seats=["1", "A-1"])["units"] == ["1", "A-1"]
