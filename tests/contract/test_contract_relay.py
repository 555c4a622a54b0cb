"""The relay: what a write tells reaches the bus, soon, in order, whatever dies."""

from datetime import timedelta

import pytest
from contract_things import Thing, ThingDatabase, counted, told, waiting
from contract_tools import eventually, store_of

from ticketing import hub, relay
from ticketing.aggregates import entry_of
from ticketing.change import Change
from ticketing.clock import utc_now
from ticketing.fakes import MemoryPublisher
from ticketing.relay import Relay


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
