"""The shelf is compared with what there is: not too much, and not too often."""

import pytest
from web_fakes import NOW

from ticketing.errors import UnavailableError
from web import stock
from web.shelf import Shelf
from web.stock import Stock


def refuse(*_args, **_wanted):
    raise UnavailableError


class Owner:
    """A tickets service with so many listings; counts its answers."""

    def __init__(self, count):
        self.ids = [f"{number:024x}" for number in range(count, 0, -1)]
        self.asked = 0

    def list_tickets(self, limit, after, order, availability):
        assert (order, availability) == ("desc", "open")
        self.asked += 1
        ids = [each for each in self.ids if after is None or each < after]
        return [self.told(each) for each in ids[:limit]]

    def told(self, ticket_id):
        about = {"title": "T", "price": 1, "currency": "usd", "quantity": 1}
        return {"id": ticket_id, "version": 0, "available": 1, **about}


@pytest.mark.parametrize(
    ("count", "asked", "kept_there"),
    [(0, 1, 0), (199, 1, 199), (200, 2, 200), (5000, 3, 500)],
)
def test_no_more_is_asked_for_than_there_is_room(count, asked, kept_there):
    owner, shelf = Owner(count), Shelf(room=500)
    shop = Stock(shelf, lambda: True)
    shop.look(owner)
    assert (owner.asked, len(shelf)) == (asked, kept_there)
    assert is_known(shop)


def test_later_looks_go_round_a_page_at_a_time():
    """What was missed is found on the way."""
    owner, shelf = Owner(450), Shelf()
    shop = Stock(shelf, lambda: True)
    shop.look(owner)
    del owner.ids[0], owner.ids[220], owner.ids[-1]
    seen = []
    for _ in range(4):
        shop._rests_until = 0
        shop.look(owner)
        seen.append(len(shelf))
    assert seen == [449, 448, 447, 447]


def test_whoever_is_asked_is_left_alone_most_of_the_time(monkeypatch):
    """A look that takes long is followed by a longer rest."""
    owner, times = Owner(1), iter([0, 3, 62, 64, 64, 65])
    shop = Stock(Shelf(), lambda: True)
    monkeypatch.setattr(stock, "monotonic", lambda: next(times))
    asked = []
    for _ in range(3):
        shop.look(owner)
        asked.append(owner.asked)
    assert asked == [1, 1, 2]


def test_a_look_that_failed_is_made_again_soon(monkeypatch):
    rung = []
    monkeypatch.setattr(stock.eventlet, "spawn_after", lambda *told: rung.append(told))
    shop, owner = Stock(Shelf(), lambda: True), Owner(1)
    owner.list_tickets = refuse
    with pytest.raises(UnavailableError):
        shop.look(owner)
    assert rung == [(stock.RETRY, stock.again.ring)]
    assert not is_known(shop)
    del owner.list_tickets
    shop.look(owner)
    assert is_known(shop)


def is_known(shop):
    """Whether the first page needs no question."""
    return shop.page(None, 24, NOW, upcoming=False) is not None


def test_doubt_that_comes_while_looking_is_not_forgotten():
    """What was missed may have been missed by this look too: it begins again."""
    owner = Owner(300)
    shop = Stock(Shelf(), lambda: True)
    asked, doubts = owner.list_tickets, [False, True]

    def ask(**wanted):
        found = asked(**wanted)
        if doubts and doubts.pop(0):
            shop.doubt()
            assert not is_known(shop)
            del owner.ids[0]
        return found

    owner.list_tickets = ask
    shop.look(owner)
    assert owner.asked == 4
    first = shop.page(None, 24, NOW, upcoming=False).things[0]["id"]
    assert first == owner.ids[0]


def test_the_first_page_does_not_wait_for_the_rest_of_the_shelf():
    owner = Owner(300)
    shop = Stock(Shelf(), lambda: True)
    asked, knew = owner.list_tickets, []

    def ask(**wanted):
        knew.append(is_known(shop))
        return asked(**wanted)

    owner.list_tickets = ask
    shop.look(owner)
    assert knew == [False, True]
