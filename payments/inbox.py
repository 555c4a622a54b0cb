"""The webhooks that came, each kept once, before anybody acts on it."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pymongo import UpdateOne
from pymongo.collection import Collection

from payments.intents import Notice
from ticketing.errors import DuplicateError
from ticketing.mongo import Document, index, own_errors
from ticketing.together import Together

# Stripe sends an event again for three days, and shows it for thirty.
KEPT_SECONDS = 30 * 24 * 3600
SHOWN = 100


class Outcome(StrEnum):
    """What became of a webhook."""

    WAITING = "waiting"
    HEEDED = "heeded"
    IGNORED = "ignored"
    ASIDE = "aside"


class Inbox(Protocol):
    def keep(self, notice: Notice, now: datetime, outcome: Outcome = ...) -> bool: ...
    def waiting(self, limit: int) -> list[Notice]: ...
    def settle(self, outcomes: dict[str, Outcome]) -> None: ...
    def about(self, intent_id: str) -> list[Document]: ...


class MongoInbox:
    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection
        self._together = Together(collection)

    def declare_indexes(self) -> None:
        index(self._collection, "waiting", sparse=True)
        index(self._collection, "intentId")
        index(self._collection, "receivedAt", expireAfterSeconds=KEPT_SECONDS)

    def keep(
        self, notice: Notice, now: datetime, outcome: Outcome = Outcome.WAITING
    ) -> bool:
        """Store a webhook by its event's id; return whether it is the first time."""
        document: Document = {
            "_id": notice.id,
            "type": notice.type,
            "intentId": notice.intent_id,
            "orderId": notice.order_id,
            "receivedAt": now,
            "outcome": outcome.value,
        }
        if outcome is Outcome.WAITING:
            document["waiting"] = True
        try:
            self._together.insert(document)
        except DuplicateError:
            return False
        return True

    def waiting(self, limit: int) -> list[Notice]:
        """Return webhooks that nobody has heeded yet."""
        with own_errors():
            found = list(self._collection.find({"waiting": True}).limit(limit))
        return [
            Notice(each["_id"], each["type"], each["intentId"], each["orderId"])
            for each in found
        ]

    def about(self, intent_id: str) -> list[Document]:
        """Return the last webhooks about an intent: ``{receivedAt, type, outcome}``."""
        shown = {"_id": 0, "receivedAt": 1, "type": 1, "outcome": 1}
        with own_errors():
            found = self._collection.find({"intentId": intent_id}, shown)
            return list(found.sort("receivedAt", -1).limit(SHOWN))

    def settle(self, outcomes: dict[str, Outcome]) -> None:
        """Say what became of webhooks, by their ids."""
        changes = [
            UpdateOne(
                {"_id": event_id},
                {"$set": {"outcome": outcome.value}, "$unset": {"waiting": ""}},
            )
            for event_id, outcome in outcomes.items()
        ]
        if changes:
            with own_errors():
                self._collection.bulk_write(changes, ordered=False)
