"""Limits: so many at once, and then as fast as they flow back.

Kept by Redis and by the double.
"""

import eventlet
import pytest

from ticketing.errors import UnavailableError
from ticketing.fakes import MemoryBuckets
from ticketing.limits.buckets import RedisBuckets
from ticketing.limits.rules import Bucket, Limit
from ticketing.redis import impatient_client

HOUR = Limit(3, 3600)


def bucket(name="LIMIT_X", subject="ann@example.com", limit=HOUR):
    return Bucket(name, subject, limit)


class BucketsContract:
    def test_so_many_are_taken_and_no_more(self, buckets):
        assert [buckets.take([bucket()]) for _ in range(3)] == [0] * 3
        assert 1190 < buckets.take([bucket()]) <= 1200

    def test_what_is_refused_takes_nothing(self, buckets):
        for _ in range(20):
            wait = buckets.take([bucket()])
        assert 1190 < wait <= 1200

    def test_each_subject_and_each_limit_has_its_own(self, buckets):
        for _ in range(3):
            buckets.take([bucket()])
        assert buckets.take([bucket(subject="bob@example.com")]) == 0
        assert buckets.take([bucket("LIMIT_Y")]) == 0

    def test_of_several_all_are_taken_or_none(self, buckets):
        full, other = bucket(limit=Limit(1, 3600)), bucket("LIMIT_Y")
        buckets.take([full])
        for _ in range(5):
            assert buckets.take([other, full]) > 3590
        assert [buckets.take([other]) for _ in range(3)] == [0] * 3

    def test_what_is_given_back_can_be_taken_again(self, buckets):
        for _ in range(3):
            buckets.take([bucket()])
        buckets.give_back([bucket()])
        assert buckets.take([bucket()]) == 0
        assert buckets.take([bucket()]) > 0

    def test_nobody_gets_more_back_than_there_is(self, buckets):
        for _ in range(5):
            buckets.give_back([bucket()])
        assert [buckets.take([bucket()]) > 0 for _ in range(4)] == [False] * 3 + [True]

    def test_it_flows_back_evenly(self, buckets):
        quick = bucket(limit=Limit(2, 0.2))
        assert [buckets.take([quick]) > 0 for _ in range(3)] == [False, False, True]
        self.pass_time(buckets.take([quick]))
        assert buckets.take([quick]) == 0

    def test_of_many_at_once_so_many_pass(self, buckets):
        threads = [eventlet.spawn(buckets.take, [bucket()]) for _ in range(30)]
        assert [thread.wait() for thread in threads].count(0) == 3

    def test_nothing_is_taken_from_nobody(self, buckets):
        assert buckets.take([]) == 0
        buckets.give_back([])


class TestMemoryBuckets(BucketsContract):
    @pytest.fixture
    def buckets(self):
        self.now = 1000.0
        return MemoryBuckets(lambda: self.now)

    def pass_time(self, seconds):
        self.now += seconds + 0.001


class TestRedisBuckets(BucketsContract):
    @pytest.fixture
    def buckets(self, config, keys):
        self.keys, self.prefix = keys, f"{config['NAMESPACE']}:limits"
        return RedisBuckets(keys, self.prefix)

    def pass_time(self, seconds):
        eventlet.sleep(seconds + 0.01)

    def test_what_is_full_again_is_not_kept(self, buckets):
        """And no key says whose it is."""
        buckets.take([bucket(limit=Limit(1, 0.05))])
        buckets.take([bucket("LIMIT_Y")])
        eventlet.sleep(0.1)
        (kept,) = self.keys.scan_iter(f"{self.prefix}:*")
        assert "LIMIT_Y" in kept
        assert "ann" not in kept
        assert 0 < self.keys.pttl(kept) <= 1_200_000

    def test_a_redis_that_is_away_is_unavailable_at_once(self):
        buckets = RedisBuckets(impatient_client("redis://127.0.0.1:1/0"), "x")
        for call in (buckets.take, buckets.give_back):
            with pytest.raises(UnavailableError), eventlet.Timeout(1):
                call([bucket()])
