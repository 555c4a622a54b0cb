"""Who was told to come back, in the order in which they came."""

import pytest

from ticketing.outside import LATENESS, TIDYING, Outside


@pytest.fixture
def outside():
    outside = Outside()
    for since in (30, 10, 20, 20):
        outside.add(since, back_at=5)
    return outside


def test_it_counts_those_who_came_before(outside):
    assert [outside.before(since) for since in (5, 10, 11, 20, 21, 31)] == [
        *[0, 1, 1],
        *[3, 3, 4],
    ]


def test_who_has_come_back_is_not_one_of_them(outside):
    for since in (20, 15, 10):
        outside.remove(since)
    assert [outside.before(since) for since in (10, 21, 31)] == [0, 1, 2]


def test_who_does_not_come_is_forgotten(outside):
    outside.add(40, back_at=50)
    outside.tidy(5 + LATENESS - 1)
    assert outside.before(50) == 5
    outside.tidy(5 + LATENESS - 1 + TIDYING)
    assert [outside.before(since) for since in (39, 50)] == [0, 1]


def test_it_looks_for_them_now_and_then_only(outside):
    """To look at all of them costs more than to add one."""
    outside.tidy(4 + LATENESS)
    outside.tidy(4 + LATENESS + TIDYING / 2)
    outside.add(40, back_at=0)
    outside.tidy(4 + LATENESS + TIDYING * 0.9)
    assert outside.before(50) == 5
