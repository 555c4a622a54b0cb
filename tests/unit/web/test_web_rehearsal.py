"""A seller starts a rehearsal of a listing, and nobody else does."""

import pytest
from web_fakes import STAND_IN
from web_markup import told
from web_rehearsed import OFFERED, start
from web_sales_house import SalesHouse

from ticketing.rehearsing import Permits
from web.rehearsals.states import MOST_UNITS


@pytest.fixture
def world(make_shop):
    return make_shop(OFFERED)


@pytest.fixture
def listing(world, seller):
    return world.sell("Quartet & more", 30, seller, quantity=8)


@pytest.fixture
def path(listing):
    return f"/listings/{listing['id']}/rehearsal"


def test_a_seller_finds_the_way_to_it(seller, listing, path):
    for address in (f"/listings/{listing['id']}", f"/tickets/{listing['id']}"):
        assert f'<a href="{path}">Rehearse the on-sale</a>' in seller.read(address)


def test_a_buyer_is_shown_no_way_to_it(buyer, listing, path):
    assert path not in buyer.read(f"/tickets/{listing['id']}")


@pytest.mark.parametrize("more", ["", "/stop", "/report"])
def test_it_is_nobody_elses(buyer, path, more):
    """As if there were no such page."""
    assert buyer.get(path + more).status_code == 404
    if more != "/report":
        assert buyer.post(path + more, {"buyers": "20"}).status_code == 404


@pytest.mark.parametrize(
    "config",
    [STAND_IN, {"STRIPE_SECRET_KEY": "sk_live_1"}, {"REHEARSALS": "on"}],
    ids=["not offered", "real money", "no money"],
)
def test_it_is_not_there_where_it_is_not_offered(make_shop, config):
    world = make_shop(config)
    SalesHouse(world)
    seller = world.visitor("seller@example.com")
    own = world.sell("Quartet", 30, seller, quantity=8)["id"]
    assert seller.get(f"/listings/{own}/rehearsal").status_code == 404
    assert start(seller, f"/listings/{own}/rehearsal").status_code == 404
    assert "rehearsal" not in seller.read(f"/listings/{own}")
    assert "rehearsal" not in seller.read(f"/tickets/{own}")
    assert not world.spawned


def test_it_says_what_will_happen(seller, path):
    page = seller.get(path)
    assert "a copy of this listing with 8 tickets" in told(page)
    assert 'value="300"' in page.get_data(as_text=True)


def test_what_is_sold_is_a_twin_of_the_listing(world, seller, listing, path):
    """Told the address at which the shop answers its own machine, and a permit."""
    assert start(seller, path).status_code == 303
    (spawned,) = world.spawned
    (job,) = spawned.args
    permit = job.pop("permit")
    assert Permits.of(OFFERED | {"JWT_KEYS": f"test={'k' * 32}"}).has(permit)
    assert job == {
        "title": "Quartet & more",
        "price": 30,
        "currency": "usd",
        "most": listing["maxPerOrder"],
        "units": 8,
        "seats": (),
        "buyers": 20,
        "host": "127.0.0.1",
        "port": 8000,
    }


def test_a_large_listing_has_a_smaller_twin(world, seller):
    own = world.sell("Stadium", 30, seller, quantity=MOST_UNITS + 1)["id"]
    start(seller, f"/listings/{own}/rehearsal")
    assert world.spawned[0].args[0]["units"] == MOST_UNITS


def test_a_hall_has_a_twin_with_its_seats(world, seller):
    seats = [f"A-{number}" for number in range(1, 6)]
    own = world.sell("Hall", 30, seller, seats=seats)["id"]
    start(seller, f"/listings/{own}/rehearsal")
    assert world.spawned[0].args[0]["seats"] == tuple(seats)


def test_pressed_twice_it_runs_once(world, seller, path):
    """Each press leads to the one that runs."""
    for _ in range(2):
        answer = start(seller, path)
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert len(world.spawned) == 1


@pytest.mark.parametrize("buyers", ["", "0", "1001", "-5", "many", "2.5"])
def test_a_wrong_number_of_buyers_is_told(world, seller, path, buyers):
    page = start(seller, path, buyers)
    assert page.status_code == 400
    assert "Say how many buyers, from 1 to 1000" in told(page)
    assert f'value="{buyers}"' in page.get_data(as_text=True)
    assert not world.spawned
