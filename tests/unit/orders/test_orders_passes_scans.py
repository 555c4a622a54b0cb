"""Scans over HTTP: one is welcome, and every one gets the answer it got first."""

from datetime import timedelta

import jwt
import pytest
from orders_passes_house import NOON, said, seed
from unit_doubles import EVE, NOW, NOWHERE

from orders.passes.admissions import MAX_CONFLICTS
from orders.passes.codes import Claims, PassCodes, new_pass_id

LATER = "2026-01-31T12:01:00.001Z"
NOT_GENUINE = (400, ["This code is not genuine"])


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


def test_a_pass_of_another_listing_is_not_used_up_at_this_ones_door(house, held):
    other = house.sell()
    answer = house.scan(held["id"], ticketId=other)
    assert (answer.status, answer.json["outcome"]) == (200, "not this event")
    own = house.orders.find_by_pass(held["id"]).ticket_id
    assert house.scan(held["id"], ticketId=own).json["outcome"] == "welcome"
