"""The smallest aggregate: it has an id and counts its versions."""

from dataclasses import dataclass, replace

from ticketing.change import Change
from ticketing.messages import Event
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


def waiting(store):
    return [
        entry["id"]
        for document in store.collection.find({})
        for entry in document["outbox"]
    ]
