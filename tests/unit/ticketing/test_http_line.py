"""Who is told to come back is given a place in line, and goes first with it."""

import time
from http.cookies import SimpleCookie
from itertools import count

import eventlet
import pytest
from eventlet.event import Event
from unit_doubles import ANN, BOB, EVE, Site, worker

from ticketing import service, turnstile
from ticketing.http import route
from ticketing.limits import RESERVING
from ticketing.outside import Outside
from ticketing.places import COOKIE, GRACE


class CrowdedService(service.Service):
    name = "crowded"
    served: list[str]
    inside: Event

    @route("POST", "/crowded", session=True, guard=RESERVING)
    def post_crowded(self, request):
        self.served.append(request.session.user_id)
        self.inside = Event()
        self.inside.wait()
        return {}


def settle():
    """Let everybody do what can be done now."""
    for _ in range(10):
        eventlet.sleep(0)


class Crowd:
    """One is served, one waits, and whoever comes then is sent away."""

    def __init__(self):
        self.service = worker(CrowdedService)
        self.service.served = []
        self.site = Site(self.service)
        self.turns = self.site.routes[0]._line._turnstile
        self.turns._at_once, self.turns._patience, self.turns._pace = 1, 60, 1e6
        self.comes("first")
        self.comes("second")

    def ask(self, user, place=None):
        headers = {} if place is None else {"cookie": f"{COOKIE}={place}"}
        return self.site.post("/crowded", {}, user=user, **headers)

    def comes(self, user, place=None):
        person = eventlet.spawn(self.ask, user, place)
        settle()
        return person

    def next(self):
        """Whoever is served goes."""
        self.service.inside.send(None)
        settle()

    def sends_away(self, user, place):
        """Whether somebody is told at once to come back."""
        person = self.comes(user, place)
        return person.dead and person.wait().status == 503

    def place_of(self, user):
        """What somebody is given who is sent away in another process."""
        place = cookie_of(self.ask(user)).value
        self.turns._outside = Outside()
        return place


@pytest.fixture
def crowd(monkeypatch):
    """The clock goes on by a second at each look, for nobody comes at the same time."""
    monkeypatch.setattr(turnstile, "time", count(time.time()).__next__)
    crowd = Crowd()
    assert crowd.service.served == ["first"]
    return crowd


def cookie_of(answer):
    """The cookie that an answer sets."""
    return SimpleCookie(answer.headers["Set-Cookie"])[COOKIE]


def test_who_comes_back_is_served_before_who_came_later(crowd):
    refused = crowd.ask(BOB)
    place = cookie_of(refused)
    assert refused.status == 503
    assert (place["path"], place["httponly"]) == ("/crowded", True)
    assert place["samesite"] == "Lax"
    assert int(place["max-age"]) == int(refused.headers["Retry-After"]) + GRACE
    crowd.turns._outside = Outside()  # as in another process
    crowd.next()
    third, bob = crowd.comes("third"), crowd.comes(BOB, place.value)
    crowd.next()
    assert crowd.service.served == ["first", "second", BOB]
    crowd.next()
    assert cookie_of(bob.wait())["max-age"] == "0"
    crowd.next()
    assert "Set-Cookie" not in third.wait().headers
    assert crowd.service.served[3:] == ["third"]


def test_who_asks_again_without_his_place_has_it_here(crowd):
    crowd.ask(BOB)
    crowd.next()
    crowd.comes("third")
    crowd.comes(BOB)
    for _ in range(3):
        crowd.next()
    assert crowd.service.served == ["first", "second", BOB, "third"]


def test_who_came_before_goes_before_who_comes_back(crowd):
    place = crowd.place_of(BOB)
    crowd.turns._pace = 0
    crowd.comes(BOB, place)
    crowd.next()
    assert crowd.service.served == ["first", "second"]
    crowd.next()
    assert crowd.service.served[2:] == [BOB]
    crowd.next()


def test_a_place_is_good_for_one_turn(crowd):
    """Or whoever waited once would go first for as long as it lasts."""
    place = crowd.place_of(BOB)
    crowd.next()
    crowd.comes(BOB, place)
    crowd.next()
    crowd.comes("third")
    assert crowd.service.served[2:] == [BOB]
    assert crowd.sends_away(BOB, place)
    crowd.next()
    crowd.next()


def test_a_place_is_nobody_elses(crowd):
    place = crowd.place_of(BOB)
    crowd.next()
    crowd.comes("third")
    for stranger, shown in ((ANN, place), (BOB, place[:-1]), (EVE, "")):
        assert crowd.sends_away(stranger, shown)
    crowd.next()
    crowd.next()


def test_who_waits_in_vain_keeps_his_place_too(crowd):
    crowd.turns._patience = crowd.turns._pace = 0
    refused = crowd.ask(BOB)
    assert (refused.status, bool(cookie_of(refused).value)) == (503, True)
    crowd.next()
    crowd.next()
