"""Whoever came first goes first, also when he was told to come back."""

from itertools import count

import eventlet
import pytest
from turnstile_gate import Gate, sent_away

from ticketing import turnstile
from ticketing.errors import BusyError
from ticketing.turnstile import LATE, SOON, Turnstile


def test_who_comes_back_goes_before_those_who_came_later(pool):
    gate = Gate(Turnstile(at_once=1, patience=60))
    came = {"a": None, "b": None, "c": 20, "d": None, "e": 10, "f": 20}
    people = [pool.spawn(gate.go_in, *each) for each in came.items()]
    eventlet.sleep(0)
    gate.open.send(None)
    assert sorted(each.wait() for each in people) == sorted(came)
    assert gate.inside == list("aecfbd")


def test_newcomers_keep_nobody_out_who_comes_back(pool, monkeypatch):
    monkeypatch.setattr(turnstile, "USUAL", 20)
    gate = Gate(Turnstile(at_once=1, patience=30))
    people = [pool.spawn(gate.go_in, each) for each in "abc"]
    eventlet.sleep(0)
    with pytest.raises(BusyError):
        gate.go_in("d")
    people += [pool.spawn(gate.go_in, each, 10) for each in "ef"]
    eventlet.sleep(0)
    with pytest.raises(BusyError):
        gate.go_in("g", 10)
    gate.open.send(None)
    assert sorted(each.wait() for each in people) == list("abcef")
    assert gate.inside == list("aefbc")


def test_who_comes_back_in_vain_waits_for_those_before_him_only(
    pool, turnstile_clock, monkeypatch
):
    """He need not stand at the end of those outside a second time."""
    monkeypatch.setattr(turnstile, "USUAL", 2)
    gate = Gate(Turnstile(at_once=1, patience=0.5))
    people = [pool.spawn(gate.go_in, "a"), pool.spawn(gate.go_in, "b", 1)]
    eventlet.sleep(0)
    monkeypatch.setattr(turnstile, "time", lambda: 0.01)
    assert list(sent_away(gate.turns, "cd")) == [2, 4]
    monkeypatch.setattr(turnstile, "time", lambda: 0.02)
    assert list(sent_away(gate.turns, "efg")) == [6, 8, 10]
    assert list(sent_away(gate.turns, "h", since=15)) == [6]
    assert list(sent_away(gate.turns, "i", since=5)) == [2]
    assert list(sent_away(gate.turns, "j")) == [LATE]
    gate.open.send(None)
    for each in people:
        each.wait()


def test_who_is_told_to_come_back_learns_since_when_he_waits(pool, monkeypatch):
    gate = Gate(Turnstile(at_once=1, patience=0))
    people = [pool.spawn(gate.go_in, "a")]
    eventlet.sleep(0)
    monkeypatch.setattr(turnstile, "time", lambda: 1_800_000_000.25)
    new = 1_800_000_000_250
    came = {"b": (None, new, 0), "c": (7, 7, 0), "d": (None, new, 2), "e": (8, 8, 1)}
    for name, (since, told, ahead) in came.items():
        with pytest.raises(BusyError) as caught:
            gate.go_in(name, since)
        assert (caught.value.since, caught.value.ahead) == (told, ahead)
        assert SOON <= caught.value.retry_after <= LATE
    gate.open.send(None)
    people[0].wait()


def test_nobody_stands_in_line_twice(pool, turnstile_clock, monkeypatch):
    """Who asks again and again is still where he was, and makes nobody wait longer."""
    monkeypatch.setattr(turnstile, "USUAL", 2)
    gate = Gate(Turnstile(at_once=1, patience=0.5))
    people = [pool.spawn(gate.go_in, "a"), pool.spawn(gate.go_in, "b", 1)]
    eventlet.sleep(0)
    monkeypatch.setattr(turnstile, "time", count(10).__next__)
    assert list(sent_away(gate.turns, "ccdcdec")) == [2, 2, 4, 2, 4, 6, 2]
    gate.open.send(None)
    for each in people:
        each.wait()
