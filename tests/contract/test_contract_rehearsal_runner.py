"""Who runs a rehearsal writes down what its program says, however that one ends.

The programs are real ones: each says a little, and then does what a test is about.
"""

import json
import os
import signal
import sys

import eventlet
import pytest

from ticketing.errors import UnavailableError
from web.rehearsals import runner
from web.rehearsals.runner import Runner
from web.rehearsals.states import Phase, Run, begun
from web.rehearsals.store import MemoryRehearsals, RedisRehearsals

RUN = Run("r1", "hall")
BEGINS = """
import json, os, signal, sys
job = json.loads(sys.stdin.readline())
def say(**told):
    print(json.dumps(told), flush=True)
say(phase="selling", sale={"sold": 3, "pid": os.getpid()}, twin=job)
"""
# Until the input ends, as that of a program whose parent is gone.
STAYS = "sys.stdin.read()"
# Until it is killed.
STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    signal.pause()
"""


@pytest.fixture
def kept(config, keys):
    return RedisRehearsals(keys, f"{config['NAMESPACE']}:web:rehearsals")


@pytest.fixture
def go(kept, monkeypatch):
    """Runs a program that goes on so; returns the thread in which that is done."""
    monkeypatch.setattr(runner, "EVERY", 0.05)
    threads = []

    def go(rest, kept=kept):
        command = (sys.executable, "-c", BEGINS + rest)
        monkeypatch.setattr(runner, "COMMAND", command)
        state = begun(RUN, 20, 8, "")
        assert kept.begin(RUN, state)
        made = Runner(kept, RUN, state)
        threads.append(eventlet.spawn(made.go, {"id": "twin"}))
        return threads[-1]

    yield go
    for thread in threads:
        thread.kill()


def until_selling(kept):
    """Return the process that says so."""
    with eventlet.Timeout(30):
        while not (sale := (kept.find("hall") or {}).get("sale")):
            eventlet.sleep(0.01)
    return sale["pid"]


def ended(going):
    with eventlet.Timeout(30):
        going.wait()


def until_gone(pid):
    with eventlet.Timeout(30):
        while os.path.exists(f"/proc/{pid}"):  # noqa: PTH110
            eventlet.sleep(0.01)


def test_what_is_said_is_written_down(go, kept):
    """What it was told to do, how it stood, what came of it, and the report."""
    go('say(phase="done", outcome={"sold": 8}, report="<p>é")').wait()
    found = kept.find("hall")
    assert found["phase"] == Phase.DONE
    assert found["twin"] == {"id": "twin"}
    assert found["outcome"] == {"sold": 8}
    assert kept.report("hall") == "<p>é"
    assert not kept.is_running()


def test_one_that_is_killed_has_ended_before_its_time(go, kept):
    """Not for ever does its page say that it goes on."""
    going = go(STAYS)
    os.kill(until_selling(kept), signal.SIGKILL)
    ended(going)
    assert kept.find("hall")["phase"] == Phase.LOST
    assert not kept.is_running()


def test_one_that_is_told_to_stop_may_put_things_in_order(go, kept):
    going = go(
        "signal.signal(signal.SIGTERM, lambda *_: (say(done=7), sys.exit(1)))\n" + STAYS
    )
    until_selling(kept)
    kept.stop(RUN)
    ended(going)
    found = kept.find("hall")
    assert (found["phase"], found["done"]) == (Phase.STOPPED, 7)
    assert not kept.is_running()


def test_one_that_will_not_stop_is_killed(go, kept, monkeypatch):
    monkeypatch.setattr(runner, "ORDERLY", 0.2)
    going = go(STUBBORN)
    pid = until_selling(kept)
    kept.stop(RUN)
    ended(going)
    until_gone(pid)
    assert kept.find("hall")["phase"] == Phase.STOPPED


def test_one_that_goes_on_for_too_long_is_killed(go, kept, monkeypatch):
    monkeypatch.setattr(runner, "LONGEST", 1.0)
    going = go(STUBBORN)
    pid = until_selling(kept)
    ended(going)
    until_gone(pid)
    assert kept.find("hall")["phase"] == Phase.LOST


def test_who_has_lost_the_lease_ends_it(go, kept, keys, config):
    """Or two would go on at the same time."""
    going = go(STAYS)
    pid = until_selling(kept)
    keys.delete(f"{config['NAMESPACE']}:web:rehearsals:running")
    ended(going)
    until_gone(pid)


def test_it_ends_with_the_process_that_runs_it(go, kept):
    """As when the service stops, and its threads are killed."""
    going = go(STAYS)
    pid = until_selling(kept)
    going.kill()
    until_gone(pid)
    assert kept.find("hall")["phase"] == Phase.LOST
    assert not kept.is_running()


class Away(MemoryRehearsals):
    """Cannot be asked any more, after some time."""

    looks = 3

    def keep(self, run, state):
        self.looks -= 1
        if self.looks < 0:
            raise UnavailableError
        return super().keep(run, state)


def test_it_goes_on_while_redis_is_away_for_a_moment(go, monkeypatch):
    """But no longer than the lease lasts: then another one may have begun."""
    monkeypatch.setattr(runner, "PATIENCE", 0.5)
    kept = Away()
    going = go(STAYS, kept)
    pid = until_selling(kept)
    ended(going)
    until_gone(pid)


def test_a_program_that_cannot_be_started_is_told(kept, monkeypatch):
    monkeypatch.setattr(runner, "COMMAND", ("/nowhere/python",))
    state = begun(RUN, 20, 8, "")
    kept.begin(RUN, state)
    Runner(kept, RUN, state).go({})
    assert kept.find("hall")["phase"] == Phase.FAILED
    assert not kept.is_running()


def test_what_cannot_be_read_is_told(go, kept):
    """Nothing that a program says ends the service."""
    go('print("no JSON", flush=True)\n' + STAYS).wait()
    assert kept.find("hall")["phase"] == Phase.FAILED


def test_it_has_nothing_of_the_services_own_settings(go, kept, monkeypatch):
    monkeypatch.setenv("JWT_KEYS", "first=secret")
    go('say(phase="done", outcome={"env": dict(os.environ)})').wait()
    given = kept.find("hall")["outcome"]["env"]
    assert "secret" not in json.dumps(given)
