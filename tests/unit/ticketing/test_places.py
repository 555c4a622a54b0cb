"""A place in line: whose it is, for what, since when, and until when it is good."""

import pytest

from ticketing.places import GRACE, LONGEST, Places

CAME = 1_800_000_000_500  # in milliseconds, as the clock begins
KEYS = [b"a" * 32, b"b" * 32]


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.5

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def places(clock):
    return Places(KEYS, clock)


def test_it_tells_since_when_one_waits(places, clock):
    place = places.issue("bob", CAME, 7)
    clock.now += 7 + GRACE - 1
    assert places.since("bob", place) == CAME


def test_it_ends_soon_after_one_should_have_come(places, clock):
    place = places.issue("bob", CAME, 7)
    clock.now += 7 + GRACE + 1
    assert places.since("bob", place) is None


def test_nobody_stays_in_line_for_ever(places, clock):
    clock.now += LONGEST
    assert places.since("bob", places.issue("bob", CAME, 1)) == CAME
    clock.now += 1
    assert places.since("bob", places.issue("bob", CAME, 1)) is None


def test_it_leads_to_one_turn(places, clock):
    """And none is remembered for longer than it lasts."""
    place = places.issue("bob", CAME, 7)
    other = places.issue("ann", CAME, 7)
    places.spend(place)
    assert places.since("bob", place) is None
    assert places.since("ann", other) == CAME
    clock.now += 7 + GRACE + 1
    places.spend(places.issue("eve", CAME, 7))
    assert len(places._spent) == 1


def test_it_is_one_persons_and_for_one_thing(places):
    place = places.issue("bob POST /api/orders", CAME, 7)
    for other in ("eve POST /api/orders", "bob POST /api/payments", ""):
        assert places.since(other, place) is None


@pytest.mark.parametrize(
    "made_up", ["", "-", "--", "1-2-3", "0-9999999999-" + 64 * "0", "\u0661-2-\xfc"]
)
def test_what_was_not_issued_here_is_none(places, made_up):
    assert places.since("bob", made_up) is None


def test_no_part_of_it_can_be_changed(places):
    first, ends, signature = places.issue("bob", CAME, 7).split("-")
    for changed in (
        f"{int(first) - 1}-{ends}-{signature}",
        f"{first}-{int(ends) + 1}-{signature}",
        f"{first}-{ends}-{signature[::-1]}",
        f"{first}{ends}-{signature}",
    ):
        assert places.since("bob", changed) is None


def test_after_a_new_key_what_the_old_one_signed_is_good(clock):
    old, new = Places(KEYS[1:], clock), Places(KEYS, clock)
    assert new.since("bob", old.issue("bob", CAME, 7)) == CAME
    assert old.since("bob", new.issue("bob", CAME, 7)) is None
