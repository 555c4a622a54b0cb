"""Copies of others' things: each version once. Kept by MongoDB and by the double."""

import pytest
from eventlet.greenpool import GreenPool

from ticketing.errors import UnavailableError, VersionGapError
from ticketing.fakes import MemoryReplicas
from ticketing.mongo import shared_client
from ticketing.replicas import PATIENCE, Replicas


class ReplicasContract:
    def test_what_was_never_heard_of_is_not_there(self, replicas):
        assert replicas.find("a") is None
        assert replicas.is_next("a", 0)

    def test_versions_are_applied_one_after_the_other(self, replicas):
        replicas.apply("a", 0, {"title": "x", "price": 1})
        replicas.apply("a", 1, {"title": "y"})
        whole = {"_id": "a", "version": 1, "title": "y", "price": 1}
        assert replicas.find("a") == whole

    def test_a_version_is_applied_once(self, replicas):
        for title in ("x", "late"):
            replicas.apply("a", 0, {"title": title})
        assert replicas.find("a")["title"] == "x"
        assert not replicas.is_next("a", 0)

    def test_a_gap_is_refused_and_changes_nothing(self, replicas):
        replicas.apply("a", 0, {})
        for check in (replicas.is_next, lambda *at: replicas.apply(*at, {})):
            with pytest.raises(VersionGapError):
                check("a", 2)
        assert replicas.find("a")["version"] == 0

    def test_a_gap_that_stays_is_closed_by_the_owner(self, replicas):
        owner = {"version": 4, "title": "now"}
        apply = {"attempt": PATIENCE, "owner": lambda: dict(owner)}
        replicas.apply("a", 2, {"title": "then"}, **apply)
        assert replicas.find("a") == {"_id": "a", **owner}

    def test_a_state_from_the_owner_does_not_replace_a_newer_one(self, replicas):
        replicas.put("a", 3, {"title": "newer"})
        for version in (2, 3):
            replicas.put("a", version, {"title": "older"})
        assert replicas.find("a") == {"_id": "a", "version": 3, "title": "newer"}
        replicas.put("a", 5, {"title": "newest"})
        assert replicas.find("a")["version"] == 5

    def test_a_write_that_was_overtaken_changes_nothing(self, replicas):
        replicas.put("a", 0, {"title": "x"})
        replicas._update("a", 0, 1, {"title": "first"})
        replicas._update("a", 0, 1, {"title": "second"})
        replicas._insert("a", 0, {"title": "third"})
        assert replicas.find("a") == {"_id": "a", "version": 1, "title": "first"}

    def test_a_copy_that_was_handed_out_is_not_the_one_that_is_kept(self, replicas):
        replicas.put("a", 0, {"ticket": {"price": 1}})
        replicas.find("a")["ticket"]["price"] = 2
        assert replicas.find("a")["ticket"]["price"] == 1

    def test_many_at_once_are_one(self, replicas):
        def apply(number):
            replicas.apply("a", 0, {"by": number})
            return replicas.find("a")["by"]

        assert len(set(GreenPool(10).imap(apply, range(20)))) == 1


class TestMemoryReplicas(ReplicasContract):
    @pytest.fixture
    def replicas(self):
        return MemoryReplicas()


class TestMongoReplicas(ReplicasContract):
    @pytest.fixture
    def replicas(self, config):
        client = shared_client(config["MONGODB_URI"])
        return Replicas(client[f"{config['NAMESPACE']}_x"]["copies"])

    def test_a_database_that_is_away_is_unavailable(self, impatient_mongo):
        replicas = Replicas(shared_client("mongodb://127.0.0.1:1/")["x"]["copies"])
        with pytest.raises(UnavailableError):
            replicas.apply("a", 0, {})
