"""How long a request waits in vain, for all that it asks of others together."""

from types import SimpleNamespace

import eventlet
import pytest

from ticketing import patience
from ticketing.contract import TicketCreated
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.events import EventHandler
from ticketing.http.route import Route
from ticketing.rpc import ServiceRpc

MOST = 1.0


@pytest.fixture
def time(monkeypatch):
    """A clock that stands still until it is set."""
    time = SimpleNamespace(now=50.0)
    monkeypatch.setattr(patience, "monotonic", lambda: time.now)
    return time


def wait(time, seconds, error=None):
    try:
        with patience.spent_by(UnavailableError):
            time.now += seconds
            if error:
                raise error
    except (UnavailableError, NotFoundError):
        pass


def in_a_worker(work):
    return eventlet.spawn(work).wait()


def test_waits_in_vain_share_one_budget(time):
    def work():
        patience.begin()
        wait(time, 0.25, UnavailableError())
        before = patience.left(MOST)
        wait(time, 5, UnavailableError())
        return before, patience.left(MOST)

    assert in_a_worker(work) == (0.75, 0)


def test_a_wait_that_ends_with_an_answer_costs_nothing(time):
    """Whatever the answer is: who is slow is not away."""

    def work():
        patience.begin()
        wait(time, 5)
        wait(time, 5, NotFoundError())
        return patience.left(MOST)

    assert in_a_worker(work) == MOST


def test_each_request_has_its_own(time):
    def work():
        patience.begin()
        wait(time, 0.5, UnavailableError())
        return patience.left(MOST)

    assert [in_a_worker(work), in_a_worker(work)] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("entrypoint", "left"),
    [(Route("GET", "/"), 0.5), (EventHandler(TicketCreated), MOST)],
)
def test_only_who_answers_a_request_has_to_be_quick(time, entrypoint, left):
    """An event, a call or a round of its own waits for each answer as long."""

    def work():
        ServiceRpc("tickets").get_dependency(SimpleNamespace(entrypoint=entrypoint))
        wait(time, 0.5, UnavailableError())
        return patience.left(MOST)

    assert in_a_worker(work) == left
