"""A listing's page for visitors: written once for each of its versions."""

from datetime import timedelta

import pytest
from web_fakes import NOW
from web_stock_house import EVERYBODY, tell

from ticketing.clock import iso
from web import known_listings
from web.known_listings import Listings

HOUR = timedelta(hours=1)


@pytest.fixture
def visited(world):
    """A listing that somebody has looked at, the bus, and nobody else."""
    ticket = world.sell("Opera", quantity=5)
    world.bus.is_there = True
    path = f"/tickets/{ticket['id']}"
    world.visitor().read(path)
    world.tickets.away = True
    return path


def test_a_listing_that_somebody_looked_at_is_there_for_all(world, visited):
    answer = world.visitor().get(visited)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == EVERYBODY


def test_whoever_is_signed_in_is_asked_for(world, visited, buyer):
    """What they have done shows at once, and no one else sees it."""
    assert buyer.get(visited).status_code == 503
    world.tickets.away = False
    assert buyer.get(visited).headers["Cache-Control"] == "private, no-cache"
    assert "buyer@example.com" not in world.visitor().read(visited)


def test_it_changes_with_its_listing(world, visited):
    visitor = world.visitor()
    assert "5 tickets left" in visitor.read(visited)
    ticket_id = visited.rpartition("/")[2]
    world.tickets.things[ticket_id]["available"] = 3
    tell(world, ticket_id)
    assert "3 tickets left" in visitor.read(visited)


def test_it_changes_with_time(world):
    ticket = world.sell("Opera", quantity=5, on_sale_at=iso(NOW + HOUR))
    world.bus.is_there = True
    visitor, path = world.visitor(), f"/tickets/{ticket['id']}"
    assert "Not on sale yet" in visitor.read(path)
    world.now = NOW + HOUR
    assert "Not on sale yet" not in visitor.read(path)


def test_a_hold_that_others_wait_for_is_looked_up_each_time(world, order):
    """Its end may move, and the listing does not hear of that."""
    world.bus.is_there = True
    visitor, path = world.visitor(), f"/tickets/{order['ticket']['id']}"
    for ends in (NOW + HOUR, NOW + 2 * HOUR):
        world.orders.things[order["id"]]["expiresAt"] = iso(ends)
        assert f'datetime="{iso(ends)}"' in visitor.read(path)


def test_after_a_while_or_a_doubt_it_is_asked_for_again(world, visited, monkeypatch):
    """And if nobody answers, what is known is better than nothing."""
    visitor = world.visitor()
    ticket_id = visited.rpartition("/")[2]
    world.tickets.things[ticket_id] |= {"available": 2, "version": 7}
    assert "5 tickets left" in visitor.read(visited)
    world.stock.doubt()
    assert "5 tickets left" in visitor.read(visited)
    world.tickets.away = False
    assert "2 tickets left" in visitor.read(visited)
    world.tickets.things[ticket_id] |= {"available": 1, "version": 8}
    monkeypatch.setattr(known_listings, "LONGEST", 0.0)
    assert "1 ticket left" in visitor.read(visited)


def test_what_changes_while_the_answer_is_coming_is_not_missed(world):
    """The first to look is told of it, and nobody has to wait for it to be old."""
    ticket = world.sell("Opera", quantity=5)
    world.bus.is_there = True
    asked = world.tickets.get_ticket

    def ask(ticket_id):
        answer = asked(ticket_id)
        world.tickets.get_ticket = asked
        world.tickets.things[ticket_id] |= {"available": 3, "version": 1}
        tell(world, ticket_id)
        return answer

    world.tickets.get_ticket = ask
    for _ in range(2):
        page = world.visitor().read(f"/tickets/{ticket['id']}")
        assert "3 tickets left" in page


def told(number, version=0, layout="1"):
    return {"id": f"{number:024x}", "version": version, "layout": layout}


def test_an_answer_that_is_older_than_the_news_changes_nothing():
    listings = Listings()
    listings.put(told(1))
    listings.hear(told(1, 2))
    assert listings.put(told(1, 1)) == told(1, 2)
    listings.hear(told(1, 1))
    assert listings.find(told(1)["id"]) == told(1, 2)


def test_only_the_last_ones_are_kept_and_no_long_ones():
    listings, long = Listings(room=2), "x" * (known_listings.MAX_LAYOUT + 1)
    for number in (1, 2, 1, 3):
        listings.put(told(number))
        listings.find(told(number)["id"])
    there = [listings.find(told(number)["id"]) is not None for number in (1, 2, 3)]
    assert there == [True, False, True]
    assert listings.put(told(4, layout=long)) == told(4, layout=long)
    assert listings.find(told(4)["id"]) is None
    listings.hear(told(1, 1, long))
    assert listings.last(told(1)["id"]) is None
    listings.hear(told(5))
    assert listings.last(told(5)["id"]) is None
