"""A rehearsal by a seller's button, from the page through the shop and back."""

import os
import signal
from pathlib import Path

import pytest
from system_control import eventually
from system_rehearsed import OVER, WHOLE, Seller

from ticketing.rehearsing import HEADER, Permits

EVERY = ("auth", "tickets", "orders", "payments", "expiration", "web")
# The program that rehearses, among all processes of the machine.
PROGRAM = b"rehearsal.button"
TWIN = "Rehearsal: Quartet"


@pytest.fixture(scope="module")
def shop(systems):
    """Where one address may sign up twice in a long time, and do little else.

    Also at the address where rehearsals come from.
    """
    limits = {"LIMIT_SIGN_UP": "2/36000", "LIMIT_ADDRESS": "4/36000"}
    limits |= {"LIMIT_RESERVATIONS": "1/36000", "UNCOUNTED_ADDRESSES": "none"}
    return systems(EVERY, RATE_LIMITS="on", **limits).up()


@pytest.fixture
def seller(shop):
    with Seller(shop) as seller:
        permit = Permits.of(shop.settings).issue()
        seller.http.headers[HEADER] = permit  # the tests themselves list and press
        yield seller


def twins(shop):
    return list(shop.database("tickets")["tickets"].find({"title": TWIN}))


def programs(shop):
    """Of this shop: its processes are those that its own process has started."""
    (parent,) = {process._popen.pid for process in shop.processes.values()}
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    found = [int(each) for each in children.split()]
    return [pid for pid in found if PROGRAM in command_of(pid)]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_free(shop):
    return not shop.redis.exists(f"{shop.namespace}:web:rehearsals:running")


def test_a_sale_is_rehearsed(shop, seller):
    """All is sold to more buyers than the limits of one address let in.

    The seller's own listing is as it was, and what was sold is off the market.
    """
    before = len(twins(shop))
    seller.lists(quantity=9, maxPerOrder=3)
    assert "a copy of this listing with 9 tickets" in seller.look()
    answer = seller.begin()
    assert (answer.status_code, answer.headers["Location"]) == (303, seller.path)
    told = seller.until(OVER)
    assert "Sold out in" in told
    for promise in ("Nothing was sold twice", "one pass for each", "Whoever paid"):
        assert promise in told
    assert "Errors" not in told
    report = seller.report()
    assert report.text.rstrip().endswith("</html>")
    assert "9 units, 12 buyers" in report.text
    assert report.text.count("<svg") >= 4
    assert seller.ticket(seller.listing)["sold"] == 0
    (*_, twin) = twins(shop)
    assert len(twins(shop)) == before + 1
    sold = seller.ticket({"id": twin["_id"]})
    assert (sold["sold"], sold["available"], sold["price"]) == (9, 0, 20)
    assert sold["maxPerOrder"] == 3
    assert sold["userId"] != seller.id
    assert is_free(shop)


def test_seats_are_sold_on_a_map(shop, seller):
    seats = [f"{row}-{number}" for row in "AB" for number in range(1, 5)]
    seller.lists(seats=seats)
    seller.begin()
    told = seller.until(OVER)
    assert "Sold out in" in told
    assert "Look at the map" in told
    assert "Nothing was sold twice" in told


def test_what_is_left_is_taken_off_the_market(shop, seller):
    """A single buyer does not want all of it."""
    seller.lists(quantity=50)
    seller.begin(buyers=1)
    told = seller.until(OVER)
    assert "of 50 tickets sold" in told
    (*_, twin) = twins(shop)
    now = seller.ticket({"id": twin["_id"]})
    assert now.get("cancelled") or now["available"] == 0


def test_it_is_stopped(shop, seller):
    """Its program ends, and nothing is left for sale."""
    before = len(twins(shop))
    seller.lists(quantity=9)
    seller.begin(buyers=40)
    assert "It goes on by itself" in seller.look()
    eventually(lambda: len(twins(shop)) > before, WHOLE)
    seller.stop()
    eventually(lambda: is_free(shop))
    # Before anybody looks at the page, which would see to it as well.
    assert all_off_the_market(shop, seller)
    assert "The rehearsal was stopped" in seller.look()
    assert not programs(shop)
    assert seller.report().status_code == 404


def all_off_the_market(shop, seller):
    told = [seller.ticket({"id": twin["_id"]}) for twin in twins(shop)]
    return all(each.get("cancelled") or not each["available"] for each in told)


def test_it_is_killed(shop, seller):
    """The page says so, what was for sale is not any more, and another may begin."""
    before = len(twins(shop))
    seller.lists(quantity=9)
    seller.begin(buyers=40)
    eventually(lambda: len(twins(shop)) > before, WHOLE)
    seller.until("have the page open")
    (program,) = programs(shop)
    os.kill(program, signal.SIGKILL)
    assert "The rehearsal ended before its time" in seller.until(OVER)
    assert eventually(lambda: all_off_the_market(shop, seller))
    assert seller.begin(buyers=1).status_code == 303
    assert "Purchases" in seller.until("How long buyers waited")


def test_the_whole_shop_is_killed(systems):
    """The program ends by itself; the shop that comes back knows that it is lost."""
    shop = systems(EVERY).up()
    with Seller(shop) as seller:
        seller.lists(quantity=9)
        seller.begin(buyers=200)
        (program,) = eventually(lambda: programs(shop))
        process = next(iter(shop.processes.values()))
        process.kill()
        eventually(lambda: PROGRAM not in command_of(program))
        process.start().wait_until_ready()
        shop.redis.delete(f"{shop.namespace}:web:rehearsals:running")
        assert "The rehearsal ended before its time" in seller.look()


def test_one_at_a_time(shop, seller):
    """A second press, and another listing's, start none."""
    seller.lists(quantity=9)
    with Seller(shop) as other:
        other.http.headers[HEADER] = seller.http.headers[HEADER]
        other.lists(quantity=9)
        seller.begin(buyers=60)
        (program,) = eventually(lambda: programs(shop))
        seller.begin(buyers=60)
        other.begin(buyers=60)
        assert programs(shop) == [program]
        assert "Another listing is being rehearsed" in other.look()
        seller.stop()
        seller.until(OVER)
        assert OVER in other.look()
