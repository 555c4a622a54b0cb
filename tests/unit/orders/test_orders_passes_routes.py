"""Passes over HTTP: buyers see theirs, sellers let people in."""

from datetime import timedelta

import jwt
import pymongo
import pytest
from orders_passes_house import House, seed
from unit_doubles import ANN, BOB, EVE, NO_IDS, NOW, NOWHERE

from orders.passes import commands
from orders.passes.admissions import MAX_CONFLICTS, WHOLE_LISTING
from orders.passes.codes import Claims, PassCodes, new_pass_id

NOON, LATER = "2026-01-31T12:00:00.000Z", "2026-01-31T12:01:00.001Z"
NOT_AUTHORIZED = (401, ["Not authorized"])
NOT_FOUND = (404, ["Not found"])
NOT_GENUINE = (400, ["This code is not genuine"])
ADMIT = f"/api/passes/{new_pass_id()}/admit"


@pytest.fixture
def house():
    return House()


@pytest.fixture
def ticket(house):
    return house.sell()


@pytest.fixture
def order(house, ticket):
    return house.buy(ticket, "7", "8")


@pytest.fixture
def held(house, order):
    """The pass of unit 7."""
    return house.passes(order)[0]


def said(answer):
    return answer.status, answer.messages


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


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_listing_is_read_whole_in_however_many_steps(
    house, ticket, monkeypatch, step
):
    monkeypatch.setattr(commands, "STEP", step)
    units = [str(number) for number in range(1, 5)]
    for unit in units:
        house.buy(ticket, unit)
    assert [each["unit"] for each in house.listed(ticket)] == units


def test_a_whole_listing_may_take_the_database_longer(house, ticket, monkeypatch):
    allowed = []
    monkeypatch.setattr(
        type(house.orders),
        "of_ticket",
        lambda *_: allowed.append(pymongo._csot.get_timeout()) or [],
    )
    assert house.listed(ticket) == []
    assert allowed == [WHOLE_LISTING]
    assert pymongo._csot.get_timeout() is None


def test_the_public_keys_are_for_anyone(house):
    answer = house.site.get("/api/passes/keys")
    assert (answer.status, answer.json) == (200, house.codes.public_keys())
    assert set(answer.json["keys"][0]) == {"kty", "crv", "kid", "x"}


def test_the_first_scan_is_welcome(house, held):
    answer = house.scan(held["id"], code=held["code"])
    assert answer.status == 200
    assert answer.json == {
        "id": held["id"],
        "unit": "7",
        "outcome": "welcome",
        "admittedAt": NOON,
        "door": "North",
    }


def test_a_later_scan_is_told_who_is_in_already(house, held):
    first = house.scan(held["id"]).json
    house.clock.advance(minutes=5)
    later = house.scan(held["id"], "s2", "South")
    assert later.json == first | {"outcome": "already in"}


def test_a_scan_that_is_told_again_gets_its_first_answer(house, ticket, held):
    first = house.scan(held["id"])
    later = house.scan(held["id"], "s2", "South")
    listed = house.listed(ticket)
    house.clock.advance(hours=1)
    for _ in range(2):
        assert house.scan(held["id"], "s2", "West").body == later.body
        assert house.scan(held["id"], door="West").body == first.body
    assert house.listed(ticket) == listed


def test_a_pass_is_scanned_however_its_id_was_typed(house, held):
    spaced = "%20".join(held["id"][at : at + 4] for at in (0, 4, 8))
    assert house.scan(spaced.replace("%20", "-").lower()).json["id"] == held["id"]
    assert house.scan(spaced).json["outcome"] == "welcome"


def test_a_refunded_unit_does_not_come_in(house, ticket, order, held):
    house.refund(order, "7")
    answer = house.scan(held["id"])
    refunded = {"id": held["id"], "unit": "7", "outcome": "refunded"}
    assert (answer.status, answer.json) == (200, refunded)
    assert [each["status"] for each in house.listed(ticket)] == ["refunded", "valid"]
    assert house.passes(order)[0] == held | {"status": "refunded"}


def test_a_refunded_order_does_not_come_in(house, order, held):
    house.refund(order)
    assert house.scan(held["id"]).json["outcome"] == "refunded"
    assert {each["status"] for each in house.passes(order)} == {"refunded"}


def test_nobody_comes_in_to_what_was_cancelled(house, ticket, order, held):
    house.cancel(ticket)
    assert house.scan(held["id"]).json["outcome"] == "refunded"
    assert {each["status"] for each in house.listed(ticket)} == {"refunded"}
    assert {each["status"] for each in house.passes(order)} == {"refunded"}


def test_a_unit_that_was_sold_again_comes_in_by_its_new_pass(house, order, held):
    house.refund(order, "7")
    again = house.buy(order.ticket_id, "7", buyer=EVE)
    assert house.scan(held["id"]).json["outcome"] == "refunded"
    assert house.scan(again.passes[0].id).json["outcome"] == "welcome"


def test_who_came_in_before_the_refund_stays_told(house, ticket, order, held):
    """And nobody comes in after it, without a conflict either."""
    first = house.scan(held["id"])
    late = house.scan(held["id"], "s2")
    house.refund(order, "7")
    assert house.scan(held["id"]).body == first.body
    assert house.scan(held["id"], "s2").body == late.body
    assert house.scan(held["id"], "s3").json == first.json | {"outcome": "refunded"}
    shown = house.listed(ticket)[0]
    assert (shown["status"], shown["admittedAt"]) == ("refunded", NOON)
    assert len(shown["conflicts"]) == 1


def test_conflicts_beyond_the_bound_are_answered_and_not_kept(house, ticket, held):
    for number in range(MAX_CONFLICTS + 3):
        answer = house.scan(held["id"], f"s{number}")
    assert answer.json["outcome"] == "already in"
    assert len(house.listed(ticket)[0]["conflicts"]) == MAX_CONFLICTS


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-01-31T11:00:00.123Z", "2026-01-31T11:00:00.123Z"),
        ("2026-01-31T12:00:00.1239+01:00", "2026-01-31T11:00:00.123Z"),
        ("2026-01-31T12:01:00.000Z", "2026-01-31T12:01:00.000Z"),
        (LATER, NOON),
        ("2999-01-01T00:00:00Z", NOON),
        (None, NOON),
    ],
)
def test_a_door_is_believed_about_the_past_and_not_about_the_future(
    house, held, told, kept
):
    assert house.scan(held["id"], at=told).json["admittedAt"] == kept


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=1)])
def test_the_first_to_arrive_is_in_whenever_it_was_scanned(house, held, ahead):
    house.scan(held["id"], at=(NOW - ahead).isoformat())
    late = house.scan(held["id"], "s2", at=(NOW - timedelta(hours=1)).isoformat())
    assert late.json["outcome"] == "already in"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("door", [None, "", "  ", 5, "x" * 61, "\0"]),
        ("scan", [None, "", 5, "x" * 65, "\0", ["s"], {"$gt": ""}]),
        ("code", [5, "x" * 2001, ["x"]]),
        ("at", ["", "noon", 5, "2026-01-31", "2026-01-31T12:00:00", "2026-13-01T00Z"]),
        ("at", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"]),
    ],
)
def test_a_scan_with_a_wrong_field_is_refused_by_its_name(
    house, ticket, held, field, values
):
    for value in values:
        answer = house.scan(held["id"], **{field: value})
        assert (answer.status, answer.fields) == (400, {field}), value
    assert house.listed(ticket)[0]["status"] == "valid"


def other_codes(house, held):
    """Codes that look as that of a pass and are not it."""
    ticket = house.orders.find_by_pass(held["id"]).ticket_id
    claims = Claims(ticket, "7", held["id"])
    body = {"event": ticket, "unit": "7", "pass": held["id"]}
    return [
        "",
        "x",
        held["code"][:-5],
        PassCodes.parse(f"k1={seed(9)}").sign(claims),
        jwt.encode(body, None, "none", headers={"kid": "k1"}),
        house.codes.sign(Claims(NOWHERE, "7", held["id"])),
        house.codes.sign(Claims(ticket, "8", held["id"])),
        house.codes.sign(Claims(ticket, "7", new_pass_id())),
    ]


def test_a_code_that_is_not_that_of_the_pass_is_not_genuine(house, ticket, held):
    for code in other_codes(house, held):
        assert said(house.scan(held["id"], code=code)) == NOT_GENUINE
    assert house.listed(ticket)[0]["status"] == "valid"


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
