"""Real processes on free ports, the real `stripe` library, and a webhook receiver."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from time import monotonic

import pytest
from stand_in_processes import DEADLINE, SECRET, Hook, InProcess, StandIn


@pytest.fixture
def make_due(tmp_path):
    """Turns the clock of what a killed process has left to do."""

    def make_due():
        with closing(sqlite3.connect(tmp_path / "data" / "stripe.sqlite3")) as db, db:
            assert db.execute("UPDATE due SET at = 0").rowcount

    return make_due


@pytest.fixture
def eventually():
    """Asks again and again, for as long as the deadline allows."""

    def eventually(condition):
        deadline, pause = monotonic() + DEADLINE, threading.Event()
        while not condition():
            assert monotonic() < deadline, "it has not come true in time"
            pause.wait(0.02)

    return eventually


@pytest.fixture
def start(tmp_path):
    """Starts a process on this test's own data; ends what the test leaves running."""
    started = []

    def start(*arguments):
        started.append(StandIn(tmp_path / "data", *arguments))
        return started[-1]

    yield start
    for stand_in in started:
        with suppress(ProcessLookupError):
            stand_in.kill()


@pytest.fixture
def own(start):
    """A process of this test's own, without an endpoint of the command line."""
    return start()


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory):
    running = StandIn(tmp_path_factory.mktemp("stripe"))
    yield running
    running.kill()


@pytest.fixture
def client(stand_in):
    return stand_in.client().v1


@pytest.fixture
def raw(stand_in):
    with stand_in.raw() as client:
        yield client


@pytest.fixture
def hooks():
    """Makes receivers, each with an address of its own."""
    made = []

    def make():
        made.append(Hook())
        return made[-1]

    yield make
    for hook in made:
        hook.server.shutdown()
        hook.server.server_close()


@pytest.fixture
def hook(hooks):
    return hooks()


@pytest.fixture
def with_hook(start, hook):
    """Starts a process that sends its events to the hook."""

    def with_hook(*arguments):
        return start("--webhook-url", hook.url, "--webhook-secret", SECRET, *arguments)

    return with_hook


@pytest.fixture
def in_process(tmp_path):
    running = InProcess(tmp_path)
    yield running
    running.store.close()


@pytest.fixture
def pay(client):
    """Creates and confirms in one call."""

    def pay(token="tok_visa", amount=1500, options=None, **more):
        data = {"type": "card", "card": {"token": token}}
        params = {
            "amount": amount,
            "currency": "usd",
            "confirm": True,
            "payment_method_data": data,
            "allowed_payment_method_types": ["card"],
        }
        return client.payment_intents.create(params | more, options)

    return pay
