"""What has to be empty before books are read, and when the next process is killed."""

import pytest

from rehearsal.killer import by_share, by_time
from rehearsal.queues import is_settled, queue_of


@pytest.mark.parametrize(
    ("consumer", "queue"),
    [
        ("orders-payment-created", "orders"),
        ("web-order-completed", "letters"),
        ("expiration-order-created", "expiration"),
    ],
)
def test_consumers_are_summed_by_service(consumer, queue):
    assert queue_of(consumer) == queue


def test_letters_may_wait():
    """Everything else is handled first: published, and heard by each service."""
    empty = {"outbox": 0, "orders": 0, "payments": 0, "letters": 0}
    assert is_settled(empty)
    assert is_settled(empty | {"letters": 100})
    assert not is_settled(empty | {"outbox": 1})
    assert not is_settled(empty | {"payments": 1})


def test_two_are_killed_in_a_sale():
    """One when a third is sold, one when two thirds are."""
    sold = [0.0]
    is_due = by_share(lambda: sold[0])
    assert not is_due(0)
    sold[0] = 0.34
    assert is_due(0)
    assert not is_due(1)
    sold[0] = 0.99
    assert is_due(1)
    assert not is_due(2)


def test_one_is_killed_every_ten_seconds():
    """And none after the end."""
    now = [0.0]
    is_due = by_time(lambda: now[0], 60)
    assert not is_due(0)
    now[0] = 10.0
    assert is_due(0)
    assert not is_due(1)
    now[0] = 55.0
    assert is_due(4)
    now[0] = 61.0
    assert not is_due(5)


def test_one_is_killed_in_a_short_sale():
    now = [2.0]
    is_due = by_time(lambda: now[0], 6)
    assert is_due(0)
    assert not is_due(1)
