"""The outbox: nothing leaves it that the bus has not taken, and nothing twice.

The relay of one process on a real database, with a bus under the test's control.
"""

from datetime import timedelta

import pytest
from contract_things import Thing, counted, decode, told, waiting
from contract_tools import eventually

from ticketing import hub, relay
from ticketing.aggregates import Aggregates
from ticketing.errors import UnavailableError
from ticketing.fakes import MemoryPublisher
from ticketing.mongo import shared_client
from ticketing.relay import Relay


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
        [1] if group[0].id != "a:0" else [] for group in groups
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


@pytest.mark.parametrize(("others", "left"), [(0, 0), (1, relay.FEW + 1)])
def test_of_many_that_went_those_stay_that_may_soon_change_again(
    beside, monkeypatch, others, left
):
    """Then both events of one cost one write; what stays is not published again."""
    monkeypatch.setattr(relay, "LINGER", 3600)
    things = [str(number) for number in range(relay.FEW + others)]
    thread = hub.eventlet.spawn(beside.run)
    for name in things:
        beside.things.add(told(Thing(name)))
    eventually(lambda: len(beside.ids()) == len(things))
    beside.empty(lingering=True)
    assert len(waiting(beside.things)) == left
    beside.things.change("0", counted)
    eventually(lambda: "0:1" in beside.ids())
    thread.kill()
    monkeypatch.setattr(relay, "LINGER", 0)
    beside.empty(lingering=True)
    assert waiting(beside.things) == []
    assert len(beside.ids()) == len(things) + 1


@pytest.mark.parametrize("runner", ["run", "run_sweep"])
def test_a_relay_outlives_an_error_that_nobody_foresaw(beside, monkeypatch, runner):
    monkeypatch.setattr(relay, "SWEEP_AGE", timedelta(0))
    monkeypatch.setattr(relay, "SWEEP_EVERY", 0.01)
    whole, failed = beside.publisher.publish_groups, []

    def fail_once(groups):
        if not failed:
            failed.append(1)
            raise KeyError("bug")
        return whole(groups)

    beside.publisher.publish_groups = fail_once
    thread = hub.eventlet.spawn(getattr(beside, runner))
    beside.things.add(told(Thing("a")))
    eventually(lambda: failed)
    beside.things.add(told(Thing("b")))
    eventually(lambda: "b:0" in beside.ids())
    thread.kill()
