"""The turnstile: so many at once, in the order they came, and nobody waits too long."""

import eventlet
import pytest
from eventlet.event import Event
from eventlet.greenpool import GreenPool

from ticketing import turnstile
from ticketing.errors import BusyError
from ticketing.turnstile import BACK_AFTER, Turnstile


class Gate:
    """Whoever goes in stays until the gate is opened."""

    def __init__(self, turns):
        self.turns, self.open, self.inside = turns, Event(), []

    def go_in(self, name):
        with self.turns.turn():
            self.inside.append(name)
            self.open.wait()
        return name


@pytest.fixture
def pool():
    return GreenPool()


def test_as_many_as_may_go_in_and_the_others_follow_in_their_order(pool):
    gate = Gate(Turnstile(at_once=2, patience=5))
    people = [pool.spawn(gate.go_in, each) for each in "abcde"]
    eventlet.sleep(0)
    assert gate.inside == ["a", "b"]
    gate.open.send(None)
    assert [each.wait() for each in people] == list("abcde")
    assert gate.inside == list("abcde")


def test_who_would_wait_too_long_comes_back_later_and_nobody_is_kept_out_for_it(pool):
    gate = Gate(Turnstile(at_once=1, patience=0.01))
    first = pool.spawn(gate.go_in, "a")
    eventlet.sleep(0)
    with pytest.raises(BusyError) as caught:
        gate.go_in("b")
    assert BACK_AFTER[0] <= caught.value.retry_after <= BACK_AFTER[1]
    assert caught.value.status == 503
    gate.open.send(None)
    assert first.wait() == "a"
    assert gate.go_in("c") == "c"


def test_who_comes_when_too_many_wait_does_not_wait_at_all(pool, monkeypatch):
    monkeypatch.setattr(turnstile, "MOST_WAITING", 2)
    gate = Gate(Turnstile(at_once=1, patience=60))
    people = [pool.spawn(gate.go_in, each) for each in "abc"]
    eventlet.sleep(0)
    with pytest.raises(BusyError):
        gate.go_in("d")
    gate.open.send(None)
    assert [each.wait() for each in people] == list("abc")


def test_who_fails_inside_makes_room():
    turns = Turnstile(at_once=1, patience=0.01)
    with pytest.raises(KeyError), turns.turn():
        raise KeyError
    with turns.turn():
        pass


def test_it_is_known_whether_somebody_waits_anywhere_in_the_process(pool):
    gate = Gate(Turnstile(at_once=1, patience=5))
    people = [pool.spawn(gate.go_in, each) for each in "ab"]
    assert not Turnstile.is_crowded()
    eventlet.sleep(0)
    assert Turnstile.is_crowded()
    gate.open.send(None)
    for each in people:
        each.wait()
    assert not Turnstile.is_crowded()


def test_who_was_sent_away_waits_no_more(pool):
    gate = Gate(Turnstile(at_once=1, patience=0.01))
    first = pool.spawn(gate.go_in, "a")
    eventlet.sleep(0)
    with pytest.raises(BusyError):
        gate.go_in("b")
    assert not Turnstile.is_crowded()
    gate.open.send(None)
    first.wait()
