"""Indexes are made once; a service that comes back asks whether they are there."""

import pytest
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from ticketing.mongo import index, shared_client

HELD = {"partialFilterExpression": {"units": {"$exists": True}}, "unique": True}


@pytest.fixture
def things(config):
    """A collection of this test's own."""
    database = shared_client(config["MONGODB_URI"])[f"{config['NAMESPACE']}index"]
    return database["things"]


@pytest.fixture
def made(monkeypatch):
    """The keys of the indexes that were made."""
    keys, create = [], Collection.create_index

    def note(self, wanted, **options):
        keys.append(wanted)
        return create(self, wanted, **options)

    monkeypatch.setattr(Collection, "create_index", note)
    return keys


def declare(things):
    index(things, "seat", sparse=True)
    index(things, [("ticket.id", 1), ("units", 1)], name="held", **HELD)
    index(things, "at", expireAfterSeconds=60)


def test_what_is_there_is_not_made_again(things, made):
    declare(things)
    assert len(made) == 3
    declare(things)
    assert len(made) == 3
    assert set(things.index_information()) == {"_id_", "seat_1", "held", "at_1"}


def test_one_that_is_wanted_otherwise_is_not_taken_for_it(things, made):
    declare(things)
    with pytest.raises(OperationFailure):
        index(things, [("ticket.id", 1), ("units", 1)], name="held")
    index(things, [("seat", 1), ("row", 1)])
    assert len(made) == 5
