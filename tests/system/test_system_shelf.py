"""Home is there at once and right soon, whoever is away."""

import re

import httpx
import pytest
from system_control import eventually
from system_people import Person, form_token

from ticketing.ids import new_id


@pytest.fixture(scope="module")
def shop(systems):
    groups = [("auth",), ("tickets", "expiration"), ("orders", "payments"), ("web",)]
    return systems(*groups, gates=["NATS_URL"]).up()


@pytest.fixture
def seller(shop):
    with Person(shop) as person:
        yield person


@pytest.fixture
def tickets(shop):
    """The process of the tickets service, which comes back."""
    process = shop.processes["tickets"]
    yield process
    process.kill()
    process.start().wait_until_ready()


def titles(process, **cookies):
    """What somebody without an account sees, the newest first."""
    answer = httpx.get(f"http://{process.address}/", cookies=cookies, timeout=15)
    assert answer.status_code in {200, 503}
    return re.findall(r'ticket-title">([\w ]+)', answer.text)


def first(process, title):
    eventually(lambda: titles(process)[:1] == [title])


def asked(process):
    """How often a process has called the tickets service, by method and outcome."""
    lines = process.probe("/metrics").text.splitlines()
    called = "ticketing_rpc_calls_total{"
    return [each for each in lines if each.startswith(called) and '"tickets"' in each]


def has_by_itself(process, *wanted):
    """Whether a process shows these first without asking for them."""
    before = asked(process)
    shown = titles(process)[: len(wanted)]
    return shown == [*wanted] and asked(process) == before


def test_a_listing_is_on_home_as_soon_as_it_is_heard_of(shop, seller):
    web = shop.processes["web"]
    ticket = seller.sell("New")
    first(web, "New")
    seller.edit(ticket, title="Edited")
    first(web, "Edited")
    seller.reserve(ticket)
    eventually(lambda: "Edited" not in titles(web))


def test_home_is_there_while_the_tickets_service_is_away(shop, seller, tickets):
    web = shop.processes["web"]
    seller.sell("Before")
    first(web, "Before")
    tickets.kill()
    for _ in range(3):
        assert titles(web)[0] == "Before"


def test_a_restart_fills_the_shelf(shop, seller, tickets, tmp_path):
    """Also with what was told of long ago: the stream is not asked."""
    seller.sell("Known")
    with shop.another("web", tmp_path) as web:
        eventually(lambda: has_by_itself(web, "Known"))
        tickets.kill()
        assert titles(web)[0] == "Known"


def test_what_was_lost_while_the_bus_was_away_is_found(shop, seller, tickets):
    """A listing that no event will ever tell of."""
    web = shop.processes["web"]
    seller.sell("Told")
    first(web, "Told")
    known = shop.database("tickets")["tickets"]
    with shop.gates["NATS_URL"].away():
        eventually(lambda: web.probe().status_code == 503)
        known.insert_one(known.find_one({"title": "Told"}) | {"_id": new_id()})
    web.wait_until_ready()
    eventually(lambda: has_by_itself(web, "Told", "Told"))
    tickets.kill()
    assert titles(web)[:2] == ["Told", "Told"]


def test_whoever_has_just_done_something_sees_it_in_any_process(shop, seller, tmp_path):
    """Also where it has not been heard of yet; others see it when it is."""
    web = shop.processes["web"]
    seller.sell("Old")
    with shop.another("web", tmp_path) as other:
        for each in (web, other):
            first(each, "Old")
        with shop.gates["NATS_URL"].held():
            seen = sell_on_page(web, seller)
            assert titles(other, session=seller.token, **seen)[0] == "Mine"
            assert titles(web)[0] == "Old"
        for each in (web, other):
            first(each, "Mine")


def sell_on_page(web, seller):
    """Return the cookies that the seller has then."""
    cookies = {"session": seller.token}
    address = f"http://{web.address}"
    with httpx.Client(base_url=address, cookies=cookies, timeout=15) as client:
        form = {"title": "Mine", "price": "5", "event.timezone": "UTC"}
        form["form_token"] = form_token(client, "/tickets/new")
        answer = client.post("/tickets/new", data=form)
    assert answer.status_code == 303
    return dict(answer.cookies)
