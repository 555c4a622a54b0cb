"""Aggregates: state and event in one write, on condition that nobody was faster.

Kept by the store in MongoDB and by its double.
"""

from dataclasses import dataclass, replace

import pytest
from contract_tools import Outbox
from eventlet.greenpool import GreenPool

from ticketing.aggregates import ATTEMPTS, Aggregates
from ticketing.change import Change
from ticketing.errors import (
    ConcurrentUpdateError,
    DuplicateError,
    NotFoundError,
    UnavailableError,
)
from ticketing.fakes import MemoryAggregates
from ticketing.messages import Event
from ticketing.mongo import shared_client


@dataclass(frozen=True)
class Thing:
    id: str
    number: int = 0
    code: str | None = None
    version: int = 0


def told(thing):
    data = {"id": thing.id, "version": thing.version}
    return Change(thing, Event("thing.changed", f"{thing.id}:{thing.version}", data))


def counted(thing):
    return told(replace(thing, number=thing.number + 1, version=thing.version + 1))


def coded(code):
    return lambda thing: told(replace(thing, code=code, version=thing.version + 1))


def encode(thing):
    return {"number": thing.number, "code": thing.code}


def decode(document):
    code, number = document.get("code"), document["number"]
    return Thing(document["_id"], number, code, document["version"])


class AggregatesContract:
    def test_what_was_added_is_there(self, things):
        added = things.add(told(Thing("a", code="x")))
        assert added == things.get("a") == things.find("a") == Thing("a", code="x")

    def test_what_was_not_added_is_not_there(self, things):
        assert things.find("a") is None
        with pytest.raises(NotFoundError):
            things.get("a")
        with pytest.raises(NotFoundError):
            things.change("a", counted)

    def test_an_id_is_given_once(self, things):
        things.add(told(Thing("a")))
        with pytest.raises(DuplicateError) as refused:
            things.add(told(Thing("a", number=9)))
        assert refused.value.fields == ("_id",)
        assert things.get("a").number == 0

    def test_a_change_is_saved_and_returned(self, things):
        things.add(told(Thing("a")))
        assert things.change("a", counted) == Thing("a", number=1, version=1)
        assert things.get("a") == Thing("a", number=1, version=1)

    def test_every_change_tells_its_event_once_and_in_order(self, things):
        things.add(told(Thing("a")))
        for _ in range(3):
            things.change("a", counted)
        assert self.told(things) == ["a:0", "a:1", "a:2", "a:3"]

    def test_a_change_may_tell_nothing(self, things):
        things.add(Change(Thing("a")))
        things.change("a", lambda thing: Change(replace(thing, version=1)))
        assert self.told(things) == []

    def test_nothing_to_do_changes_and_tells_nothing(self, things):
        things.add(told(Thing("a")))
        assert things.change("a", lambda _: None) == Thing("a")
        assert self.told(things) == ["a:0"]

    def test_a_decision_that_refuses_changes_and_tells_nothing(self, things):
        things.add(told(Thing("a")))

        def refuse(thing):
            raise KeyError(thing.id)

        with pytest.raises(KeyError):
            things.change("a", refuse)
        assert things.get("a") == Thing("a")
        assert self.told(things) == ["a:0"]

    def test_who_was_overtaken_decides_again_on_the_newer_state(self, things):
        things.add(told(Thing("a")))
        seen = []

        def overtaken_once(thing):
            seen.append(thing.number)
            if len(seen) == 1:
                things.change("a", counted)
            return counted(thing)

        assert things.change("a", overtaken_once).number == 2
        assert seen == [0, 1]
        assert self.told(things) == ["a:0", "a:1", "a:2"]

    def test_who_is_overtaken_again_and_again_is_told_to_come_back(self, things):
        things.add(told(Thing("a")))

        def always_overtaken(thing):
            things.change("a", counted)
            return counted(thing)

        with pytest.raises(ConcurrentUpdateError):
            things.change("a", always_overtaken)
        assert things.get("a").number == ATTEMPTS

    def test_of_many_changes_at_once_each_counts(self, things):
        things.add(told(Thing("a")))

        def count(_):
            try:
                things.change("a", counted)
            except ConcurrentUpdateError:
                return 0
            return 1

        counted_times = sum(GreenPool(8).imap(count, range(16)))
        assert things.get("a").number == counted_times >= 8
        assert self.told(things) == [f"a:{n}" for n in range(counted_times + 1)]

    def test_a_unique_value_is_taken_once(self, things):
        things.add(told(Thing("a", code="x")))
        with pytest.raises(DuplicateError) as refused:
            things.add(told(Thing("b", code="x")))
        assert refused.value.fields == ("code",)
        assert things.find("b") is None
        assert self.told(things) == ["a:0"]

    def test_a_change_to_a_value_that_is_taken_changes_nothing(self, things):
        things.add(told(Thing("a", code="x")))
        things.add(told(Thing("b")))
        with pytest.raises(DuplicateError) as refused:
            things.change("b", coded("x"))
        assert refused.value.fields == ("code",)
        assert things.get("b") == Thing("b")
        assert self.told(things) == ["a:0", "b:0"]

    def test_a_value_that_was_given_up_is_free(self, things):
        things.add(told(Thing("a", code="x")))
        things.add(told(Thing("b")))
        assert things.change("a", coded(None)).code is None
        assert things.change("b", coded("x")).code == "x"
        assert things.get("a") == Thing("a", version=1)

    def test_many_may_have_no_value(self, things):
        for name in "abc":
            things.add(told(Thing(name)))
        assert len(self.told(things)) == 3


class TestMemoryAggregates(AggregatesContract):
    @pytest.fixture
    def things(self):
        return MemoryAggregates((("code",), lambda t: [t.code] if t.code else []))

    def told(self, things):
        return [event.id for event in things.events]


class TestMongoAggregates(AggregatesContract):
    @pytest.fixture
    def things(self, config):
        client = shared_client(config["MONGODB_URI"])
        collection = client[f"{config['NAMESPACE']}_things"]["things"]
        has_code = {"code": {"$exists": True}}
        collection.create_index("code", unique=True, partialFilterExpression=has_code)
        return Aggregates(collection, Outbox(), encode, decode)

    def told(self, things):
        return things._outbox.ids

    def test_the_event_waits_in_the_same_document(self, things):
        things.add(told(Thing("a", code="x")))
        things.change("a", counted)
        document = things.collection.find_one({"_id": "a"})
        waiting = document.pop("outbox")
        assert document == {"_id": "a", "version": 1, "number": 1, "code": "x"}
        assert [entry["id"] for entry in waiting] == ["a:0", "a:1"]
        assert [entry["data"]["version"] for entry in waiting] == [0, 1]

    def test_a_field_without_a_value_is_absent(self, things):
        """Partial indexes look at whether a field exists."""
        things.add(told(Thing("a", code="x")))
        things.add(told(Thing("b")))
        things.change("a", coded(None))
        assert things.collection.count_documents({"code": {"$exists": True}}) == 0

    def test_what_still_waits_is_handed_on_before_what_is_new(self, things):
        things.add(told(Thing("a")))
        things.change("a", counted)
        things.collection.update_one({"_id": "a"}, {"$pull": {"outbox": {"id": "a:0"}}})
        things.change("a", counted)
        assert things._outbox.submitted[1:] == [
            ("a", ["a:0", "a:1"]),
            ("a", ["a:1", "a:2"]),
        ]

    def test_a_list_is_read_without_what_waits(self, things):
        for name in "abc":
            things.add(told(Thing(name, number=1)))
        found = things.query({"number": 1}, 2, ("_id", -1))
        assert [thing.id for thing in found] == ["c", "b"]

    def test_a_database_that_is_away_is_unavailable(self, impatient_mongo):
        collection = shared_client("mongodb://127.0.0.1:1/")["x"]["things"]
        things = Aggregates(collection, Outbox(), encode, decode)
        for call in (
            lambda: things.add(told(Thing("a"))),
            lambda: things.get("a"),
            lambda: things.query({}, 1),
            lambda: things.change("a", counted),
        ):
            with pytest.raises(UnavailableError, match="database is away"):
                call()
        assert self.told(things) == []
