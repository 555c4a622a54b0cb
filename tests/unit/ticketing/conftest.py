"""A connection without a server, and a service without a container."""

import pytest
from http_client import Client
from http_shop import ShopService
from unit_doubles import Site, worker


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()


@pytest.fixture
def site():
    return Site(worker(ShopService))
