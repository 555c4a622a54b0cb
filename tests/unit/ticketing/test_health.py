"""Readiness: each dependency is asked once, and an answer comes in any case."""

import eventlet
import pytest

from ticketing import health
from ticketing.errors import UnavailableError
from ticketing.health import readiness


class Resource:
    def __init__(self, name, ping):
        self.pings = lambda: {name: ping}


class Container:
    def __init__(self, *extensions):
        self.extensions = extensions


def fine():
    return None


def away():
    raise UnavailableError("Redis is away")


def broken():
    raise ConnectionResetError("10.0.0.1")


def test_a_system_whose_parts_all_answer_is_ready():
    container = Container(Resource("redis", fine), object(), Resource("nats", fine))
    ready, report = readiness([container])
    assert ready
    assert report == {"status": "ok", "dependencies": {"nats": "ok", "redis": "ok"}}


@pytest.mark.parametrize(
    ("ping", "state"), [(away, "Redis is away"), (broken, "ConnectionResetError")]
)
def test_a_part_that_fails_is_named_with_its_state(ping, state):
    container = Container(Resource("redis", ping), Resource("nats", fine))
    ready, report = readiness([container])
    assert not ready
    assert report["status"] == "away"
    assert report["dependencies"] == {"nats": "ok", "redis": state}


def test_a_part_that_says_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(health, "PING_TIMEOUT", 0.02)
    silent = [Resource(name, lambda: eventlet.sleep(60)) for name in "abc"]
    with eventlet.Timeout(1):
        ready, report = readiness([Container(*silent)])
    assert not ready
    assert set(report["dependencies"].values()) == {UnavailableError.__doc__}


def test_a_part_that_services_share_is_asked_once():
    asked = []
    shared = [Resource("nats", lambda: asked.append(1)) for _ in range(3)]
    readiness([Container(shared[0]), Container(*shared[1:])])
    assert len(asked) == 1
