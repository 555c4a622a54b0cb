"""Who is told to come back is given a place in line, and goes first with it."""

from http.cookies import SimpleCookie

import eventlet
import pytest
from eventlet.event import Event
from unit_doubles import ANN, BOB, Site, worker

from ticketing import service
from ticketing.http import route
from ticketing.limits import RESERVING
from ticketing.places import COOKIE, GRACE


class CrowdedService(service.Service):
    name = "crowded"
    served: list[str] = []  # noqa: RUF012 - what each test begins anew
    gate: Event

    @route("POST", "/crowded", session=True, guard=RESERVING)
    def post_crowded(self, request):
        self.served.append(request.session.user_id)
        self.gate.wait()
        return {}


@pytest.fixture
def site():
    """One is served, one waits, and whoever comes then is sent away."""
    site = Site(worker(CrowdedService))
    site.worker.served, site.worker.gate = [], Event()
    turns = site.routes[0]._line._turnstile
    turns._at_once, turns._patience, turns._pace = 1, 60, 61
    return site


def ask(site, user, **headers):
    return site.post("/crowded", {}, user=user, **headers)


def place_of(answer):
    """The cookie that an answer sets."""
    return SimpleCookie(answer.headers["Set-Cookie"])[COOKIE]


@pytest.fixture
def crowd(site):
    """The first is served, and the second is a newcomer in line."""
    people = [eventlet.spawn(ask, site, each) for each in ("first", "second")]
    eventlet.sleep(0)
    assert site.worker.served == ["first"]
    return people


def test_who_comes_back_is_served_before_who_came_later(site, crowd):
    refused = ask(site, BOB)
    place = place_of(refused)
    assert refused.status == 503
    assert (place["path"], place["httponly"], place["samesite"]) == (
        "/crowded",
        True,
        "Lax",
    )
    assert int(place["max-age"]) == int(refused.headers["Retry-After"]) + GRACE
    crowd.append(eventlet.spawn(ask, site, BOB, cookie=f"{COOKIE}={place.value}"))
    eventlet.sleep(0)
    site.worker.gate.send(None)
    answers = [each.wait() for each in crowd]
    assert [each.status for each in answers] == [200] * 3
    assert site.worker.served == ["first", BOB, "second"]
    assert place_of(answers[2])["max-age"] == "0"
    assert "Set-Cookie" not in answers[0].headers


def test_a_place_is_good_for_one_turn(site, crowd):
    """Or whoever waited once would go first for as long as it lasts."""
    cookie = f"{COOKIE}={place_of(ask(site, BOB)).value}"
    crowd += [eventlet.spawn(ask, site, BOB, cookie=cookie)]
    eventlet.sleep(0)
    site.worker.gate.send(None)
    for each in crowd:
        each.wait()
    site.worker.gate = Event()
    crowd += [eventlet.spawn(ask, site, each) for each in ("first", "second")]
    eventlet.sleep(0)
    assert ask(site, BOB, cookie=cookie).status == 503
    site.worker.gate.send(None)
    for each in crowd:
        each.wait()


def test_a_place_is_nobody_elses(site, crowd):
    place = place_of(ask(site, BOB)).value
    for stranger, shown in ((ANN, place), (BOB, place[:-1]), (BOB, "")):
        assert ask(site, stranger, cookie=f"{COOKIE}={shown}").status == 503
    site.worker.gate.send(None)
    for each in crowd:
        each.wait()


def test_who_waits_in_vain_keeps_his_place_too(site, crowd):
    site.routes[0]._line._turnstile._patience = 0
    site.routes[0]._line._turnstile._pace = 0
    refused = ask(site, BOB)
    assert (refused.status, bool(place_of(refused).value)) == (503, True)
    site.worker.gate.send(None)
    for each in crowd:
        each.wait()
