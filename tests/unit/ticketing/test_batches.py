"""Calls about one thing are made together, one batch after the other."""

import eventlet
import pytest
from eventlet.event import Event
from greenlet import GreenletExit

from ticketing.batches import Batches
from ticketing.errors import NotFoundError, UnavailableError

A, B = "a", "b"


class Desk:
    """Handles batches; each waits until the test lets it go, or ends with an error."""

    def __init__(self):
        self.batches = Batches()
        self.handled = []
        self._gates = []
        self.results = {}

    def handle(self, items):
        gate = Event()
        self.handled.append(items)
        self._gates.append(gate)
        gate.wait()

    def join(self, item, key=A):
        """Join without waiting; what comes of it stands in ``results`` by item."""

        def run():
            try:
                self.batches.join(key, item, self.handle)
                self.results[item] = "done"
            except Exception as error:  # noqa: BLE001 - it is what is looked at
                self.results[item] = error

        thread = eventlet.spawn(run)
        let_run()
        return thread

    def go(self, number, error=None):
        """End the handling of a batch, counted from 0."""
        if error:
            self._gates[number].send_exception(error)
        else:
            self._gates[number].send(None)
        let_run()

    def kill(self, thread):
        thread.kill()
        let_run()


def let_run():
    for _ in range(10):
        eventlet.sleep(0)


@pytest.fixture
def desk():
    with eventlet.Timeout(10):
        yield Desk()


def test_the_first_call_is_made_at_once_and_those_meanwhile_together(desk):
    for item in (1, 2, 3, 4):
        desk.join(item)
    assert desk.handled == [[1]]
    desk.go(0)
    assert desk.handled == [[1], [2, 3, 4]]
    desk.join(5)
    assert desk.handled == [[1], [2, 3, 4]]
    desk.go(1)
    assert desk.handled == [[1], [2, 3, 4], [5]]


def test_who_joins_returns_when_the_own_batch_is_done(desk):
    for item in (1, 2, 3):
        desk.join(item)
    assert desk.results == {}
    desk.go(0)
    assert desk.results == {1: "done"}
    desk.join(4)
    desk.go(1)
    assert desk.results == {1: "done", 2: "done", 3: "done"}
    desk.go(2)
    assert desk.results[4] == "done"


def test_an_error_reaches_all_of_its_batch_and_nobody_else(desk):
    for item in (1, 2, 3):
        desk.join(item)
    desk.go(0)
    desk.join(4)
    error = NotFoundError()
    desk.go(1, error)
    assert desk.results == {1: "done", 2: error, 3: error}
    desk.go(2)
    assert desk.results[4] == "done"


def test_another_thing_does_not_wait(desk):
    desk.join(1, A)
    desk.join(2, A)
    desk.join(3, B)
    assert desk.handled == [[1], [3]]
    desk.go(1)
    assert desk.results == {3: "done"}
    desk.go(0)
    assert desk.handled == [[1], [3], [2]]


def test_who_is_killed_at_work_leaves_the_others_an_error_and_the_next_a_turn(desk):
    desk.join(1)
    leader = desk.join(2)
    desk.join(3)
    desk.go(0)
    desk.join(4)
    desk.kill(leader)
    assert isinstance(desk.results[3], UnavailableError)
    assert 2 not in desk.results
    assert desk.handled == [[1], [2, 3], [4]]
    desk.go(2)
    assert desk.results[4] == "done"


def test_who_is_killed_before_the_turn_leaves_nobody_hanging(desk):
    desk.join(1)
    leader = desk.join(2)
    desk.join(3)
    desk.kill(leader)
    assert isinstance(desk.results[3], UnavailableError)
    assert desk.handled == [[1]]
    desk.go(0)
    desk.join(4)
    desk.go(1)
    assert desk.results[1] == desk.results[4] == "done"
    assert desk.handled == [[1], [4]]


def test_who_is_killed_before_the_turn_does_not_let_others_in_early(desk):
    """Calls about one thing are never made side by side."""
    desk.join(1)
    desk.kill(desk.join(2))
    desk.join(3)
    desk.join(4)
    assert desk.handled == [[1]]
    desk.go(0)
    assert desk.handled == [[1], [3, 4]]
    desk.join(5)
    assert desk.handled == [[1], [3, 4]]


def test_who_is_killed_while_waiting_with_others_takes_nothing_from_them(desk):
    desk.join(1)
    desk.join(2)
    waiting = desk.join(3)
    desk.join(4)
    desk.kill(waiting)
    desk.go(0)
    desk.go(1)
    assert desk.results == {1: "done", 2: "done", 4: "done"}


@pytest.mark.parametrize("end", [eventlet.Timeout, GreenletExit, KeyboardInterrupt])
def test_what_is_no_error_of_the_call_is_told_as_one_that_passes(desk, end):
    """A worker's end is its own; the others' messages come again."""
    desk.join(1)
    desk.join(2)
    desk.join(3)
    desk.go(0)

    def ended(items):
        raise end

    with pytest.raises(end):
        desk.batches.join(B, 9, ended)
    desk.go(1, UnavailableError("away"))
    assert {type(desk.results[item]) for item in (2, 3)} == {UnavailableError}
    desk.join(4, B)
    assert desk.handled[-1] == [4]


def test_nothing_is_remembered_of_what_is_over(desk):
    for item in (1, 2, 3):
        desk.join(item)
    desk.kill(desk.join(4, B))
    desk.go(0)
    desk.go(2, NotFoundError())
    assert set(desk.results) == {1, 2, 3}
    assert desk.batches._forming == desk.batches._turns == {}
