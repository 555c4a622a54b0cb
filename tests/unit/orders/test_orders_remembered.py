"""What a process knows of free units is bounded, and asked for once forgotten."""

import pytest
from unit_doubles import ANN, BOB

from orders import occupancies
from ticketing.layout import Layout


@pytest.fixture
def asked(desk, monkeypatch):
    """The listings that the database was asked about."""
    made, load = [], desk.orders.occupancies._load

    def ask(ticket_id):
        made.append(ticket_id)
        return load(ticket_id)

    monkeypatch.setattr(desk.orders.occupancies, "_load", ask)
    return made


def remembered(desk):
    return list(desk.orders.occupancies._entries)


def test_the_listings_that_nobody_asks_for_are_forgotten_first(desk, monkeypatch):
    monkeypatch.setattr(occupancies, "MAX_LISTINGS", 2)
    first, second, third = (desk.sell() for _ in range(3))
    desk.rpc.unit_states(first)
    desk.rpc.unit_states(second)
    desk.rpc.unit_states(first)
    desk.rpc.unit_states(third)
    assert remembered(desk) == [first, third]


def test_large_listings_are_fewer(desk, monkeypatch):
    monkeypatch.setattr(occupancies, "MAX_UNITS", 25)
    tens = [desk.sell(layout=Layout.of_quantity(10)) for _ in range(3)]
    for ticket_id in tens:
        desk.rpc.unit_states(ticket_id)
    assert remembered(desk) == tens[1:]
    huge = desk.sell(layout=Layout.of_quantity(30))
    desk.rpc.unit_states(huge)
    assert remembered(desk) == [huge]
    desk.rpc.unit_states(tens[0])
    assert remembered(desk) == [tens[0]]


def test_what_was_forgotten_is_asked_for_again(desk, asked, monkeypatch):
    monkeypatch.setattr(occupancies, "MAX_LISTINGS", 1)
    ten = desk.sell(layout=Layout.of_quantity(10))
    desk.rpc.create_order(BOB, ten, 10)
    desk.rpc.unit_states(desk.ticket)
    assert desk.rpc.unit_states(ten)["states"] == "h" * 10
    assert asked == [desk.ticket, ten]


def test_what_is_known_is_not_asked_for(desk, asked):
    """Reserving asks nothing: the index decides, and the rest is heard."""
    ten = desk.sell(layout=Layout.of_quantity(10))
    order = desk.rpc.create_order(BOB, ten, 4)
    desk.rpc.create_order(ANN, ten, 4)
    desk.rpc.cancel_order(order["id"])
    assert asked == []
    desk.rpc.unit_states(ten)
    desk.rpc.unit_states(ten)
    assert asked == [ten]
