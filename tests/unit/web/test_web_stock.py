"""Home comes from the shelf: at once, right soon, and never another person's."""

import re
from datetime import timedelta

import pytest
from web_fakes import NOW
from web_stock_house import EVERYBODY, tell

from ticketing.clock import iso
from ticketing.errors import UnavailableError
from web import kept_pages

HOUR = timedelta(hours=1)


@pytest.fixture
def seller(world):
    return world.visitor("sells@example.com")


@pytest.fixture
def shelved(world, seller):
    """Two listings, the bus, and a shelf that was looked through."""
    for title in ("Opera", "Ballet"):
        world.sell(title, seller=seller)
    world.bus.is_there = True
    world.worker.look_at_listings()
    world.tickets.list_tickets = refuse
    return world


def refuse(*_args, **_wanted):
    raise UnavailableError


def titles(visitor, path="/"):
    return re.findall(r'ticket-title">(\w+)', visitor.read(path))


def test_home_is_there_without_asking_anybody(shelved, buyer):
    for visitor in (shelved.visitor(), buyer):
        assert titles(visitor) == ["Ballet", "Opera"]


def test_what_is_sold_and_what_is_listed_is_heard_of(shelved):
    visitor = shelved.visitor()
    sold = next(iter(shelved.tickets.things))
    shelved.tickets.things[sold] |= {"available": 0, "sold": 1}
    assert titles(visitor) == ["Ballet", "Opera"]
    tell(shelved, sold)
    assert titles(visitor) == ["Ballet"]
    tell(shelved, shelved.sell("Circus")["id"])
    assert titles(visitor) == ["Circus", "Ballet"]


def test_searches_and_pages_beyond_the_shelf_are_asked_for(shelved):
    visitor = shelved.visitor()
    for path in ("/?text=opera", "/?availability=all", "/?from=2026-07-01"):
        assert visitor.get(path).status_code == 503
    assert titles(visitor, "/?availability=now") == ["Ballet", "Opera"]
    assert titles(visitor, "/?availability=upcoming") == []


def test_without_the_bus_home_asks_and_without_anybody_it_shows_what_it_knows(world):
    visitor = world.visitor()
    world.tickets.away = True
    assert visitor.get("/").status_code == 503
    world.tickets.away = False
    world.sell("Opera")
    assert titles(visitor) == ["Opera"]
    world.worker.look_at_listings()
    world.sell("Ballet")
    assert titles(visitor) == ["Ballet", "Opera"]
    world.tickets.away = True
    assert titles(visitor) == ["Opera"]


def test_what_somebody_was_shown_is_known_before_the_first_look(world):
    """A process has just begun, and then nobody can be asked any more."""
    world.sell("Opera")
    assert titles(world.visitor()) == ["Opera"]
    world.tickets.away = True
    assert titles(world.visitor()) == ["Opera"]


def test_what_was_missed_while_the_bus_was_away_is_looked_for(shelved):
    del shelved.tickets.list_tickets
    shelved.bus.is_there = False
    shelved.sell("Circus")
    visitor = shelved.visitor()
    assert titles(visitor) == ["Circus", "Ballet", "Opera"]  # it asks meanwhile
    shelved.bus.is_there = True
    shelved.stock.doubt()
    assert titles(visitor) == ["Circus", "Ballet", "Opera"]
    shelved.worker.look_at_listings()
    shelved.tickets.away = True
    assert titles(visitor) == ["Circus", "Ballet", "Opera"]


def test_an_event_that_was_lost_is_made_good_by_looking(shelved):
    del shelved.tickets.list_tickets
    shelved.tickets.things[next(iter(shelved.tickets.things))]["available"] = 0
    visitor = shelved.visitor()
    assert titles(visitor) == ["Ballet", "Opera"]
    shelved.stock._rests_until = 0
    shelved.worker.look_at_listings()
    assert titles(visitor) == ["Ballet"]


def test_a_seller_sees_at_once_what_was_just_done(shelved, seller):
    """Also where nobody has heard of it yet; others see it when they hear of it."""
    visitor = shelved.visitor()
    seller.post("/tickets/new", {"title": "Circus", "price": "5"})
    assert titles(seller) == ["Circus", "Ballet", "Opera"]
    made = max(shelved.tickets.things)
    seller.post(f"/tickets/{made}/edit", {"title": "Zirkus", "price": "5"})
    assert titles(seller) == ["Zirkus", "Ballet", "Opera"]
    assert titles(visitor) == ["Zirkus", "Ballet", "Opera"]


@pytest.mark.parametrize(
    "seen", ["x", f"{1:024x}", f"{1:024x}.", f"{1:024x}.-1", "../x.1", f"{1:024x}.7"]
)
def test_whoever_makes_up_what_was_seen_sees_the_same_page(shelved, seen):
    visitor = shelved.visitor()
    visitor.cookies["seen"] = seen
    assert titles(visitor) == ["Ballet", "Opera"]


def test_a_page_for_everybody_is_written_once(shelved, monkeypatch):
    visitor = shelved.visitor()
    first = visitor.get("/")
    monkeypatch.setattr(shelved.renderer, "show", None)
    again = visitor.get("/")
    assert again.get_data() == first.get_data()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == EVERYBODY
    assert again.headers["Cache-Control"] == EVERYBODY
    assert set(again.vary) == {"Accept-Encoding", "Accept-Language", "Cookie"}
    head = visitor._ask("HEAD", "/", b"", {})
    assert head.headers["ETag"] == first.headers["ETag"]
    assert head.headers["Cache-Control"] == EVERYBODY
    known = visitor.get("/", if_none_match=first.headers["ETag"])
    assert (known.status_code, known.get_data()) == (304, b"")
    assert known.headers["Cache-Control"] == EVERYBODY


def test_nobody_is_given_another_persons_page(shelved, buyer):
    """Not even by a cache on the way: it is private, and a page without is not."""
    visitor = shelved.visitor()
    anonymous = visitor.get("/")
    own = buyer.get("/")
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in own.headers["Vary"]
    assert b"buyer@example.com" in own.get_data()
    assert b"buyer@example.com" not in visitor.get("/").get_data()
    assert own.headers["ETag"] != anonymous.headers["ETag"]
    stale = buyer.get("/", if_none_match=anonymous.headers["ETag"])
    assert stale.status_code == 200


def test_every_language_has_a_page_of_its_own(shelved):
    visitor = shelved.visitor()
    pages = [
        visitor.get("/", accept_language=each).get_data(as_text=True)
        for each in ("en", "de", "en")
    ]
    assert pages[0] == pages[2] != pages[1]


def test_time_alone_makes_it_another_page(shelved):
    """A sale opens, and an event begins, at that very moment."""
    del shelved.tickets.list_tickets
    event = {"name": "Gala", "startsAt": iso(NOW + 2 * HOUR)}
    shelved.sell("Gala", on_sale_at=iso(NOW + HOUR), event=event)
    shelved.stock.doubt()
    shelved.worker.look_at_listings()
    visitor = shelved.visitor()
    seen = []
    for passed in (0, 59, 60, 119, 120):
        shelved.now = NOW + timedelta(minutes=passed)
        seen.append("Gala" in titles(visitor))
    assert seen == [False, False, True, True, False]


def test_only_so_many_pages_are_kept(shelved):
    shelved.renderer.kept._room = 3
    visitor = shelved.visitor()
    for language in ("en", "de", "fr", "it", "es", "pl"):
        visitor.get("/", accept_language=language)
    assert len(shelved.renderer.kept._pages) == 3


def test_a_page_that_changes_all_the_time_is_written_now_and_then(shelved, monkeypatch):
    """Whoever looks in between sees it as it was a moment ago."""
    monkeypatch.setattr(kept_pages, "APART", 60.0)
    visitor = shelved.visitor()
    assert titles(visitor) == ["Ballet", "Opera"]
    tell(shelved, shelved.sell("Circus")["id"])
    assert titles(visitor) == ["Ballet", "Opera"]
    monkeypatch.setattr(kept_pages, "APART", 0.0)
    assert titles(visitor) == ["Circus", "Ballet", "Opera"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda page: page.set_cookie("session", "x"),
        lambda page: setattr(page, "status_code", 503),
    ],
)
def test_what_is_meant_for_one_person_or_moment_is_not_kept(
    shelved, monkeypatch, spoil
):
    show = shelved.renderer.show

    def shown(*args, **values):
        page = show(*args, **values)
        spoil(page)
        return page

    monkeypatch.setattr(shelved.renderer, "show", shown)
    assert shelved.visitor().get("/").headers.get("Cache-Control") != EVERYBODY
    assert not shelved.renderer.kept._pages


def test_no_page_is_kept_for_ever(shelved, monkeypatch):
    visitor = shelved.visitor()
    visitor.read("/")
    monkeypatch.setattr(kept_pages, "LONGEST", 0.0)
    monkeypatch.setattr(shelved.renderer, "show", None)
    assert visitor.get("/").status_code == 500
