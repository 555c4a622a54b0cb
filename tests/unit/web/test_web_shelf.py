"""The shelf knows what can be bought, in whatever order it hears of it."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)
from web_fakes import NOW

from ticketing.clock import iso
from ticketing.contract import Occasion, TicketCreated, TicketUpdated
from web.shelf import Shelf, told_by

ANN = f"{1:024x}"
HOUR = timedelta(hours=1)
PAGE, ROOM = 3, 5


def named(number):
    return f"{number:024x}"


def listing(number, version=0, available=1, **more):
    known = {"id": named(number), "version": version, "available": available}
    about = {"title": f"Listing {number}", "price": 20, "currency": "usd"}
    return known | about | {"quantity": 3, "held": 0, "sold": 0, "layout": "1~3"} | more


def filled(*listings, room=1000):
    shelf = Shelf(room)
    shelf.correct(list(listings), None, is_last=True, since=0)
    return shelf


def numbers(page):
    return [int(thing["id"], 16) for thing in page.things]


def page(shelf, after=None, size=10, now=NOW, **wanted):
    return shelf.page(after, size, now, **wanted)


def test_an_empty_shelf_knows_nothing_until_it_is_filled():
    shelf = Shelf()
    shelf.hear(listing(1))
    assert page(shelf) is None
    assert not shelf.is_filled
    shelf.correct([listing(1)], None, is_last=True, since=0)
    assert numbers(page(shelf)) == [1]


def test_the_newest_come_first_a_page_at_a_time():
    shelf = filled(*map(listing, range(1, 8)))
    first = page(shelf, size=3)
    assert numbers(first) == [7, 6, 5]
    second = page(shelf, first.after, size=3)
    assert numbers(second) == [4, 3, 2]
    last = page(shelf, second.after, size=3)
    assert (numbers(last), last.after) == ([1], None)
    assert numbers(page(shelf, "", size=3)) == []
    assert numbers(page(shelf, "no id", size=3)) == [7, 6, 5]


@pytest.mark.parametrize(
    ("opens", "starts", "now", "upcoming"),
    [
        (None, None, True, False),
        (HOUR, None, False, True),
        (0 * HOUR, None, True, False),
        (None, HOUR, True, False),
        (None, 0 * HOUR, False, False),
        (HOUR, 2 * HOUR, False, True),
    ],
)
def test_time_decides_what_stands(opens, starts, now, upcoming):
    more = {"onSaleAt": iso(NOW + opens)} if opens is not None else {}
    if starts is not None:
        more["event"] = {"name": "Gala", "startsAt": iso(NOW + starts)}
    shelf = filled(listing(1, **more))
    assert bool(page(shelf, upcoming=False).things) is now
    assert bool(page(shelf, upcoming=True).things) is upcoming


def test_it_says_when_time_alone_will_change_it():
    event = {"name": "Gala", "startsAt": iso(NOW + 3 * HOUR)}
    shelf = filled(listing(1, onSaleAt=iso(NOW + HOUR), event=event), listing(2))
    turns, now = [], NOW
    while now := shelf.next_turn(now):
        turns.append(now - NOW)
    assert turns == [HOUR, 3 * HOUR]


def test_what_cannot_be_seen_is_no_change_of_the_shelf():
    """Who holds and who has paid, of one that is bought up or not there anyway."""
    shelf = filled(listing(1, available=2))
    version = shelf.version
    shelf.hear(listing(1, 1, available=2, held=0, sold=1))
    shelf.hear(listing(2, 0, available=0))
    assert shelf.version == version
    shelf.hear(listing(1, 2, available=1))
    assert shelf.version == version + 1
    shelf.hear(listing(1, 3, available=0))
    assert shelf.version == version + 2


def test_old_news_of_what_has_left_do_not_bring_it_back():
    shelf = filled(listing(1, 1))
    shelf.hear(listing(1, 3, available=0))
    shelf.hear(listing(1, 2))
    assert page(shelf).things == []
    shelf.hear(listing(1, 4))
    assert numbers(page(shelf)) == [1]


def test_what_was_heard_after_the_owner_was_asked_stays():
    """The answer was on its way when it happened."""
    shelf = filled(listing(1))
    since = shelf.place
    shelf.hear(listing(2))
    shelf.hear(listing(1, 1, available=0))
    shelf.correct([listing(1)], None, is_last=True, since=since)
    assert numbers(page(shelf)) == [2]


def test_what_the_owner_has_no_more_goes():
    """Its event was lost."""
    shelf = filled(listing(1), listing(2))
    shelf.correct([listing(2)], None, is_last=True, since=shelf.place)
    assert numbers(page(shelf)) == [2]


def test_a_full_shelf_keeps_the_newest_and_knows_where_it_ends():
    shelf = filled(*map(listing, range(1, 5)), room=4)
    shelf.hear(listing(5))
    assert len(shelf) == 4
    assert numbers(page(shelf, size=3)) == [5, 4, 3]
    assert page(shelf, size=4) is None
    assert numbers(shelf.known(None, 10, NOW)) == [5, 4, 3, 2]
    version = shelf.version
    shelf.hear(listing(1, 1))
    assert shelf.version == version
    assert page(shelf, named(2), size=3) is None


def test_lists_need_no_layout_and_no_description():
    event = {"name": "Gala", "startsAt": iso(NOW + HOUR), "description": "x" * 5000}
    shelf = filled(listing(1, layout="A-1~5000", event=event, userId=ANN))
    (thing,) = page(shelf).things
    assert thing["event"] == {"name": "Gala", "startsAt": iso(NOW + HOUR)}
    assert thing.keys() & {"layout", "userId", "held", "sold"} == set()


def test_an_event_tells_what_the_service_tells():
    facts = {"id": named(1), "title": "T", "price": 2.5, "user_id": ANN}
    gala = Occasion(name="Gala", starts_at=iso(NOW))
    facts |= {"layout": "A-1~3;Box", "seated": True, "event": gala}
    created = told_by(TicketCreated(version=0, **facts))
    assert created["quantity"] == created["available"] == 4
    updated = told_by(TicketUpdated(version=1, available=1, sold=3, **facts))
    assert (updated["quantity"], updated["available"]) == (4, 1)
    assert updated["event"]["startsAt"] == iso(NOW)


class World(RuleBasedStateMachine):
    """An owner whose events come in any order, again, or not at all, and its answers.

    One question is asked at a time, and much may happen before its answer is there.
    """

    events = Bundle("events")
    some = st.integers(1, 12)

    def __init__(self):
        super().__init__()
        self.there = {number: listing(number) for number in range(3, 11)}
        self.unheard, self.answer = set(), None
        self.shelf = Shelf(ROOM)
        self.look_through()

    @rule(target=events, number=some, available=st.integers(0, 2))
    def change(self, number, available):
        version = self.there[number]["version"] + 1 if number in self.there else 0
        self.there[number] = listing(number, version, available)
        self.unheard.add(number)
        return number, self.there[number]

    @rule(event=events)
    def bring(self, event):
        number, told = event
        self.shelf.hear(told)
        if told == self.there[number]:
            self.unheard.discard(number)

    @rule(after=st.none() | some.map(named), most=st.integers(1, 6))
    def ask(self, after, most):
        found = self.open(after)
        self.answer = found[:most], after, len(found) < most, self.shelf.place

    @precondition(lambda self: self.answer)
    @rule()
    def take(self):
        found, after, is_last, since = self.answer
        self.shelf.correct(found, after, is_last=is_last, since=since)
        self.answer = None

    @rule()
    def look_through(self):
        """By twos; then the shelf has what is there, whatever was lost."""
        self.answer, after, is_last = None, None, False
        while not is_last:
            self.ask(after, 2)
            found, _, is_last, _ = self.answer
            self.take()
            after = found[-1]["id"] if found else None
        self.unheard = set()
        assert page(self.shelf, size=PAGE)

    def open(self, after):
        found = [each for each in self.there.values() if each["available"]]
        found = [each for each in found if after is None or each["id"] < after]
        return sorted(found, key=lambda each: each["id"], reverse=True)

    @invariant()
    def it_is_bounded_and_in_order(self):
        ids = self.shelf._ids
        assert len(ids) <= ROOM
        assert ids == sorted(self.shelf._items)

    @invariant()
    def what_it_knows_is_so_once_all_is_heard(self):
        if self.unheard:
            return
        for after in (None, *(named(number) for number in range(1, 13))):
            known = page(self.shelf, after, size=PAGE)
            there = [each["id"] for each in self.open(after)[: PAGE + 1]]
            if known is not None:
                assert [thing["id"] for thing in known.things] == there[:PAGE]
                assert (known.after is not None) == (len(there) > PAGE)


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
