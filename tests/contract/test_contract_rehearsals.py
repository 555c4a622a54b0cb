"""What is known of rehearsals, kept by Redis and by the double: one at a time."""

import eventlet
import pytest

from ticketing.errors import UnavailableError
from ticketing.redis import impatient_client
from web.rehearsals.states import Phase, Run, begun, told
from web.rehearsals.store import (
    DAY,
    LEASE,
    MemoryRehearsals,
    RedisRehearsals,
    Wish,
)

FIRST, AGAIN, OTHER = Run("r1", "hall"), Run("r2", "hall"), Run("r3", "field")
SELLING = {"phase": Phase.SELLING, "sale": {"sold": 3}}


def state_of(run, **said):
    return told(begun(run, 20, 8, "2026-01-31T12:00:00.000Z"), said)


def begin(kept, run):
    return kept.begin(run, state_of(run))


def done(run):
    return state_of(run, phase=Phase.DONE, outcome={"sold": 8})


class RehearsalsContract:
    def test_there_is_none_at_first(self, kept):
        assert kept.find("hall") is None
        assert kept.report("hall") is None
        assert not kept.is_running()

    def test_one_runs_at_a_time(self, kept):
        """Also of another listing; who comes too late changes nothing."""
        assert begin(kept, FIRST)
        assert not begin(kept, AGAIN)
        assert not begin(kept, OTHER)
        assert kept.is_running()
        assert kept.find("hall") == state_of(FIRST)
        assert kept.find("field") is None

    def test_of_many_at_once_one_runs(self, kept):
        runs = [Run(f"r{number}", f"l{number}") for number in range(20)]
        threads = [eventlet.spawn(begin, kept, run) for run in runs]
        assert [thread.wait() for thread in threads].count(True) == 1

    def test_anybody_finds_how_it_stands(self, kept):
        begin(kept, FIRST)
        assert kept.keep(FIRST, state_of(FIRST, **SELLING)) is Wish.GO_ON
        assert kept.find("hall") == state_of(FIRST, **SELLING)

    def test_when_it_is_over_the_next_one_may_begin(self, kept):
        begin(kept, FIRST)
        kept.end(FIRST, done(FIRST), "<p>")
        assert not kept.is_running()
        assert kept.find("hall") == done(FIRST)
        assert kept.report("hall") == "<p>"
        assert begin(kept, OTHER)
        assert kept.report("hall") == "<p>"
        assert kept.report("field") is None

    def test_a_new_one_has_no_report_yet(self, kept):
        begin(kept, FIRST)
        kept.end(FIRST, done(FIRST), "<p>")
        assert begin(kept, AGAIN)
        assert kept.report("hall") is None
        assert kept.find("hall")["phase"] == Phase.BEGINS

    def test_who_runs_it_hears_that_it_is_to_stop(self, kept):
        begin(kept, FIRST)
        kept.stop(FIRST)
        assert kept.keep(FIRST, state_of(FIRST)) is Wish.STOP
        kept.end(FIRST, state_of(FIRST, phase=Phase.STOPPED))
        assert begin(kept, AGAIN)
        assert kept.keep(AGAIN, state_of(AGAIN)) is Wish.GO_ON

    def test_to_stop_one_that_is_over_stops_no_other(self, kept):
        begin(kept, FIRST)
        kept.end(FIRST, done(FIRST))
        begin(kept, AGAIN)
        kept.stop(FIRST)
        assert kept.keep(AGAIN, state_of(AGAIN)) is Wish.GO_ON

    def test_nobody_waits_for_one_that_nobody_goes_on_with(self, short):
        """Its page says so, the next may begin, and it has nothing to say any more."""
        begin(short, FIRST)
        short.keep(FIRST, state_of(FIRST, **SELLING))
        self.pass_lease()
        lost = state_of(FIRST, **SELLING) | {"phase": Phase.LOST}
        assert short.find("hall") == lost
        assert short.keep(FIRST, state_of(FIRST)) is Wish.LOST
        assert begin(short, AGAIN)
        assert short.keep(FIRST, state_of(FIRST)) is Wish.LOST
        short.end(FIRST, done(FIRST), "<p>")
        assert short.find("hall") == state_of(AGAIN)
        assert short.report("hall") is None
        assert short.is_running()

    def test_who_goes_on_keeps_the_lease(self, short):
        begin(short, FIRST)
        for _ in range(3):
            self.pass_some_of_the_lease()
            assert short.keep(FIRST, state_of(FIRST)) is Wish.GO_ON
        assert not begin(short, OTHER)

    def test_what_is_over_is_not_lost(self, short):
        begin(short, FIRST)
        short.end(FIRST, done(FIRST))
        self.pass_lease()
        assert short.find("hall") == done(FIRST)


class TestMemoryRehearsals(RehearsalsContract):
    @pytest.fixture
    def kept(self):
        self.now = 1000.0
        return MemoryRehearsals(lambda: self.now)

    @pytest.fixture
    def short(self, kept):
        return kept

    def pass_lease(self):
        self.now += LEASE

    def pass_some_of_the_lease(self):
        self.now += LEASE - 1


class TestRedisRehearsals(RehearsalsContract):
    @pytest.fixture
    def prefix(self, config):
        return f"{config['NAMESPACE']}:web:rehearsals"

    @pytest.fixture
    def kept(self, keys, prefix):
        self.keys, self.prefix = keys, prefix
        return RedisRehearsals(keys, prefix)

    @pytest.fixture
    def short(self, kept):
        return RedisRehearsals(self.keys, self.prefix, lease=2)

    @property
    def running(self):
        return f"{self.prefix}:running"

    def pass_lease(self):
        """Let it end now, instead of waiting for it."""
        self.keys.delete(self.running)

    def pass_some_of_the_lease(self):
        self.keys.expire(self.running, 1)

    def test_the_lease_ends_by_itself_and_is_renewed(self, kept):
        begin(kept, FIRST)
        assert 0 < self.keys.ttl(self.running) <= LEASE
        self.pass_some_of_the_lease()
        kept.keep(FIRST, state_of(FIRST))
        assert self.keys.ttl(self.running) > 1

    def test_nothing_is_kept_for_ever(self, kept):
        begin(kept, FIRST)
        kept.stop(FIRST)
        kept.keep(FIRST, state_of(FIRST))
        for key in self.keys.scan_iter(f"{self.prefix}:*"):
            assert 0 < self.keys.ttl(key) <= DAY
        kept.end(FIRST, done(FIRST), "<p>")
        left = set(self.keys.scan_iter(f"{self.prefix}:*"))
        assert left == {f"{self.prefix}:of:hall", f"{self.prefix}:report:hall"}
        for key in left:
            assert 0 < self.keys.ttl(key) <= DAY

    def test_a_redis_that_is_away_is_unavailable(self):
        away = RedisRehearsals(impatient_client("redis://127.0.0.1:1/0"), "x")
        calls = (
            lambda: begin(away, FIRST),
            lambda: away.keep(FIRST, state_of(FIRST)),
            lambda: away.end(FIRST, done(FIRST)),
            lambda: away.find("hall"),
            lambda: away.report("hall"),
            lambda: away.stop(FIRST),
            away.is_running,
        )
        for call in calls:
            with pytest.raises(UnavailableError):
                call()
