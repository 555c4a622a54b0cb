import pytest
from http_client import Client


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()
