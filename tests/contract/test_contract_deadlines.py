"""Deadlines: claimed by one, for a while, until they are announced.

Kept by Redis and by the double.
"""

import pytest

from expiration.deadlines import LEASE_MS, LostError, RedisDeadlines
from expiration.fakes import MemoryDeadlines
from ticketing import redis as own_redis
from ticketing.errors import UnavailableError

NOON = 1_769_860_800_000


class DeadlinesContract:
    @pytest.fixture
    def built(self, deadlines):
        deadlines.end_rebuild(deadlines.begin_rebuild())
        return deadlines

    def test_what_is_due_is_claimed_and_what_is_not_is_left(self, built):
        built.set("b", NOON)
        built.set("a", NOON - 1)
        built.set("c", NOON + 1)
        assert built.claim(NOON, 10) == ["a", "b"]

    def test_what_is_claimed_is_nobody_elses_for_a_while(self, built):
        built.set("a", NOON)
        assert built.claim(NOON, 10) == ["a"]
        assert built.claim(NOON + LEASE_MS - 1, 10) == []
        assert built.claim(NOON + LEASE_MS, 10) == ["a"]

    def test_what_was_announced_is_gone(self, built):
        built.set("a", NOON)
        built.claim(NOON, 10)
        built.remove("a")
        assert built.claim(NOON + 2 * LEASE_MS, 10) == []
        assert built.pending(10) == []

    def test_what_was_announced_is_finished(self, built):
        built.set("a", NOON)
        built.claim(NOON, 10)
        built.finish("a", NOON)
        assert built.pending(10) == []
        built.finish("a", NOON)

    def test_a_deadline_that_was_moved_meanwhile_is_not_finished(self, built):
        """Its order was held longer as soon as it heard the announcement."""
        built.set("a", NOON)
        built.claim(NOON, 10)
        built.move("a", NOON + 60_000)
        built.finish("a", NOON)
        assert built.pending(10) == [("a", NOON + 60_000)]

    def test_a_deadline_that_somebody_else_claimed_since_is_not_finished(self, built):
        built.set("a", NOON)
        built.claim(NOON, 10)
        built.claim(NOON + LEASE_MS, 10)
        built.finish("a", NOON)
        assert built.pending(10) == [("a", NOON + 2 * LEASE_MS)]

    def test_a_deadline_is_moved_even_after_it_was_announced(self, built):
        built.move("a", NOON)
        assert built.claim(NOON, 10) == ["a"]
        built.move("a", NOON + 1)
        assert built.claim(NOON, 10) == []
        assert built.claim(NOON + 1, 10) == ["a"]

    def test_what_is_not_there_may_be_removed(self, built):
        built.remove("a")
        assert built.pending(10) == []

    def test_no_more_are_claimed_than_asked_for(self, built):
        for name in "abc":
            built.set(name, NOON)
        assert built.claim(NOON, 2) == ["a", "b"]
        assert built.claim(NOON, 2) == ["c"]

    def test_a_deadline_stays_where_it_was_put(self, built):
        built.set("a", NOON)
        built.set("a", NOON + 5)
        assert built.pending(10) == [("a", NOON)]

    def test_a_lease_outlasts_a_rebuild(self, built):
        built.set("a", NOON)
        built.claim(NOON, 10)
        built.set("a", NOON)
        assert built.pending(10) == [("a", NOON + LEASE_MS)]

    def test_the_next_deadlines_come_first(self, built):
        for name, at in (("c", NOON), ("b", NOON - 1), ("a", NOON)):
            built.set(name, at)
        assert built.pending(2) == [("b", NOON - 1), ("a", NOON)]

    def test_a_set_that_was_never_built_is_lost(self, deadlines):
        deadlines.set("a", NOON)
        with pytest.raises(LostError):
            deadlines.claim(NOON, 10)

    def test_a_set_that_was_wiped_is_lost(self, built):
        self.lose(built)
        with pytest.raises(LostError):
            built.claim(NOON, 10)

    def test_a_rebuild_that_did_not_end_leaves_it_lost(self, deadlines):
        deadlines.begin_rebuild()
        with pytest.raises(LostError):
            deadlines.claim(NOON, 10)

    def test_a_rebuild_during_which_it_was_wiped_leaves_it_lost(self, deadlines):
        token = deadlines.begin_rebuild()
        self.lose(deadlines)
        deadlines.end_rebuild(token)
        with pytest.raises(LostError):
            deadlines.claim(NOON, 10)

    def test_of_two_rebuilds_the_one_that_began_last_counts(self, deadlines):
        first, second = deadlines.begin_rebuild(), deadlines.begin_rebuild()
        deadlines.end_rebuild(first)
        with pytest.raises(LostError):
            deadlines.claim(NOON, 10)
        deadlines.end_rebuild(second)
        assert deadlines.claim(NOON, 10) == []

    def test_a_rebuild_that_breaks_off_does_not_lose_a_whole_set(self, built):
        built.begin_rebuild()
        assert built.claim(NOON, 10) == []


class TestMemoryDeadlines(DeadlinesContract):
    @pytest.fixture
    def deadlines(self):
        return MemoryDeadlines()

    def lose(self, deadlines):
        deadlines.lose()


class TestRedisDeadlines(DeadlinesContract):
    @pytest.fixture
    def deadlines(self, config, keys):
        self.keys, self.prefix = keys, f"{config['NAMESPACE']}:expiration"
        return RedisDeadlines(keys, self.prefix)

    def lose(self, deadlines):
        self.keys.delete(*self.keys.scan_iter(f"{self.prefix}:*"))

    def test_a_redis_that_is_away_is_unavailable(self, monkeypatch):
        monkeypatch.setattr(own_redis, "_clients", {})
        client = own_redis.shared_client("redis://127.0.0.1:1/0")
        deadlines = RedisDeadlines(client, "x")
        for call in (
            lambda: deadlines.set("a", NOON),
            lambda: deadlines.remove("a"),
            lambda: deadlines.move("a", NOON),
            lambda: deadlines.finish("a", NOON),
            lambda: deadlines.claim(NOON, 1),
            lambda: deadlines.pending(1),
            deadlines.begin_rebuild,
            lambda: deadlines.end_rebuild("t"),
        ):
            with pytest.raises(UnavailableError, match="Redis is away"):
                call()
