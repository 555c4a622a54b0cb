"""Passes over HTTP: buyers see theirs, sellers let people in."""

import pymongo
import pytest
from orders_passes_house import NOON, said
from unit_doubles import ANN, BOB, EVE, NO_IDS, NOWHERE

from orders.passes.admissions import WHOLE_LISTING
from orders.passes.codes import Claims, new_pass_id

NOT_AUTHORIZED = (401, ["Not authorized"])
NOT_FOUND = (404, ["Not found"])
ADMIT = f"/api/passes/{new_pass_id()}/admit"


def test_a_buyer_sees_the_passes_of_an_order_with_their_codes(house, ticket, order):
    passes = house.passes(order)
    assert passes == [
        {
            "id": each.id,
            "unit": each.unit,
            "status": "valid",
            "code": house.codes.sign(Claims(ticket, each.unit, each.id)),
        }
        for each in order.passes
    ]
    assert [each["unit"] for each in passes] == ["7", "8"]


def test_a_buyer_sees_which_pass_was_used_but_not_who_came_after(house, order, held):
    house.scan(held["id"], at=NOON)
    house.scan(held["id"], "s2")
    used, other = house.passes(order)
    assert used == held | {"status": "admitted", "admittedAt": NOON, "door": "North"}
    assert other["status"] == "valid"


def test_no_browser_keeps_what_lets_its_reader_in(house, order):
    answer = house.site.get(f"/api/orders/{order.id}/passes", user=BOB)
    assert answer.json
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_order_that_is_not_paid_has_no_passes(house, ticket):
    assert house.passes(house.reserve(ticket, "1")) == []


def test_a_seller_sees_every_pass_of_the_listing(house, ticket, order):
    last = house.buy(ticket, "9", buyer=EVE)
    house.reserve(ticket, "10")
    house.buy(house.sell(), "1")
    answer = house.site.get(f"/api/passes?ticketId={ticket}", user=ANN)
    issued = [*order.passes, *last.passes]
    assert answer.status == 200
    assert answer.json == {
        "ticketId": ticket,
        "title": "Row 3",
        "passes": [{**vars(each), "status": "valid"} for each in issued],
    }


def test_a_seller_sees_who_came_after_somebody_was_in(house, ticket, held):
    house.scan(held["id"], at=NOON)
    house.scan(held["id"], "s2", "South", at="2026-01-31T13:00:30.5+01:00")
    assert house.listed(ticket)[0] == {
        "id": held["id"],
        "unit": "7",
        "status": "admitted",
        "admittedAt": NOON,
        "door": "North",
        "conflicts": [{"door": "South", "at": "2026-01-31T12:00:30.500Z"}],
    }


def test_a_listing_is_read_whole(house, ticket):
    units = [str(number) for number in range(1, 5)]
    for unit in units:
        house.buy(ticket, unit)
    assert [each["unit"] for each in house.listed(ticket)] == units


def test_a_whole_listing_may_take_the_database_longer(house, ticket, monkeypatch):
    allowed = []
    monkeypatch.setattr(
        type(house.orders),
        "with_passes",
        lambda *_: allowed.append(pymongo._csot.get_timeout()) or [],
    )
    assert house.listed(ticket) == []
    assert allowed == [WHOLE_LISTING]
    assert pymongo._csot.get_timeout() is None


def test_the_public_keys_are_for_anyone(house):
    answer = house.site.get("/api/passes/keys")
    assert (answer.status, answer.json) == (200, house.codes.public_keys())
    assert set(answer.json["keys"][0]) == {"kty", "crv", "kid", "x"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/passes"),
        ("GET", f"/api/passes?ticketId={NOWHERE}"),
        ("GET", f"/api/orders/{NOWHERE}/passes"),
        ("POST", ADMIT),
    ],
)
def test_passes_take_a_session_before_anything_else(house, method, path):
    answer = house.site.ask(method, path, b"not json" if method == "POST" else None)
    assert said(answer) == NOT_AUTHORIZED


def test_a_body_is_looked_at_before_the_pass(house):
    assert house.site.post(ADMIT, b"not json", user=ANN).status == 400


def test_passes_of_others_are_out_of_reach(house, ticket, order, held):
    for stranger in (EVE, ANN):
        path = f"/api/orders/{order.id}/passes"
        assert said(house.site.get(path, user=stranger)) == NOT_AUTHORIZED
    for stranger in (EVE, BOB):
        path = f"/api/passes?ticketId={ticket}"
        assert said(house.site.get(path, user=stranger)) == NOT_AUTHORIZED
        told = {"code": held["code"], "user": stranger}
        assert said(house.scan(held["id"], **told)) == NOT_AUTHORIZED
        assert said(house.scan(held["id"], code="x", user=stranger)) == NOT_AUTHORIZED
    assert house.listed(ticket)[0]["status"] == "valid"


def test_a_seller_admits_to_no_listing_but_the_own(house, held):
    house.buy(house.sell(seller=EVE), "1")
    assert said(house.scan(held["id"], user=EVE)) == NOT_AUTHORIZED


def test_what_is_not_there_is_not_found(house):
    for ticket_id in (NOWHERE, *NO_IDS[2:5], ""):
        path = f"/api/passes?ticketId={ticket_id}"
        assert said(house.site.get(path, user=ANN)) == NOT_FOUND
    assert said(house.site.get("/api/passes", user=ANN)) == NOT_FOUND
    path = f"/api/orders/{NOWHERE}/passes"
    assert said(house.site.get(path, user=BOB)) == NOT_FOUND
    for pass_id in (new_pass_id(), "keys", "x" * 12, "U" * 12, NOWHERE, "%00"):
        assert said(house.scan(pass_id)) == NOT_FOUND
