"""Listings of many units: what a seller may offer, and change later."""

import pytest
from eventlet import sleep
from eventlet.event import Event
from eventlet.greenpool import GreenPool
from tickets_offers import EVENT, OFFER, edit, sell
from unit_doubles import ANN, BOB, NOWHERE, ORDER

from tickets import models
from tickets.models import Share


def take(shop, ticket, units, *, paid=False):
    heard = {ORDER: Share(0, units, paid=paid)}
    shop.tickets.change(ticket["id"], lambda t: models.follow(t, heard, {}))


def test_a_quantity_is_offered(shop):
    ticket = sell(shop, quantity=2000, maxPerOrder=4)
    assert (ticket["quantity"], ticket["available"], ticket["maxPerOrder"]) == (
        2000,
        2000,
        4,
    )
    assert shop.rpc.get_ticket(ticket["id"])["layout"] == "1~2000"


def test_seats_are_offered_in_their_order(shop):
    ticket = sell(shop, seats=["B-1", "B-2", "A-01", "A-02", "Box"])
    assert (ticket["quantity"], ticket["seated"]) == (5, True)
    assert shop.rpc.get_ticket(ticket["id"])["layout"] == "B-1~2;A-01~2;Box"


def test_an_event_and_its_sale_are_told_in_utc(shop):
    ticket = sell(shop, event=EVENT, onSaleAt="2026-03-01T10:00:00+01:00")
    assert ticket["onSaleAt"] == "2026-03-01T09:00:00.000Z"
    assert ticket["event"]["startsAt"] == "2026-06-01T18:00:00.000Z"
    assert ticket["event"]["timezone"] == "UTC"


WRONG = [
    ({"quantity": 0}, "quantity", "from 1 to 100000"),
    ({"quantity": 100_001}, "quantity", "from 1 to 100000"),
    ({"quantity": 2.5}, "quantity", "whole number"),
    ({"quantity": "2"}, "quantity", "whole number"),
    ({"quantity": True}, "quantity", "whole number"),
    ({"seats": []}, "seats", "1 to 50000 labels"),
    ({"seats": "A-1"}, "seats", "1 to 50000 labels"),
    ({"seats": [1, 2]}, "seats", "1 to 50000 labels"),
    ({"seats": ["A-1", "A-2", "A-1"]}, "seats", "Seat A-1 stands twice"),
    ({"seats": ["A-1", ""]}, "seats", "'' is no seat"),
    ({"seats": [" A-1"]}, "seats", "' A-1' is no seat"),
    ({"seats": ["A;1"]}, "seats", "'A;1' is no seat"),
    ({"seats": ["A~1"]}, "seats", "'A~1' is no seat"),
    ({"seats": ["x" * 21]}, "seats", "is no seat"),
    ({"seats": [f"{n}" + "x" * 15 for n in range(20_000)]}, "seats", "too long in all"),
    ({"seats": ["A-1"], "quantity": 1}, "seats", "quantity or seats, not both"),
    ({"maxPerOrder": 0}, "maxPerOrder", "from 1 to 1000"),
    ({"event": {"name": "x"}}, "event.startsAt", "StartsAt must be a time"),
    ({"event": {"startsAt": EVENT["startsAt"]}}, "event.name", "1 to 200"),
    ({"event": "Gala"}, "event", "must have a name and startsAt"),
    ({"event": EVENT | {"timezone": "Mars/Base"}}, "event.timezone", "Europe/Berlin"),
    ({"event": EVENT | {"description": "x" * 5001}}, "event.description", "5000"),
    ({"event": EVENT | {"startsAt": "2026-01-31T12:00:00Z"}}, "event.startsAt", "fut"),
    ({"event": EVENT | {"startsAt": "tomorrow"}}, "event.startsAt", "must be a time"),
    ({"onSaleAt": "2026-03-01T10:00:00"}, "onSaleAt", "must be a time"),
    ({"onSaleAt": 1772359200}, "onSaleAt", "must be a time"),
    ({"onSaleAt": "0001-01-01T00:00:00+14:00"}, "onSaleAt", "must be a time"),
]


@pytest.mark.parametrize(("more", "field", "words"), WRONG)
def test_what_cannot_be_offered_is_refused_by_its_name(shop, more, field, words):
    answer = shop.site.post("/api/tickets", OFFER | more, user=ANN)
    assert (answer.status, answer.fields) == (400, {field})
    assert words in answer.messages[0]
    assert shop.tickets.events == []


def test_every_wrong_field_is_named_at_once(shop):
    body = {"title": "", "price": 0, "quantity": 0, "maxPerOrder": 0}
    answer = shop.site.post("/api/tickets", body, user=ANN)
    assert answer.fields == {"title", "price", "quantity", "maxPerOrder"}


def test_what_an_edit_leaves_out_stays_as_it_is(shop):
    ticket = sell(shop, quantity=10, event=EVENT, maxPerOrder=3)
    edited = edit(shop, ticket, title="New").json
    assert edited == ticket | {"title": "New", "version": 1}


def test_a_listing_grows_by_numbers_never_used(shop):
    ticket = sell(shop, quantity=10)
    assert edit(shop, ticket, quantity=12).json["available"] == 12
    assert shop.rpc.get_ticket(ticket["id"])["layout"] == "1~12"


def test_a_listing_shrinks_by_units_that_nobody_holds(shop):
    ticket = sell(shop, quantity=10)
    take(shop, ticket, 4)
    shop.orders.free[ticket["id"]] = ["9", "7", "6", "3", "2", "1"]
    assert edit(shop, ticket, quantity=6).json["available"] == 2
    assert shop.rpc.get_ticket(ticket["id"])["layout"] == "1~2;4~5;8;10"


@pytest.mark.parametrize("paid", [True, False])
def test_a_quantity_below_what_is_taken_is_refused(shop, paid):
    ticket = sell(shop, quantity=10)
    take(shop, ticket, 4, paid=paid)
    answer = edit(shop, ticket, quantity=3)
    assert (answer.status, answer.fields) == (400, {"quantity"})
    assert answer.messages == ["Quantity must be at least 4: so many are taken"]


def test_units_taken_meanwhile_are_not_taken_off(shop):
    """The listing has not heard of them yet, the orders have."""
    ticket = sell(shop, quantity=10)
    shop.orders.free[ticket["id"]] = ["9", "8"]
    answer = edit(shop, ticket, quantity=5)
    assert answer.messages == ["Quantity must be at least 8: so many are taken"]


def test_the_orders_know_of_an_edit_before_its_seller(shop):
    ticket = sell(shop, quantity=10)
    edit(shop, ticket, price=5)
    shop.site.delete(f"/api/tickets/{ticket['id']}", user=ANN)
    told = [(each["version"], each["price"]) for each in shop.orders.heard]
    assert told == [(1, 5), (2, 5)]
    assert shop.orders.heard[1]["cancelled"]


def test_a_listing_is_edited_and_cancelled_while_the_orders_are_away(shop):
    ticket = sell(shop, quantity=10)
    shop.orders.away = True
    assert edit(shop, ticket, price=5).status == 200
    assert shop.site.delete(f"/api/tickets/{ticket['id']}", user=ANN).status == 204


def test_seats_are_added_and_taken_off_while_nobody_holds_them(shop):
    ticket = sell(shop, seats=["A-1", "A-2", "A-3"])
    shop.orders.taken = {"A-3"}
    assert edit(shop, ticket, seats=["A-2", "A-3", "B-1"]).json["quantity"] == 3
    answer = edit(shop, ticket, seats=["A-2"])
    assert answer.messages == ["Held or sold seats cannot be taken off: A-3"]


def test_numbered_seats_and_quantities_are_not_mixed(shop):
    seated, plain = sell(shop, seats=["A-1"]), sell(shop, quantity=5)
    assert edit(shop, seated, quantity=3).messages == [
        "This has numbered seats: send seats"
    ]
    shop.orders.taken = {"4"}
    assert "too late" in edit(shop, plain, seats=["A-1"]).messages[0]
    shop.orders.taken = set()
    assert edit(shop, plain, seats=["A-1"]).json["seated"]


def test_an_event_that_has_begun_can_still_be_described(shop):
    ticket = sell(shop, event=EVENT)
    shop.clock.advance(days=200)
    later = EVENT | {"description": "It was grand"}
    assert edit(shop, ticket, event=later).status == 200
    moved = EVENT | {"startsAt": "2026-06-02T20:00:00Z"}
    assert edit(shop, ticket, event=moved).fields == {"event.startsAt"}


def test_its_seller_alone_cancels_a_listing(shop):
    path = f"/api/tickets/{sell(shop, quantity=5)['id']}"
    assert shop.site.delete(path).status == 401
    assert shop.site.delete(path, user=BOB).status == 401
    assert shop.site.delete(f"/api/tickets/{NOWHERE}", user=ANN).status == 404
    for _ in range(2):
        assert shop.site.delete(path, user=ANN).status == 204
    ticket = shop.site.get(path).json
    assert (ticket["cancelled"], ticket["available"], ticket["version"]) == (True, 0, 1)
    assert edit(shop, ticket).status == 400
    assert shop.site.get("/api/tickets").json == []


def test_the_seat_map_is_that_of_the_orders(shop):
    seated, plain = sell(shop, seats=["A-1", "A-2"]), sell(shop, quantity=2)
    shop.orders.mapped = {seated["id"]: True, plain["id"]: False}
    told = shop.site.get(f"/api/tickets/{seated['id']}/seats")
    assert told.json == {"layout": "A-1~2", "states": ".h"}
    assert told.headers["ETag"]
    assert shop.site.get(f"/api/tickets/{plain['id']}/seats").status == 404
    assert shop.site.get(f"/api/tickets/{NOWHERE}/seats").status == 404


def test_who_comes_while_the_seat_map_is_asked_for_shares_the_next(shop, monkeypatch):
    """And has none from before he came."""
    seated = sell(shop, seats=["A-1", "A-2"])["id"]
    shop.orders.mapped = {seated: True}
    whole, gates = shop.orders.unit_states, [Event(), Event()]

    def slowly(ticket_id):
        told = whole(ticket_id)
        gates[len(shop.orders.asked) - 1].wait()
        return told

    monkeypatch.setattr(shop.orders, "unit_states", slowly)
    path, pool = f"/api/tickets/{seated}/seats", GreenPool()
    first = pool.spawn(shop.site.get, path)
    sleep(0)
    others = [pool.spawn(shop.site.get, path) for _ in range(9)]
    sleep(0)
    for gate in gates:
        gate.send(None)
    assert first.wait().status == 200
    assert {each.wait().status for each in others} == {200}
    assert len(shop.orders.asked) == 2


def test_a_seller_sees_all_that_is_listed(shop):
    mine = [sell(shop)["id"], sell(shop, onSaleAt="2026-03-01T10:00:00Z")["id"]]
    shop.site.post("/api/tickets", OFFER, user=BOB)
    shop.rpc.cancel_ticket(mine[0], ANN)
    assert [each["id"] for each in shop.rpc.list_own(ANN)] == mine
