"""State and its event, saved in one write.

An aggregate is one document. A command reads it, decides in a pure function, and
writes the new state on the condition that nobody wrote in between; the event it causes
is pushed into the same document's ``outbox`` by the same write, so there is no moment
in which the state is saved and its event is not.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol

from pymongo.collection import Collection

from ticketing.change import A, Change, Decision
from ticketing.clock import from_iso, iso
from ticketing.errors import ConcurrentUpdateError, NotFoundError
from ticketing.history import KEPT, entries_of, told
from ticketing.messages import Event
from ticketing.metrics.trade import count_change
from ticketing.mongo import Document, own_errors
from ticketing.together import Together

ATTEMPTS = 10
# What no decision looks at: left out where many are read.
_UNREAD = {"outbox": 0, "history": 0, "sent": 0}


class Outbox(Protocol):
    """Where the events of a finished write are handed on for publishing."""

    def submit(self, document_id: str, events: list[Event]) -> None: ...


class Aggregates(Generic[A]):
    """The aggregates of one collection.

    ``encode`` gives the document without ``_id``, ``version`` and ``outbox``; a field
    that is None is absent in the document, which is what partial indexes look at.
    """

    def __init__(
        self,
        collection: Collection[Document],
        outbox: Outbox,
        encode: Callable[[A], Document],
        decode: Callable[[Document], A],
    ) -> None:
        self.collection = collection
        self._together = Together(collection)
        self._outbox = outbox
        self._encode = encode
        self._decode = decode

    def add(self, change: Change[A]) -> A:
        """Insert a new aggregate with its event. Raises DuplicateError."""
        state = change.state
        fields = {k: v for k, v in self._encode(state).items() if v is not None}
        entries, history = _entries(change.event), entries_of(change)
        document = {"_id": state.id, "version": state.version, **fields}
        document |= {"history": history} if history else {}
        self._together.insert({**document, "outbox": entries})
        count_change(change.event)
        self._hand_on(state.id, entries)
        return state

    def find(self, aggregate_id: str) -> A | None:
        document = self._load(aggregate_id)
        return self._decode(document) if document else None

    def get(self, aggregate_id: str) -> A:
        """Return the aggregate. Raises NotFoundError."""
        return self._decode(self._load_existing(aggregate_id))

    def find_by(self, key: str, value: str) -> A | None:
        """Return the only aggregate with this in an indexed field."""
        document = self._together.find(value, key)
        return self._decode(document) if document else None

    def query(self, condition: Document, limit: int, *sort: tuple[str, int]) -> list[A]:
        """Return up to ``limit`` aggregates that meet an indexed condition."""
        with own_errors():
            cursor = self.collection.find(condition, _UNREAD).limit(limit)
            if sort:
                cursor = cursor.sort(list(sort))
            return [self._decode(document) for document in cursor]

    def every(self, condition: Document) -> Iterator[A]:
        """Go through all aggregates that meet an indexed condition, in no order."""
        with own_errors():
            for document in self.collection.find(condition, _UNREAD):
                yield self._decode(document)

    def change(self, aggregate_id: str, decide: Decision[A]) -> A:
        """Decide on the current state and save; again if somebody was faster.

        ``decide`` may return None for "nothing to do" and may raise. Raises
        NotFoundError, DuplicateError, ConcurrentUpdateError.
        """
        for _ in range(ATTEMPTS):
            document = self._load_existing(aggregate_id)
            before = self._decode(document)
            change = decide(before)
            if change is None:
                return before
            if self._save(before, change, document):
                return change.state
        raise ConcurrentUpdateError

    def history(self, aggregate_id: str) -> list[Document]:
        """Return what has become of one, as ``ticketing.history.told``, by time.

        Raises NotFoundError.
        """
        with own_errors():
            document = self.collection.find_one({"_id": aggregate_id}, {"_id": 0})
        if document is None:
            raise NotFoundError
        return told(document)

    def _save(self, before: A, change: Change[A], document: Document) -> bool:
        fields = self._encode(change.state)
        entries = _entries(change.event)
        update: Document = {
            "$set": {k: v for k, v in fields.items() if v is not None}
            | {"version": change.state.version}
        }
        if absent := [k for k, v in fields.items() if v is None and k in document]:
            update["$unset"] = dict.fromkeys(absent, "")
        pushed: Document = {"outbox": {"$each": entries}} if entries else {}
        if history := entries_of(change):
            pushed["history"] = {"$each": history, "$slice": -KEPT}
        if pushed:
            update["$push"] = pushed
        saved = self._together.update(before.id, before.version, update)
        if saved:
            count_change(change.event)
            # What was still waiting goes first: versions reach the bus in their order.
            self._hand_on(before.id, [*document.get("outbox", []), *entries])
        return saved

    def _load(self, aggregate_id: str) -> Document | None:
        return self._together.find(aggregate_id)

    def _load_existing(self, aggregate_id: str) -> Document:
        document = self._load(aggregate_id)
        if document is None:
            raise NotFoundError
        return document

    def _hand_on(self, document_id: str, entries: list[Document]) -> None:
        if entries:
            self._outbox.submit(document_id, [event_of(entry) for entry in entries])


def _entries(event: Event | None) -> list[Document]:
    return [entry_of(event)] if event else []


def entry_of(event: Event) -> Document:
    """How an event waits in its document's outbox."""
    return {
        "id": event.id,
        "subject": event.subject,
        "data": event.data,
        "time": from_iso(event.time),
        "traceparent": event.traceparent,
    }


def event_of(entry: Document) -> Event:
    fields: dict[str, Any] = {**entry, "time": iso(entry["time"])}
    return Event(**fields)
