"""Seats are picked on a map as people do, and again when others were faster."""

import asyncio
from random import Random

import pytest
from test_rehearsal_buyer import Shop, answer

from rehearsal.buyer import MAPS, Buyer
from rehearsal.plans import Plan
from rehearsal.record import Record
from rehearsal.seats import hall, picked

HALL = {"layout": "A-1~6", "states": ".hs..."}


@pytest.mark.parametrize(
    ("quantity", "found"),
    [
        (1, {"A-1", "A-4", "A-5", "A-6"}),
        (2, {"A-1 A-4", "A-4 A-5", "A-5 A-6"}),
        (4, {"A-1 A-4 A-5 A-6"}),
        (5, {"A-1 A-4 A-5 A-6"}),
    ],
)
def test_what_is_free_is_picked(quantity, found):
    """So many, beside each other on the list; or what there is."""
    random = Random(1)
    seen = {" ".join(picked(HALL, quantity, random)) for _ in range(100)}
    assert seen == found


def test_nothing_is_picked_where_nothing_is_free():
    assert picked({"layout": "A-1~2", "states": "hs"}, 2) == []


class Hall(Shop):
    """A shop with a map, in which others are so often faster."""

    def __init__(self, gone, states="...."):
        super().__init__(
            reserve=[answer(400, errors=[])] * gone + [answer(201, id="o")],
            pay=[answer(201)],
            order=[answer(200, status="complete", units=["A-1"])],
        )
        self.map = answer(200, layout="A-1~4", states=states)

    async def ask(self, method, path, body=None, key=None):
        if path == "/api/tickets/t/seats":
            self.asked.append((method, path, body, key))
            return self.map
        return await super().ask(method, path, body, key)


def buy(hall):
    record = Record()
    buyer = Buyer(hall, "t", record, is_seated=True)
    asyncio.run(buyer.buy(Plan(comes=0, quantity=2)))
    return record


def test_whoever_is_too_slow_picks_others():
    hall = Hall(gone=2)
    assert buy(hall).ends == {"bought": 1}
    wishes = hall.bodies(("POST", "/api/orders"))
    assert len(wishes) == 3
    assert all(len(wish["seats"]) == 2 for wish in wishes)
    assert not any("quantity" in wish for wish in wishes)


def test_not_for_ever():
    hall = Hall(gone=MAPS)
    assert buy(hall).ends == {"too late": 1}
    assert len(hall.bodies(("POST", "/api/orders"))) == MAPS


def test_nothing_is_asked_for_where_nothing_is_free():
    hall = Hall(gone=0, states="hhss")
    assert buy(hall).ends == {"too late": 1}
    assert not hall.bodies(("POST", "/api/orders"))


def test_a_hall_has_rows():
    seats = hall(41)
    assert (seats[0], seats[39], seats[40]) == ("001-1", "001-40", "002-1")
    assert len({*hall(50_000)}) == 50_000
