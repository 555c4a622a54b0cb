"""Open pages are told what changes, by whatever process it was changed."""

import time

import pytest
from system_control import eventually
from system_live import Listener
from system_people import Person, new_token

from ticketing.ids import new_id

AT_ONCE = 1.0


@pytest.fixture(scope="module")
def shop(systems):
    groups = [("auth",), ("tickets", "expiration"), ("orders", "payments"), ("web",)]
    return systems(*groups).up()


@pytest.fixture
def seller(shop):
    with Person(shop) as person:
        yield person


@pytest.fixture
def buyer(shop):
    with Person(shop) as person:
        yield person


@pytest.fixture
def web(shop):
    return shop.processes["web"]


@pytest.fixture
def order(seller, buyer):
    return buyer.reserve(seller.sell())


def test_an_order_that_is_paid_elsewhere_is_told_of_at_once(web, buyer, order):
    """First how it stands; then each step, within a moment of its happening."""
    with Listener(web, f"order={order['id']}", buyer.token) as page:
        assert page.status == 200
        assert "content-type: text/event-stream" in page.head
        assert "cache-control: no-store" in page.head
        kind, first = page.next()
        assert (kind, first["status"]) == ("order", "created")
        assert first["version"] == buyer.order(order)["version"]
        assert buyer.pay(order).status_code == 201
        buyer.until(order, "complete")
        complete, began = buyer.order(order), time.monotonic()
        told = page.until(status="complete")
        assert time.monotonic() - began < AT_ONCE
        assert (told["id"], told["version"]) == (order["id"], complete["version"])


def test_an_order_that_is_cancelled_elsewhere_is_told_of(web, buyer, order):
    with Listener(web, f"order={order['id']}", buyer.token) as page:
        page.until(status="created")
        buyer.cancel(order)
        page.until(status="cancelled")


def test_another_persons_order_is_as_good_as_none(web, seller, order):
    """So is one without a session, and one that does not exist."""
    path = f"order={order['id']}"
    nothing = f"order={new_id()}"
    for query, token in [(path, seller.token), (path, None), (nothing, seller.token)]:
        with Listener(web, query, token) as page:
            assert page.status == 404


def test_a_stream_about_nothing_is_refused(web):
    for query, status in [("", 400), ("ticket=x", 404), ("order=x", 404)]:
        with Listener(web, query) as page:
            assert page.status == status


def test_what_is_left_of_a_listing_is_told_to_anybody(web, seller, buyer):
    """Many changes at once are told in fewer words, and the last one is told."""
    ticket = seller.sell(quantity=20)
    with Listener(web, f"ticket={ticket['id']}") as page:
        began = time.monotonic()
        for _ in range(10):
            buyer.reserve(ticket)
        told = []
        while not told or told[-1]["available"] != 10:
            told.append(page.next()[1])
        took = time.monotonic() - began
    assert len(told) <= took / 0.3 + 2
    assert {"id", "available", "held", "sold"} <= told[-1].keys()


def test_who_comes_back_hears_what_was_missed(web, seller, buyer):
    """By the id of what was heard last; who missed nothing is told nothing."""
    ticket = seller.sell(quantity=20)
    query = f"ticket={ticket['id']}"
    with Listener(web, query) as page:
        buyer.reserve(ticket)
        page.until(available=19)
        last = page.last_id
    with Listener(web, query, Last_Event_ID=last) as page:
        buyer.reserve(ticket)
        assert page.next()[1]["available"] == 18
    with Listener(web, query, Last_Event_ID=last) as page:
        assert page.next()[1]["available"] == 18
    with Listener(web, f"{query}&since={last}") as page:
        assert page.next()[1]["available"] == 18


def test_a_page_that_is_older_than_the_news_is_told(web, seller, buyer):
    """What happened between the making of a page and its stream is not lost."""
    ticket = seller.sell(quantity=20)
    query = f"ticket={ticket['id']}"
    with Listener(web, query) as page:
        buyer.reserve(ticket)
        page.until(available=19)
    with Listener(web, f"{query}&version={ticket['version']}") as page:
        assert page.next()[1]["available"] == 19


def test_probes_answer_and_it_ends_in_time_with_many_streams(shop, seller, systems):
    """Streams take no worker: with three of them two hundred listen, and all answer."""
    system = systems(("web",), MAX_WORKERS="3").up()
    web = system.processes["web"]
    pages = [Listener(web, f"ticket={new_id()}") for _ in range(200)]
    assert {page.status for page in pages} == {200}
    for path in ("/livez", "/metrics"):
        assert web.probe(path).status_code == 200
    web.wait_until_ready()
    began = time.monotonic()
    web.stop()
    assert time.monotonic() - began < 15
    assert all(page.is_over() for page in pages)
    for page in pages:
        page.close()


def test_no_more_than_the_limit_can_listen(systems):
    """The others are told to come back, and may when somebody has left."""
    web = systems(("web",), LIVE_STREAMS="2").up().processes["web"]
    query = f"ticket={new_id()}"
    pages = [Listener(web, query) for _ in range(2)]
    with Listener(web, query) as refused:
        assert refused.status == 503
        assert "retry-after: " in refused.head
    pages[0].close()

    def has_room():
        with Listener(web, query) as page:
            return page.status == 200

    eventually(has_room)
    pages[1].close()


def test_a_stream_is_closed_with_its_session(shop, web, order, buyer):
    """In another process than the one that ends it; other sessions listen on."""
    token = new_token(shop, buyer.id, buyer.email)
    with (
        Listener(web, f"order={order['id']}", buyer.token) as page,
        Listener(web, f"order={order['id']}", token) as other,
    ):
        page.next()
        other.next()
        assert buyer.http.post("/api/users/signout").status_code == 200
        assert page.is_over()
        cookie = {"Cookie": f"session={token}"}
        url = f"/api/orders/{order['id']}"
        assert buyer.http.delete(url, headers=cookie).status_code == 204
        other.until(status="cancelled")
        with shop.rpc() as rpc:
            rpc.auth.revoke_sessions(buyer.id)
        assert other.is_over()
