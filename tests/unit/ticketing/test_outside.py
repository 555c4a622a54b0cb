"""Who was told to come back, in the order in which they came."""

import pytest

from ticketing.outside import LATENESS, TIDYING, Outside


@pytest.fixture
def outside():
    outside = Outside()
    for name, since in {"cid": 30, "ann": 10, "bob": 20, "eve": 20}.items():
        outside.add(name, since, back_at=5)
    return outside


def before(outside, *since):
    return [outside.before(each) for each in since]


def test_it_counts_those_who_came_before(outside):
    assert before(outside, 5, 10, 11, 20, 21, 31) == [0, 1, 1, 3, 3, 4]


def test_who_has_come_back_is_not_one_of_them(outside):
    assert [outside.take(name) for name in ("bob", "joe", "ann", "ann")] == [
        *(20, None),
        *(10, None),
    ]
    assert before(outside, 10, 21, 31) == [0, 1, 2]


def test_each_stands_there_once(outside):
    outside.add("ann", 40, back_at=5)
    assert before(outside, 10, 31, 40) == [0, 3, 4]
    assert outside.take("ann") == 40


def test_who_does_not_come_is_forgotten(outside):
    outside.add("joe", 40, back_at=50)
    outside.tidy(5 + LATENESS - 1)
    assert before(outside, 50) == [5]
    outside.tidy(5 + LATENESS - 1 + TIDYING)
    assert before(outside, 39, 50) == [0, 1]
    assert (outside.take("ann"), outside.take("joe")) == (None, 40)


def test_it_looks_for_them_now_and_then_only(outside):
    """To look at all of them costs more than to add one."""
    outside.tidy(4 + LATENESS)
    outside.add("joe", 40, back_at=0)
    outside.tidy(4 + LATENESS + TIDYING * 0.9)
    assert before(outside, 50) == [5]
