"""Work that is done again and again, and stops when it is told to."""

import eventlet
import pytest
from eventlet.event import Event
from nameko.containers import ServiceContainer

from ticketing.errors import UnavailableError
from ticketing.periodic import Bell, every


@pytest.fixture
def service():
    class TickingService:
        name = "ticking"
        turns = []  # noqa: RUF012 - of this test alone
        gate = None

        @every(0.001)
        def tick(self):
            self.turns.append(1)
            if self.gate:
                self.gate.wait()
            if len(self.turns) == 2:
                raise UnavailableError
            if len(self.turns) == 3:
                raise KeyError("bug")

    return TickingService


@pytest.fixture
def container(service):
    container = ServiceContainer(service, {})
    container.start()
    yield container
    container.stop()


def wait_for_turns(service, number):
    with eventlet.Timeout(5):
        while len(service.turns) < number:
            eventlet.sleep(0.001)


def test_it_goes_on_after_errors_expected_and_unforeseen(service, container):
    wait_for_turns(service, 6)


def test_one_turn_begins_after_the_last_has_ended(service, container):
    service.gate = Event()
    wait_for_turns(service, 1)
    eventlet.sleep(0.02)
    before = len(service.turns)
    service.gate.send(None)
    assert before == 1
    wait_for_turns(service, 2)


@pytest.fixture
def rung():
    """A service that hardly ever does anything by itself, and its bell."""
    bell = Bell()

    class DozingService:
        name = "dozing"
        turns = []  # noqa: RUF012 - of this test alone
        gate = None

        @every(3600, bell)
        def tick(self):
            self.turns.append(1)
            if self.gate:
                self.gate.wait()

    container = ServiceContainer(DozingService, {})
    container.start()
    yield DozingService, bell
    with eventlet.Timeout(5):
        container.stop()


def test_a_bell_makes_the_next_turn_come_at_once(rung):
    service, bell = rung
    for number in range(1, 4):
        bell.ring()
        wait_for_turns(service, number)


def test_of_many_rings_during_a_turn_there_is_one_more(rung):
    service, bell = rung
    service.gate = Event()
    bell.ring()
    wait_for_turns(service, 1)
    for _ in range(5):
        bell.ring()
    service.gate.send(None)
    wait_for_turns(service, 2)
    eventlet.sleep(0.01)
    assert len(service.turns) == 2


def test_a_bell_that_nobody_hears_is_rung_in_vain():
    Bell().ring()


def test_after_the_end_there_is_no_turn(service):
    container = ServiceContainer(service, {})
    container.start()
    wait_for_turns(service, 1)
    with eventlet.Timeout(5):
        container.stop()
    before = len(service.turns)
    eventlet.sleep(0.01)
    assert len(service.turns) == before
