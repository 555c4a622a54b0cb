"""The demo fills a shop that runs, and the shop then has what its programme says."""

from datetime import UTC, datetime

import pytest
from system_control import eventually

from demo.__main__ import BUYERS, SELLER
from demo.filling import Filling, check_is_new
from demo.people import Person, ShopError
from demo.programme import SHOWS

# With sales, a hold, money sent back, numbered seats, and somebody who is in already.
PLAY, MEETUP = SHOWS[-1], SHOWS[-2]


@pytest.fixture(scope="module")
def people(system):
    with Person(system.url, SELLER) as seller, Person(system.url, BUYERS[0]) as buyer:
        yield seller, buyer


def test_a_shop_is_filled_once(people):
    """Each sum of the programme is found again; another round is refused."""
    seller, buyer = people
    check_is_new(seller)
    filling = Filling(seller, [buyer], datetime.now(UTC), shows=(MEETUP, PLAY))
    assert len(list(filling.steps())) == filling.expected
    listings = filling.filled.listings

    def counted():
        play = seller.get(f"/api/tickets/{listings[PLAY.title]}")
        return play["sold"], play["held"]

    eventually(lambda: counted() == (56, 10))  # one of 57 was refunded
    passes = seller.get(f"/api/passes?ticketId={listings[MEETUP.title]}")["passes"]
    assert sum(each["status"] == "admitted" for each in passes) == 16
    with pytest.raises(ShopError, match="already"):
        check_is_new(seller)


def test_nobody_is_there(system):
    """Whoever forgot to start the shop is told how."""
    with (
        pytest.raises(ShopError, match="scripts/up"),
        Person("http://127.0.0.1:9", "x"),
    ):
        pass
