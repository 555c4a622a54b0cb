"""Calls to a collection that come together go together: one round trip, one commit."""

from functools import partial
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from ticketing.errors import DuplicateError, TicketingError, UnavailableError
from ticketing.lanes import Lane
from ticketing.mongo import AWAY, DUPLICATE_KEY, Document, own_errors


class Together:
    """One collection."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection
        self._finds: dict[str, Lane[str]] = {}
        self._inserts = Lane(self._insert_all, f"insert {collection.name}")
        self._updates = Lane(self._update_all, f"update {collection.name}")

    def find(self, value: str, key: str = "_id") -> Document | None:
        """Return the document that has this in a unique field.

        Raises UnavailableError.
        """
        if key not in self._finds:
            name = f"find {self._collection.name}"
            self._finds[key] = Lane(partial(self._find_all, key), name)
        return self._finds[key].call(value)

    def insert(self, document: Document) -> None:
        """Raises DuplicateError, UnavailableError."""
        self._inserts.call(document)

    def update(self, document_id: str, version: int, change: Document) -> bool:
        """Change a document if it is in this version still, and return whether it was.

        It must be there, in whatever version. Raises DuplicateError, UnavailableError.
        """
        return bool(self._updates.call((_guard(document_id, version), change)))

    def _find_all(self, key: str, values: list[str]) -> list[Document | None]:
        one, *others = dict.fromkeys(values)
        wanted = {key: {"$in": [one, *others]} if others else one}
        with own_errors():
            documents = self._collection.find(wanted)
            found = {document[key]: document for document in documents}
        return [found.get(value) for value in values]

    def _insert_all(self, documents: list[Document]) -> list[TicketingError | None]:
        failed = self._write([InsertOne(each) for each in documents])
        return [_error(failed.get(number)) for number in range(len(documents))]

    def _update_all(self, updates: list[tuple[Document, Document]]) -> list[Any]:
        """An update that finds its document changed is told apart by being an upsert:
        it would insert another one with the same id, and that alone fails.
        """
        if len(updates) == 1:
            return [self._update_alone(*updates[0])]
        failed = self._write([UpdateOne(*each, upsert=True) for each in updates])
        return [
            self._update_alone(*each) if number in failed else True
            for number, each in enumerate(updates)
        ]

    def _update_alone(self, guard: Document, change: Document) -> Any:
        try:
            with own_errors():
                return bool(self._collection.update_one(guard, change).modified_count)
        except TicketingError as error:
            return error

    def _write(self, writes: list[Any]) -> dict[int, Document]:
        """Return what failed, by number. Raises UnavailableError when nobody knows."""
        with own_errors():
            try:
                self._collection.bulk_write(writes, ordered=False)
            except BulkWriteError as error:
                if error.details["writeConcernErrors"]:
                    raise
                return {each["index"]: each for each in error.details["writeErrors"]}
        return {}


def _guard(document_id: str, version: int) -> Document:
    """Some servers look for an index that has two equal fields before they take that
    of the id, at a fifth of the change's cost; not so with ``$all``, the same here.
    """
    return {"_id": document_id, "version": {"$all": [version]}}


def _error(failure: Document | None) -> TicketingError | None:
    if failure is None:
        return None
    if failure["code"] == DUPLICATE_KEY:
        return DuplicateError(*(failure.get("keyPattern") or {}))
    return UnavailableError(AWAY)
