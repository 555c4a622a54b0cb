"""Who may listen to what, and how pages say what they are about."""

import re
from datetime import timedelta

import pytest
from web_live_house import created

from ticketing.ids import new_id
from ticketing.peers import PER_ADDRESS, Peers
from web import live
from web.live import most_streams
from web.shop import PAGE_SIZE

pytest_plugins = ("web_live_house",)


def test_the_buyer_may_listen_to_an_order(heard, buyer, order):
    response = buyer.get(f"/live?order={order['id']}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in response.headers
    assert "ETag" not in response.headers


def test_a_page_with_orders_listens_to_the_first_of_them(heard, buyer, hub, world):
    orders = [world.orders.create_order(buyer.id, world.sell()["id"]) for _ in range(7)]
    query = "&".join(f"order={each['id']}" for each in [orders[0], *orders])
    buyer.get(f"/live?{query}").take(3)
    told = re.findall(rb'"id":"(\w+)"', hub.first)
    assert [each.decode() for each in told] == [each["id"] for each in orders[:5]]


def test_nobody_listens_to_anothers_order_beside_their_own(heard, order, other, world):
    own = world.orders.create_order(other.id, world.sell()["id"])
    path = f"/live?order={own['id']}"
    assert other.get(path).status_code == 200
    assert other.get(f"{path}&order={order['id']}").status_code == 404


def test_nobody_else_may(heard, order, other):
    path = f"/live?order={order['id']}"
    assert other.get(path).status_code == 404
    assert heard.visitor().get(path).status_code == 404
    assert other.get(f"/live?order={new_id()}").status_code == 404


def test_anybody_may_listen_to_a_listing(heard, ticket):
    assert heard.visitor().get(f"/live?ticket={ticket['id']}").status_code == 200


def test_a_list_listens_to_what_it_shows(heard, hub, world):
    ids = [world.sell()["id"] for _ in range(PAGE_SIZE + 1)]
    query = "&".join(f"listed={each}" for each in [ids[0], *ids])
    heard.visitor().get(f"/live?{query}").take(3)
    assert hub.heard >= {f"listed:{each}" for each in ids[:-1]}
    assert f"listed:{ids[-1]}" not in hub.heard


def test_home_names_what_it_shows(heard, world):
    ids = {world.sell()["id"] for _ in range(3)}
    html = heard.visitor().read("/")
    (about,) = re.findall('<meta name="live" content="([^"]*)">', html)
    assert {each.removeprefix("listed=") for each in about.split("&amp;")} == ids


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("ticket=x", 404), ("order=x", 404), ("listed=x", 404)],
)
def test_nonsense_cannot_be_listened_to(heard, other, query, status):
    assert other.get(f"/live?{query}").status_code == status


def test_a_browser_says_where_it_left_off(heard, buyer, hub, ticket):
    path = f"/live?ticket={ticket['id']}&since=1"
    for headers, is_told in [({}, True), ({"last_event_id": "0100"}, False)]:
        heard.worker.live.next(created())
        buyer.get(path, **headers).take(3)
        assert (b"event: ticket" in hub.first) == is_told


def test_a_full_house_asks_to_come_back(heard, buyer, hub, ticket):
    hub.is_full = True
    response = buyer.get(f"/live?ticket={ticket['id']}", accept="text/event-stream")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_one_address_does_not_fill_the_house(heard, buyer, hub, ticket):
    path, json = f"/live?ticket={ticket['id']}", "text/event-stream"
    hub.open = PER_ADDRESS - 1
    assert buyer.get(path, accept=json).status_code == 200
    hub.open = PER_ADDRESS
    assert buyer.get(path, accept=json).status_code == 503
    heard.worker.live._peers = Peers.of({"UNCOUNTED_ADDRESSES": "127.0.0.0/8"})
    assert buyer.get(path, accept=json).status_code == 200


def test_a_stream_ends_with_its_session(heard, buyer, hub, order):
    """Also with one that ended before the stream had begun."""
    path = f"/live?order={order['id']}"
    ended = set()
    heard.worker.live._has_ended = lambda session: session.user_id in ended
    buyer.get(path).take(3)
    assert [session.user_id for session in hub.sessions] == [buyer.id]
    heard.worker.live.hear_revoked(buyer.id)
    assert hub.ended == []
    ended.add(buyer.id)
    heard.worker.live.hear_revoked(buyer.id)
    assert hub.ended == [(f"user:{buyer.id}", hub.sessions[0])]
    hub.ended.clear()
    buyer.get(path).take(3)
    assert (f"user:{buyer.id}", hub.sessions[1]) in hub.ended


def test_pages_say_what_they_are_about(world, buyer, ticket, order):
    html = buyer.read(f"/orders/{order['id']}")
    assert f'<meta name="live" content="order={order["id"]}">' in html
    assert f'data-version="{order["version"]}"' in html
    passes = buyer.read(f"/orders/{order['id']}/passes")
    assert f'<meta name="live" content="order={order["id"]}">' in passes
    html = buyer.read(f"/tickets/{ticket['id']}")
    assert f'content="ticket={ticket["id"]}&amp;version={ticket["version"]}"' in html


def test_a_list_of_orders_listens_to_those_that_may_be_paid(world, buyer):
    assert 'name="live"' not in buyer.read("/orders")
    orders = [
        world.orders.create_order(buyer.id, world.sell(seller=buyer)["id"])["id"]
        for _ in range(8)
    ]
    world.orders.complete(orders[7])
    newest = "&amp;".join(f"order={each}" for each in orders[6:1:-1])
    assert f'<meta name="live" content="{newest}">' in buyer.read("/orders")
    world.now += timedelta(days=1)
    assert 'name="live"' not in buyer.read("/orders")


def allow(monkeypatch, soft, hard):
    monkeypatch.setattr(live.resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(live.resource, "setrlimit", lambda *_: None)


def test_a_process_keeps_files_for_other_things_than_streams(monkeypatch):
    allow(monkeypatch, 1024, 1024)
    assert most_streams({}) == 512
    allow(monkeypatch, 10_000, 10_000)
    assert most_streams({"LIVE_STREAMS": "20000"}) == 9000
    assert most_streams({"LIVE_STREAMS": "7"}) == 7
    allow(monkeypatch, live.resource.RLIM_INFINITY, live.resource.RLIM_INFINITY)
    assert most_streams({}) == 20_000


@pytest.mark.parametrize("wrong", ["none", "0"])
def test_a_number_of_streams_that_is_none_ends_the_start(monkeypatch, wrong):
    allow(monkeypatch, 1024, 1024)
    with pytest.raises(SystemExit, match="LIVE_STREAMS is not valid"):
        most_streams({"LIVE_STREAMS": wrong})
