"""A service without a container, connections without a server, spans, a crowd."""

from types import SimpleNamespace

import pytest
from eventlet.greenpool import GreenPool
from http_client import Client
from http_page import Page
from http_shop import ShopService
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from unit_doubles import Site, worker

from ticketing import spans, turnstile
from ticketing.http.streaming import StreamHub
from ticketing.span_recorder import Recorder

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


@pytest.fixture
def told(monkeypatch):
    """What a collector is told, as soon as it is over."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(spans, "recorder", Recorder(SimpleSpanProcessor(exporter)))
    return exporter.get_finished_spans


@pytest.fixture
def pool():
    return GreenPool()


@pytest.fixture
def turnstile_clock(monkeypatch):
    now = SimpleNamespace(at=100.0)
    monkeypatch.setattr(turnstile, "monotonic", lambda: now.at)
    return now
