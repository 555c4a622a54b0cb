"""Passes over RPC: the same answers and errors as over HTTP."""

import pytest
from orders_passes_house import House
from unit_doubles import ANN, BOB, NO_IDS, NOWHERE

from orders.passes.codes import new_pass_id
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    NotOwnerError,
)


@pytest.fixture
def house():
    return House()


@pytest.fixture
def order(house):
    return house.buy(house.sell(), "7", "8")


def test_the_passes_of_an_order_are_told_as_to_its_buyer(house, order):
    assert house.rpc.list_passes(order.id) == house.passes(order)


def test_several_orders_are_told_with_their_passes(house, order):
    other = house.buy(house.sell(), "9")
    told = house.rpc.list_bookings([other.id, NOWHERE, order.id, order.id])
    assert {each["id"]: each["passes"] for each in told} == {
        order.id: house.passes(order),
        other.id: house.passes(other),
    }
    (alone,) = house.rpc.list_bookings([order.id])
    assert alone == order.told() | {"passes": house.passes(order)}
    assert house.rpc.list_bookings([]) == []


@pytest.mark.parametrize("bad", ["x", None, [None], [{"$ne": None}]])
def test_only_a_list_of_ids_names_orders(house, bad):
    with pytest.raises(NotFoundError):
        house.rpc.list_bookings(bad)


def test_the_passes_of_a_listing_are_told_as_to_its_seller(house, order):
    told = house.rpc.list_ticket_passes(order.ticket_id, ANN)
    assert (told["ticketId"], told["title"]) == (order.ticket_id, "Row 3")
    assert told["passes"] == house.listed(order.ticket_id)
    with pytest.raises(NotOwnerError):
        house.rpc.list_ticket_passes(order.ticket_id, BOB)


def test_a_scan_is_answered_as_over_http(house, order):
    held = house.passes(order)[0]
    told = {"at": "2026-01-31T11:59:00.000Z", "code": held["code"]}
    answer = house.rpc.admit_pass(held["id"], ANN, "North", "s1", **told)
    assert (answer["outcome"], answer["admittedAt"]) == ("welcome", told["at"])
    assert house.scan(held["id"]).json == answer
    late = house.rpc.admit_pass(held["id"].lower(), ANN, "South", "s2")
    assert late["outcome"] == "already in"


def test_a_wrong_scan_is_refused_as_over_http(house, order):
    held = house.passes(order)[0]
    with pytest.raises(BadRequestError, match="This code is not genuine"):
        house.rpc.admit_pass(held["id"], ANN, "North", "s1", code="x")
    with pytest.raises(InvalidInputError, match="door"):
        house.rpc.admit_pass(held["id"], ANN, "", "s1")
    with pytest.raises(NotOwnerError):
        house.rpc.admit_pass(held["id"], BOB, "North", "s1")
    assert house.listed(order.ticket_id)[0]["status"] == "valid"


def test_the_public_keys_are_told(house):
    assert house.rpc.pass_keys() == house.codes.public_keys()


@pytest.mark.parametrize("bad", [NOWHERE, *NO_IDS])
def test_what_is_not_there_is_not_found(house, bad):
    for call in (
        lambda: house.rpc.list_passes(bad),
        lambda: house.rpc.list_ticket_passes(bad, ANN),
        lambda: house.rpc.admit_pass(bad, ANN, "North", "s1"),
        lambda: house.rpc.admit_pass(new_pass_id(), ANN, "North", "s1"),
    ):
        with pytest.raises(NotFoundError):
            call()
