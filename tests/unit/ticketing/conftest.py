"""Connections without a server, a service without a container, streams without a page."""

import pytest
from http_client import Client
from http_page import Page
from http_shop import ShopService
from unit_doubles import Site, worker

from ticketing.http.streaming import StreamHub

NEVER = 1000


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()


@pytest.fixture
def site():
    return Site(worker(ShopService))


@pytest.fixture
def make_hub():
    hubs = []

    def make(limit=10, heartbeat=NEVER):
        hub = StreamHub(limit, heartbeat)
        hub.start()
        hubs.append(hub)
        return hub

    yield make
    for hub in hubs:
        hub.stop()


@pytest.fixture
def hub(make_hub):
    return make_hub()


@pytest.fixture
def page(hub):
    page = Page(hub, "a")
    page.hears(b"first")
    return page
