"""The turnstile: so many at once, in the order they came, and nobody waits too long."""

import time
from collections import Counter

import eventlet
import pytest
from eventlet.event import Event
from turnstile_gate import Gate, sent_away, turn

from ticketing import turnstile
from ticketing.errors import BusyError
from ticketing.outside import LATENESS
from ticketing.turnstile import GIVING_WAY, LATE, SOON, Turnstile


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
    assert SOON <= caught.value.retry_after <= LATE
    assert caught.value.status == 503
    gate.open.send(None)
    assert first.wait() == "a"
    assert gate.go_in("c") == "c"


def test_who_would_not_have_a_turn_in_time_does_not_wait_at_all(pool, monkeypatch):
    monkeypatch.setattr(turnstile, "USUAL", 20)
    gate = Gate(Turnstile(at_once=1, patience=60))
    people = [pool.spawn(gate.go_in, each) for each in "abcde"]
    eventlet.sleep(0)
    with pytest.raises(BusyError):
        gate.go_in("f")
    gate.open.send(None)
    assert [each.wait() for each in people] == list("abcde")


def test_who_holds_tickets_is_kept_waiting_rather_than_sent_away(pool, monkeypatch):
    """Others are told at once when to come back."""
    for name in ("PATIENCE", "OF_HOLDERS"):
        monkeypatch.setattr(turnstile, name, 100 * getattr(turnstile, name))
    monkeypatch.setattr(turnstile, "USUAL", turnstile.OF_HOLDERS * 0.4)
    payers, buyers = Gate(Turnstile(1, goes_first=True)), Gate(Turnstile(1))
    people = [pool.spawn(gate.go_in, n) for gate in (payers, buyers) for n in "ab"]
    eventlet.sleep(0)
    with pytest.raises(BusyError):
        buyers.go_in("c")
    people.append(pool.spawn(payers.go_in, "c"))
    for gate in (payers, buyers):
        gate.open.send(None)
    assert [each.wait() for each in people] == list("ababc")


def test_those_outside_stand_in_a_line_too(pool, turnstile_clock, monkeypatch):
    """Each comes when those before have had their turns; who does not come at all is
    reckoned with no more.
    """
    monkeypatch.setattr(turnstile, "USUAL", 0.5)
    gate = Gate(Turnstile(at_once=1, patience=0.4))
    people = [pool.spawn(gate.go_in, each) for each in "ab"]
    eventlet.sleep(0)
    assert list(sent_away(gate.turns, range(6))) == [1, 1, 2, 2, 3, 3]
    later = Counter(sent_away(gate.turns, range(6, 46)))
    assert later == Counter({**dict.fromkeys(range(4, 15), 2), LATE: 40 - 2 * 11})
    turnstile_clock.at += LATE + LATENESS
    assert list(sent_away(gate.turns, [0])) == [SOON]
    gate.open.send(None)
    for each in people:
        each.wait()


def test_the_line_goes_as_fast_as_turns_end(pool, turnstile_clock, monkeypatch):
    monkeypatch.setattr(turnstile, "WEIGHT", 1)
    turns, ends = Turnstile(at_once=1, patience=60), [Event() for _ in range(4)]

    def go_in(end):
        with turn(turns):
            end.wait()

    people = [pool.spawn(go_in, each) for each in ends]
    for end, person in zip(ends[:3], people, strict=False):
        eventlet.sleep(0)
        turnstile_clock.at += 0.25
        end.send(None)
        person.wait()
    assert turns._pace == 0.25
    ends[3].send(None)
    pool.waitall()


def test_others_give_way_while_somebody_waits_who_goes_first(pool):
    """Some go in nevertheless: those first may wait for what does not come."""
    payers = Gate(Turnstile(at_once=1, patience=60, goes_first=True))
    buyers = Gate(Turnstile(at_once=10, patience=60))
    paying = [pool.spawn(payers.go_in, each) for each in "ab"]
    eventlet.sleep(0)
    buying = [pool.spawn(buyers.go_in, each) for each in range(20)]
    eventlet.sleep(0)
    assert (payers.inside, buyers.inside) == (["a"], [*range(GIVING_WAY)])
    payers.open.send(None)
    assert [each.wait() for each in paying] == ["a", "b"]
    buyers.open.send(None)
    assert [each.wait() for each in buying] == [*range(20)]
    later = Gate(buyers.turns)
    pool.spawn_n(lambda: [pool.spawn_n(later.go_in, each) for each in range(20)])
    eventlet.sleep(0.01)
    assert later.inside == [*range(10)]
    later.open.send(None)
    pool.waitall()


def test_whose_turn_comes_as_the_time_ends_has_it(pool):
    """Else a place would be lost for good."""
    turns = Turnstile(at_once=1, patience=0.01)

    def go_in(seconds):
        with turn(turns):
            eventlet.sleep(seconds)
        return "in"

    people = [pool.spawn(go_in, seconds) for seconds in (0.01, 0)]
    eventlet.sleep(0)
    time.sleep(0.02)  # the turn's end and that of the time are due in one moment
    assert [each.wait() for each in people] == ["in", "in"]


def test_who_is_stopped_in_the_moment_of_being_let_in_makes_room(pool):
    turns, people = Turnstile(at_once=1, patience=60), []

    def first():
        with turn(turns):
            eventlet.sleep(0)
        people[0].kill()

    pool.spawn(first)
    people.append(pool.spawn(Gate(turns).go_in, "b"))
    pool.waitall()
    assert turns._has_room
    with turn(turns):
        assert not Turnstile.is_crowded()


def test_who_fails_inside_makes_room():
    turns = Turnstile(at_once=1, patience=0.01)
    with pytest.raises(KeyError), turn(turns):
        raise KeyError
    with turn(turns):
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
