"""What a process begins with is set aside; what it makes later is looked through."""

import gc
import weakref

import pytest

from ticketing.garbage import THRESHOLDS, set_aside


class Ring:
    """Refers to itself, so that only the collector finds it."""

    def __init__(self):
        self.own = self


@pytest.fixture(autouse=True)
def as_before():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_is_looked_through_no_more():
    set_aside()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == THRESHOLDS


def test_garbage_goes_before_and_afterwards():
    for _ in range(2):
        gone = weakref.ref(Ring())
        set_aside()
        assert gone() is None
    gone = weakref.ref(Ring())
    gc.collect()
    assert gone() is None
