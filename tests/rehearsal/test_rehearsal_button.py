"""What a seller's button starts: it is told what to do, and tells how it stands."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from launcher import ROOT
from launcher.program import project_environment
from rehearsal.job import LASTS, MOST_TITLE, Job
from rehearsal.record import Asked, Record
from rehearsal.terms import Goods, Terms
from rehearsal.twin import standing

TOLD = {
    "host": "127.0.0.1",
    "port": 1,
    "permit": "p.q",
    "title": "Gala",
    "price": 12.5,
    "currency": "eur",
    "most": 10,
    "units": 30,
    "seats": [],
    "buyers": 2,
}


def job(**changes):
    return Job.parse(json.dumps(TOLD | changes).encode())


@contextmanager
def begun(**changes):
    """The program, as the shop starts it."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "rehearsal.button"],
        cwd=ROOT,
        env=project_environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as going:
        going.stdin.write(json.dumps(TOLD | changes) + "\n")
        going.stdin.flush()
        try:
            yield going
        finally:
            going.kill()


@contextmanager
def silent():
    """A shop that takes whatever comes, and does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_what_is_sold_is_like_the_listing():
    """Under a name that says what it is; nobody can buy it for long."""
    seats = ["A-1", "A-2"]
    assert job(seats=seats).goods == Goods(
        "Rehearsal: Gala", 12.5, 10, "eur", ("A-1", "A-2"), LASTS
    )
    assert len(job(title="x" * MOST_TITLE).goods.title) == MOST_TITLE


@pytest.mark.parametrize(
    ("most", "units", "wanted"), [(10, 30, 4), (2, 30, 2), (10, 1, 1)]
)
def test_nobody_wants_more_than_one_may_have(most, units, wanted):
    assert job(most=most, units=units).terms == Terms(units, most=wanted)


def test_a_sale_in_numbers():
    """Busy is what a crowd makes a shop; no answer, or a fault of its own, is not."""
    record = Record()
    statuses = (201, 400, 503, 503, 0, 429, 500, 502)
    record.asked = [Asked(0.1, "reserve", 0.2, status) for status in statuses]
    record.ends.update({"too late": 3, "declined": 2, "let go": 1})
    record.purchase("a", ("1", "2"), 0.0)
    found = standing(record)
    assert (found["sold"], found["bought"], found["perSecond"]) == (2, 1, [1])
    assert (found["waited"], found["failed"]) == (2, 4)
    assert (found["late"], found["declined"], found["letGo"]) == (3, 2, 1)


def test_a_shop_that_is_not_there():
    """That is told as what came of it."""
    with begun() as going:
        said = [json.loads(line) for line in going.stdout]
        assert going.wait() == 1
    assert said[-1]["phase"] == "failed"
    assert "no answer" in said[-1]["why"].lower()


def end(going, listener, how):
    """End it once it has begun to ask."""
    connection, _ = listener.accept()
    with connection:
        how(going)
        return going.wait(30)


def test_it_ends_when_whoever_asked_for_it_is_gone():
    with silent() as listener, begun(port=listener.getsockname()[1]) as going:
        ended = end(going, listener, lambda going: going.stdin.close())
    assert ended == 128 + signal.SIGTERM


def test_it_ends_when_it_is_told_to():
    with silent() as listener, begun(port=listener.getsockname()[1]) as going:
        ended = end(going, listener, lambda going: going.terminate())
    assert ended == 128 + signal.SIGTERM


def test_it_says_what_it_is_in_every_request():
    """The permit of the shop stands beside what is asked for."""
    with silent() as listener, begun(port=listener.getsockname()[1]):
        connection, _ = listener.accept()
        with connection:
            asked = connection.recv(65536).decode()
    assert asked.startswith("POST /api/users/signup ")
    assert "\r\nX-Rehearsal: p.q\r\n" in asked
