"""The documents of one collection while events change them: read once, written once."""

from collections.abc import Callable
from typing import Any, Generic

from pymongo.collection import Collection

from ticketing import tracing
from ticketing.aggregates import entry_of
from ticketing.change import A, Change
from ticketing.history import KEPT, entries_of, sent_entry
from ticketing.messages import Event
from ticketing.stores import AggregateDatabase

Json = dict[str, Any]

CAUSE = "restored from the events"


class Documents(Generic[A]):
    """``changed`` are the states that were put here, by id."""

    def __init__(
        self, collection: Collection[Json], database: type[AggregateDatabase[A]]
    ) -> None:
        self._collection = collection
        self._database = database
        self._beside: dict[str, Json] = {}
        self._known: dict[str, A | None] = {}
        self.changed: dict[str, A] = {}

    def get(self, document_id: str) -> A | None:
        if document_id not in self._known:
            found = self._collection.find_one({"_id": document_id})
            self._known[document_id] = self._database.decode(found) if found else None
            kept = ("outbox", "history", "sent")
            self._beside[document_id] = {
                name: (found or {}).get(name, []) for name in kept
            }
        return self._known[document_id]

    def put(self, state: A, event: Event | None = None, number: int = 0) -> None:
        """Keep a state; ``event`` with its number in the stream has told of it."""
        beside = self._beside[state.id]
        tracing.act_for(CAUSE)
        beside["history"] = [*beside["history"], *entries_of(Change(state))][-KEPT:]
        if event:
            kept = self._database.events_kept
            known = [each for each in beside["sent"] if each["id"] != event.id]
            beside["sent"] = [*known, sent_entry(event, number)][-kept:]
            waiting = [each for each in beside["outbox"] if each["id"] != event.id]
            beside["outbox"] = waiting
        self._known[state.id] = self.changed[state.id] = state

    def tell(self, document_id: str, event: Event) -> None:
        """Have an event published when the services run."""
        self._beside[document_id]["outbox"].append(entry_of(event))

    def tell_again(self, document_id: str, event: Event) -> None:
        """The same for one that the stream has already."""
        entry = entry_of(event) | {"retold": "restored"}
        self._beside[document_id]["outbox"].append(entry)

    def save(self, last: Callable[[A], bool] = lambda _: False) -> None:
        """Write what has changed, those that are ``last`` after the others."""
        for state in sorted(self.changed.values(), key=last):
            document = self._document(state)
            self._collection.replace_one({"_id": state.id}, document, upsert=True)

    def _document(self, state: A) -> Json:
        fields = {"version": state.version, **self._database.encode(state)}
        beside = self._beside[state.id]
        kept = {name: entries for name, entries in beside.items() if entries}
        known = {name: value for name, value in fields.items() if value is not None}
        return {"outbox": [], **known, **kept}
