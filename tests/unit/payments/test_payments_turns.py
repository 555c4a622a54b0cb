"""When rounds of reconciliation are made, by whom, and which time they go through."""

from datetime import timedelta

import pytest
from unit_doubles import NOW

from payments.books import reconciliation
from payments.books.entrypoints import PAUSE
from payments.books.reconciliation import LATER, LEASE, LONGEST, SETTLING, due
from ticketing.errors import UnavailableError


def test_the_past_is_gone_through_without_gaps_and_twice():
    (begin, end), later = due(None, NOW)
    assert (begin, end) == (NOW - SETTLING - LONGEST, NOW - SETTLING)
    assert later == (begin - LATER, end - LATER)
    now = NOW
    for minutes in (1, 5, 45, 1, 1, 1, 1, 1):
        now += timedelta(minutes=minutes)
        since, waited = end, now - SETTLING - end
        (begin, end), (again, again_until) = due(since, now)
        assert begin == since
        assert end == since + min(waited, LONGEST)
        assert again == begin - LATER
        assert again_until >= end - LATER
    assert end == now - SETTLING


def test_a_clock_that_was_set_back_makes_no_time_twice():
    (begin, end), _ = due(NOW, NOW - timedelta(hours=1))
    assert (begin, end) == (NOW, NOW)


def test_more_than_a_month_is_not_caught_up_with():
    (begin, _), _ = due(NOW - timedelta(days=90), NOW)
    assert begin == NOW - SETTLING - timedelta(days=30)


def test_one_process_at_a_time_makes_a_round(cash, monkeypatch):
    rounds = []
    monkeypatch.setattr(
        reconciliation, "round_of", lambda books, times: rounds.append(times)
    )
    for after in (timedelta(0), PAUSE, timedelta(milliseconds=1)):
        cash.clock.now += after
        cash.rpc.reconcile_regularly()
    assert len(rounds) == 2
    assert rounds[1][0][0] == rounds[0][0][1]


def test_while_a_round_is_made_there_is_no_other(cash, monkeypatch):
    rounds = []

    def slow(books, times):
        rounds.append(times)
        cash.clock.now += LEASE
        cash.rpc.reconcile_regularly()

    monkeypatch.setattr(reconciliation, "round_of", slow)
    cash.rpc.reconcile_regularly()
    assert len(rounds) == 1


def test_a_round_that_broke_off_is_made_again(cash, monkeypatch):
    times = []

    def away(books, wanted):
        times.append(wanted)
        raise UnavailableError

    monkeypatch.setattr(reconciliation, "round_of", away)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            cash.rpc.reconcile_regularly()
        assert cash.payments.last_round() is None
        cash.clock.now += LEASE + timedelta(milliseconds=1)
    assert len(times) == 2
