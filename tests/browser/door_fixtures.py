"""A seller, a buyer, what they deal in, and the browsers of both."""

import re

import pytest
from door_people import DESKTOP, Door, Person

# What browsers say about networks and sessions that a test has cut off.
EXPECTED = re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED|a status of [45]")


@pytest.fixture
def browse(url, chromium):
    """Makes browsers; what is wrong with their pages fails the test."""
    contexts, complaints = [], []

    def note(message):
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            complaints.append(message.text)

    def make(width=DESKTOP, **options):
        viewport = {"width": width, "height": 800}
        context = chromium.new_context(base_url=url, viewport=viewport, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("console", note)
        context.on("weberror", lambda found: complaints.append(str(found.error)))
        return context

    yield make
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def seller(browse):
    return Person(browse())


@pytest.fixture
def buyer(browse):
    return Person(browse())


@pytest.fixture
def opera(seller):
    """The id of a listing."""
    return seller.sell("A-1", "A-2", "A-3")


@pytest.fixture
def sold(buyer, opera):
    """The passes of the first two seats."""
    return buyer.buy(opera, "A-1", "A-2")


@pytest.fixture
def door(seller, opera, sold):
    return Door(seller.context, opera, "North door")


@pytest.fixture
def another_device(browse, seller):
    """Makes browsers in which the seller is signed in, too."""

    def make():
        context = browse()
        answer = context.request.post("/api/users/signin", data=seller.credentials)
        assert answer.ok, answer.text()
        return context

    return make
