"""How a route waits for its worker: never for ever."""

import sys

import eventlet
import pytest
from nameko.exceptions import ContainerBeingKilled
from pydantic import BaseModel, ConfigDict
from unit_doubles import Site, worker

from ticketing import service, turnstile
from ticketing.http import route
from ticketing.http.parsing import RawRequest
from ticketing.http.route import Route
from ticketing.limits import RESERVING


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SlowService(service.Service):
    name = "slow"

    @route("GET", "/slow")
    def get_slow(self, request):
        return {}

    @route("POST", "/crowded", guard=RESERVING, body=Nothing)
    def post_crowded(self, request):
        return {}


@pytest.fixture
def site():
    return Site(worker(SlowService))


@pytest.mark.parametrize("path", ["//slow", "/%2fslow", "///slow", "//livez"])
def test_an_address_has_one_slash_in_front(site, path):
    """Who keeps some addresses away by how they begin must not be passed by."""
    assert site.get("/slow").status == 200
    assert site.get(path).status == 404


def test_a_worker_that_does_not_end_is_answered_for(site, monkeypatch):
    monkeypatch.setattr(sys.modules[Route.__module__], "ANSWER_TIMEOUT", 0.02)
    site.spawn_worker = lambda *args, **kwargs: None
    with eventlet.Timeout(2):
        assert site.get("/slow").status == 503


def test_a_service_that_is_being_killed_says_try_again(site):
    def spawn_worker(*args, **kwargs):
        raise ContainerBeingKilled

    site.spawn_worker = spawn_worker
    assert site.get("/slow").status == 503


def test_a_busy_service_still_answers_for_its_health(site):
    """Probes take no worker, so no number of requests can starve them."""

    def spawn_worker(*args, **kwargs):
        eventlet.sleep(60)

    site.spawn_worker = spawn_worker
    eventlet.spawn_n(site.app.answer, RawRequest("GET", b"/slow"), "", ("h", 1))
    with eventlet.Timeout(1):
        assert site.get("/livez").status == 200
        assert site.get("/readyz").status == 200
        assert site.get("/metrics").status == 200


def test_more_than_can_be_served_are_told_when_to_come_back(site, monkeypatch):
    """And take no worker from others, nor is looked at what they have sent."""

    def before(turns, _):
        return 0 if turns._has_room else 10_000

    monkeypatch.setattr(turnstile.Turnstile, "_before", before)
    working, ways = [], site.spawn_worker

    def spawn_worker(entrypoint, *args, **kwargs):
        if entrypoint.path == "/crowded":
            return working.append(entrypoint)
        return ways(entrypoint, *args, **kwargs)

    site.spawn_worker = spawn_worker
    assert site.post("/crowded", {"odd": 1}).status == 400
    for _ in range(turnstile.AT_ONCE):
        eventlet.spawn_n(site.post, "/crowded", {})
    eventlet.sleep(0)
    answer = site.post("/crowded", {"odd": 1})
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) == turnstile.LATE
    assert len(working) == turnstile.AT_ONCE
    assert site.get("/slow").status == 200
