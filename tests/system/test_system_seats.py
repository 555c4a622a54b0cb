"""Numbered seats: all that were picked or none, each to one buyer; and their map."""

import asyncio
import gzip
import random
import time

import httpx
import pytest
from system_books import Books
from system_control import PLAIN, eventually
from system_people import new_token

from ticketing.layout import Layout

RACERS = 50
ROW = [f"A-{number}" for number in range(1, 5)]
HALL = [f"Row {row}/{seat:02}" for row in range(1, 41) for seat in range(1, 51)]


def error_of(response):
    assert response.status_code == 400, response.text
    (error,) = response.json()["errors"]
    return error["field"], error["message"]


def states(seats):
    return "".join(seats.values())


@pytest.mark.parametrize(
    ("taken", "wanted", "message"),
    [
        (["A-1"], ["A-1", "A-2", "A-3"], "Seat A-1 is gone"),
        (["A-2", "A-3"], ["A-1", "A-3", "A-2"], "Seats A-3, A-2 are gone"),
        (ROW, ["A-4"], "Seat A-4 is gone"),
    ],
)
def test_seats_are_had_all_or_none(people, taken, wanted, message):
    """At either process; who comes too late is told which are gone, and has nothing."""
    seller, buyer, other = people
    ticket = seller.sell(seats=ROW)
    assert buyer.reserve(ticket, seats=taken)["units"] == taken
    for person in (other, buyer):
        refused = person.ask_for(ticket, {"seats": wanted})
        assert error_of(refused) == ("seats", message)
    assert Books(seller.system).held(ticket) == dict.fromkeys(taken, 1)
    if free := [seat for seat in ROW if seat not in taken]:
        assert other.reserve(ticket, seats=free)["units"] == free


def test_seats_that_are_let_go_can_be_picked_at_once(people):
    """By the next buyer, at the other process as well: the database knows."""
    seller, buyer, other = people
    ticket = seller.sell(seats=ROW)
    for _ in range(5):
        for person in (buyer, other):
            order = person.reserve(ticket, seats=ROW[1:3])
            assert person.cancel(order).status_code == 204


def test_some_seats_are_given_side_by_side(people):
    """To who says only how many; where that cannot be, apart."""
    seller, buyer, _ = people
    ticket = seller.sell(seats=[*ROW, "B-1", "B-2", "B-3"])
    buyer.reserve(ticket, seats=["A-2"])
    assert buyer.reserve(ticket, quantity=3)["units"] == ["A-3", "A-4", "B-1"]
    assert buyer.reserve(ticket, quantity=3)["units"] == ["A-1", "B-2", "B-3"]


async def all_pick(system, ticket, wishes, processes):
    """Everybody picks at once, at one of the processes; returns the answers."""
    urls = [f"http://{process.address}/api/orders" for process in processes]
    limits = httpx.Limits(max_connections=RACERS)
    async with httpx.AsyncClient(limits=limits, verify=PLAIN, timeout=60) as client:

        def pick(number):
            cookie = {"Cookie": f"session={new_token(system)}"}
            body = {"ticketId": ticket["id"], "seats": wishes[number]}
            return client.post(urls[number % 2], json=body, headers=cookie)

        return await asyncio.gather(*map(pick, range(len(wishes))))


def test_fifty_who_pick_overlapping_seats_get_all_of_theirs_or_none(
    market, second, people
):
    """No seat twice, none kept back, and nobody is sent away for what is free."""
    seats = [f"A-{number}" for number in range(1, 31)]
    ticket = people[0].sell(seats=seats)
    starts = [random.Random(number).randrange(28) for number in range(RACERS)]
    wishes = [seats[start : start + 3] for start in starts]
    processes = [market.processes["orders"], second]
    copies = market.database("orders")["tickets"]
    eventually(lambda: copies.find_one({"_id": ticket["id"]}))
    answers = asyncio.run(all_pick(market, ticket, wishes, processes))
    taken = []
    for wish, answer in zip(wishes, answers, strict=True):
        if answer.status_code == 201:
            assert answer.json()["units"] == wish
            taken += wish
    assert Books(market).held(ticket) == dict.fromkeys(taken, 1)
    assert len(taken) == len(set(taken)) > 0
    for wish, answer in zip(wishes, answers, strict=True):
        if answer.status_code != 201:
            field, message = error_of(answer)
            gone = message.removesuffix(" gone").split(" ", 1)[1].rsplit(" ", 1)[0]
            assert field == "seats"
            assert set(gone.split(", ")) <= set(wish) & set(taken)


def test_the_map_shows_every_seat_in_its_place(people):
    """Free, held and sold, whichever process is asked, from the first order on."""
    seller, buyer, other = people
    ticket = seller.sell(seats=[*ROW, "Box"])
    assert (ticket["seated"], ticket["quantity"]) == (True, 5)
    assert states(seller.seats(ticket)) == "....."
    buyer.reserve(ticket, seats=["A-3", "Box"])
    other.buy(ticket, seats=["A-1"])

    def shown():
        return seller.http.get(f"/api/tickets/{ticket['id']}/seats").json()

    # The two processes answer in turn, and each hears of it by itself.
    for _ in range(4):
        eventually(lambda: shown() == {"layout": "A-1~4;Box", "states": "s.h.h"})


def test_the_map_is_right_within_a_second_at_every_process(people):
    """Whoever changed something, and wherever: both tell it whenever asked."""
    seller, buyer, other = people
    ticket = seller.sell(seats=ROW)

    def sees(expected):
        return [states(seller.seats(ticket)) for _ in range(6)] == [expected] * 6

    def shows(expected):
        """At both, which answer in turn; besides what it takes this machine to ask."""
        began = time.monotonic()
        sees(expected)
        within = 1 + time.monotonic() - began
        eventually(lambda: sees(expected), within)

    for person in (buyer, other, buyer, other):
        shows("....")
        first = person.reserve(ticket, seats=["A-1", "A-2"])
        shows("hh..")
        second = person.buy(ticket, seats=["A-4"])
        shows("hh.s")
        assert person.cancel(first).status_code == 204
        shows("...s")
        assert seller.refund(second).status_code == 200
        person.until(second, "cancelled")


def test_a_map_is_short_packed_and_sent_once(people):
    """Two thousand seats; 304 until one of them changes."""
    seller, buyer, _ = people
    ticket = seller.sell(seats=HALL)
    url = f"/api/tickets/{ticket['id']}/seats"
    packed = {"Accept-Encoding": "gzip"}
    with seller.http.stream("GET", url, headers=packed) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(raw) < 1000
    seen = seller.http.get(url, headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(raw) == seen.content
    assert seen.json()["states"] == "." * len(HALL)
    assert Layout.parse(seen.json()["layout"]).labels == tuple(HALL)
    etag = {"If-None-Match": seen.headers["ETag"]}
    same = seller.http.get(url, headers=etag)
    assert (same.status_code, same.content) == (304, b"")
    buyer.reserve(ticket, seats=["Row 7/08"])
    eventually(lambda: seller.http.get(url, headers=etag).status_code == 200)
    # Each process hears of it by itself.
    eventually(lambda: seller.seats(ticket)["Row 7/08"] == "h")


def test_without_seats_there_is_no_map(people):
    """404, as for what does not exist."""
    seller, _, _ = people
    for ticket in (seller.sell(), seller.sell(quantity=3), {"id": "5f" + "0" * 22}):
        response = seller.http.get(f"/api/tickets/{ticket['id']}/seats")
        assert response.status_code == 404


def test_seats_are_taken_off_and_added_but_not_under_their_owners(people):
    """What was taken off cannot be picked a moment later, at no process."""
    seller, buyer, other = people
    ticket = seller.sell(seats=ROW)
    buyer.reserve(ticket, seats=["A-3"])
    other.buy(ticket, seats=["A-2"])
    refused = seller.edit(ticket, seats=["A-1", "A-4", "B-1"])
    message = "Held or sold seats cannot be taken off: A-2, A-3"
    assert error_of(refused) == ("seats", message)
    assert seller.ticket(ticket)["quantity"] == 4
    eventually(lambda: seller.edit(ticket, seats=["B-1", *ROW[1:3]]).status_code == 200)
    for person in (buyer, other):
        for gone in ("A-1", "A-4"):
            refused = person.ask_for(ticket, {"seats": ["B-1", gone]})
            assert error_of(refused) == ("seats", f"Seat {gone} is not here")
    assert other.reserve(ticket, seats=["B-1"])["units"] == ["B-1"]
    eventually(lambda: states(seller.seats(ticket)) == "hsh")
