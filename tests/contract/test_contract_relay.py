"""The relay: what a write tells reaches the bus, soon, in order, whatever dies."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from contract_tools import eventually, store_of

from ticketing import hub, relay
from ticketing.aggregates import Aggregates, entry_of
from ticketing.change import Change
from ticketing.clock import utc_now
from ticketing.errors import UnavailableError
from ticketing.fakes import MemoryPublisher
from ticketing.messages import Event
from ticketing.mongo import shared_client
from ticketing.relay import Relay
from ticketing.stores import AggregateDatabase


@dataclass(frozen=True)
class Thing:
    id: str
    version: int = 0


def told(thing):
    data = {"id": thing.id, "version": thing.version}
    return Change(thing, Event("ticket.changed", f"{thing.id}:{thing.version}", data))


def counted(thing):
    return told(replace(thing, version=thing.version + 1))


def decode(document):
    return Thing(document["_id"], document["version"])


class ThingDatabase(AggregateDatabase):
    collection_name = "things"

    @staticmethod
    def encode(aggregate):
        return {}

    @staticmethod
    def decode(document):
        return decode(document)


class ThingsService:
    name = "things"
    things = ThingDatabase()


@pytest.fixture
def published(bus, config):
    """The ids on the bus, in their order."""

    def ids():
        stream = f"{config['NAMESPACE']}_TICKETING"
        last = hub.wait_for(bus.stream_info(stream), 5).state.last_seq
        asked = (bus.get_msg(stream, number) for number in range(1, last + 1))
        return [hub.wait_for(each, 5).headers["Nats-Msg-Id"] for each in asked]

    return ids


@pytest.fixture
def things(run):
    container = run(ThingsService)
    (provider,) = container.dependencies
    provider.nats.connection.wait_connected()
    eventually(lambda: provider._ready)
    provider.store.container = container
    return provider.store


def waiting(store):
    return [
        entry["id"]
        for document in store.collection.find({})
        for entry in document["outbox"]
    ]


def test_what_is_written_is_published_at_once_and_waits_no_more(
    things, published, monkeypatch
):
    monkeypatch.setattr(relay, "SWEEP_AGE", timedelta(hours=1))
    things.add(told(Thing("a")))
    eventually(lambda: published() == ["a:0"])
    eventually(lambda: waiting(things) == [])


def test_versions_reach_the_bus_in_their_order(things, published):
    for name in "abc":
        things.add(told(Thing(name)))
    for _ in range(10):
        for name in "abc":
            things.change(name, counted)
    eventually(lambda: len(published()) == 33)
    for name in "abc":
        own = [each for each in published() if each.startswith(name)]
        assert own == [f"{name}:{number}" for number in range(11)]
    eventually(lambda: waiting(things) == [])


def test_what_is_written_last_is_published_before_the_end(things, published):
    """Without waiting for another process to find it."""
    for name in "abc":
        things.add(told(Thing(name)))
    things.container.stop()
    assert sorted(published()) == ["a:0", "b:0", "c:0"]


def test_a_write_that_comes_while_others_are_published_is_not_left_at_the_end(
    config, published
):
    """``stop`` waits for what was submitted during the last batch as well."""
    slow = store_of(ThingDatabase(), config, "things")
    publisher = MemoryPublisher()
    own = Relay(slow.collection, publisher)
    whole = publisher.publish_groups

    def publish_groups(groups):
        if not publisher.published:
            own.submit("b", [told(Thing("b")).event])
        hub.eventlet.sleep(0)
        return whole(groups)

    publisher.publish_groups = publish_groups
    thread = hub.eventlet.spawn(own.run)
    own.submit("a", [told(Thing("a")).event])
    own.stop()
    thread.kill()
    assert [event.id for event in publisher.published] == ["a:0", "b:0"]


def leave_behind(config, *versions, age=10):
    """What a process wrote that died before it could publish."""
    store = store_of(ThingDatabase(), config, "things")
    store.add(Change(Thing("left", versions[-1])))
    entries = [entry_of(told(Thing("left", version)).event) for version in versions]
    then = utc_now() - timedelta(seconds=age)
    store.collection.update_one(
        {"_id": "left"},
        {"$set": {"outbox": [entry | {"time": then} for entry in entries]}},
    )
    return store


def test_what_a_dead_process_left_is_found_and_published_in_order(
    things, published, config
):
    store = leave_behind(config, 3, 4, 5)
    eventually(lambda: published() == ["left:3", "left:4", "left:5"])
    eventually(lambda: waiting(store) == [])


def test_what_a_dead_process_left_goes_before_a_new_change(things, published, config):
    leave_behind(config, 3, 4, age=0)
    things.change("left", counted)
    eventually(lambda: published() == ["left:3", "left:4", "left:5"])


@pytest.fixture
def beside(config):
    """A relay whose publisher is under the test's control; nothing runs by itself."""
    client = shared_client(config["MONGODB_URI"])
    collection = client[f"{config['NAMESPACE']}_x"]["things"]
    publisher = MemoryPublisher()
    own = Relay(collection, publisher)
    own.declare_indexes()
    own.publisher = publisher
    own.things = Aggregates(collection, own, lambda _: {}, decode)
    own.ids = lambda: [event.id for event in publisher.published]
    return own


def test_what_is_young_is_in_other_hands(beside):
    beside.things.add(told(Thing("a")))
    assert beside.sweep() == 0
    assert beside.ids() == []


def test_what_the_bus_does_not_take_stays_until_it_does(beside, monkeypatch):
    monkeypatch.setattr(relay, "SWEEP_AGE", timedelta(0))
    beside.things.add(told(Thing("a")))
    beside.publisher.away = True
    with pytest.raises(UnavailableError):
        beside.sweep()
    assert waiting(beside.things) == ["a:0"]
    beside.publisher.away = False
    assert beside.sweep() == 1
    assert (beside.ids(), waiting(beside.things)) == (["a:0"], [])


def test_what_the_bus_takes_in_part_is_removed_in_part(beside, monkeypatch):
    monkeypatch.setattr(relay, "SWEEP_AGE", timedelta(0))
    for name in "ab":
        beside.things.add(told(Thing(name)))
    beside.publisher.publish_groups = lambda groups: [
        group[0].id != "a:0" for group in groups
    ]
    assert beside.sweep() == 1
    assert waiting(beside.things) == ["a:0"]


def test_what_is_written_while_another_is_published_is_not_removed_unseen(
    beside, monkeypatch
):
    monkeypatch.setattr(relay, "SWEEP_AGE", timedelta(0))
    beside.things.add(told(Thing("a")))
    whole = beside.publisher.publish_groups

    def publish_groups(groups):
        beside.things.change("a", counted)
        return whole(groups)

    beside.publisher.publish_groups = publish_groups
    assert beside.sweep() == 1
    assert (beside.ids(), waiting(beside.things)) == (["a:0"], ["a:1"])


def test_a_write_whose_answer_came_late_does_not_hide_a_newer_one(beside):
    """Of two writers the second may hear first that its write was done."""
    first, second = told(Thing("a", 0)).event, told(Thing("a", 1)).event
    beside.submit("a", [first, second])
    beside.submit("a", [first])
    thread = hub.eventlet.spawn(beside.run)
    eventually(lambda: beside.ids() == ["a:0", "a:1"])
    thread.kill()
