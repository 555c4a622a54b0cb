"""Row 6: every copy is what its source was at that version, and versions go up by one.

A stateful property on a real database, with the code that really writes, relays and
copies: writers die before they publish and are overtaken, events come late, twice and
in any order, both sides start again.
"""

from unittest.mock import patch

import pymongo
import pytest
from chaos_copies import Copying
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import get_state_machine_test

from ticketing.aggregates import Aggregates
from ticketing.ids import new_id
from ticketing.relay import Relay
from ticketing.replicas import Replicas

FULL, SLICE, CONTROL = 20_000, 500, 300
STEPS = 10


def first_come_last_kept(self, before, change, document):
    """A write that does not look whether somebody was faster."""
    entries = [*document.get("outbox", [])]
    fields = {**self._encode(change.state), "version": change.state.version}
    self.collection.update_one({"_id": before.id}, {"$set": fields})
    self._hand_on(before.id, entries)
    return True


def whatever_comes(self, replica_id, version, fields):
    """A copy that takes what it hears last."""
    change = {"$set": {**fields, "version": version}}
    self.collection.update_one({"_id": replica_id}, change, upsert=True)


GUARDS = {
    "the version in a write's condition": (Aggregates, {"_save": first_come_last_kept}),
    "the version of a copy": (Replicas, {"put": whatever_comes}),
    "the sweep": (Relay, {"sweep": lambda self: 0}),
}


@pytest.fixture
def database(row):
    environment = row.instance.environment()
    with pymongo.MongoClient(environment["MONGODB_URI"], tz_aware=True) as client:
        name = f"t{new_id()}"
        client[name]["tickets"].create_index("outbox.time")
        yield client[name]
        client.drop_database(name)


def test_copies_are_what_their_source_was(row, database):
    row.figures["runs"] = row.size
    row.expect_none(broken(row, database, row.size))


@pytest.mark.parametrize("guard", GUARDS)
def test_control_copies_without_a_guard(row, database, guard):
    row.figures["without"] = guard
    where, unguarded = GUARDS[guard]
    with patch.multiple(where, **unguarded):
        row.expect_some(broken(row, database, CONTROL))


def broken(row, database, runs):
    """What the first run that fails says, if one does."""
    wanted = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    test = get_state_machine_test(lambda: Copying(database), settings=wanted)
    try:
        seed(row.seed)(test)()
    except AssertionError as error:
        return [str(error)]
    return []
