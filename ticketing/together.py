"""Calls to a collection that come together go together: one round trip, one commit.

Nobody waits for company: the first call goes at once, and what comes while it is on its
way goes next, all of it at a time. Each caller has its own outcome.
"""

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any, Generic, TypeVar

import eventlet
from eventlet.event import Event as Flag
from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from ticketing.errors import DuplicateError, TicketingError, UnavailableError
from ticketing.mongo import Document, own_errors

T = TypeVar("T")

# Calls in one batch. More only make the first one wait.
MOST = 50
DUPLICATE_KEY = 11000


class Lane(Generic[T]):
    """``send`` takes a list and returns as many outcomes: values, or errors to raise.

    It runs in a green thread of the lane's own, so that a caller who is stopped takes
    nobody else along.
    """

    def __init__(self, send: Callable[[list[T]], list[Any]]) -> None:
        self._send = send
        self._waiting: list[tuple[T, Flag]] = []
        self._is_busy = False

    def call(self, item: T) -> Any:
        """Return the item's value. Raises its error."""
        done = Flag()
        self._waiting.append((item, done))
        if not self._is_busy:
            self._is_busy = True
            eventlet.spawn_n(self._run)
        outcome = done.wait()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            outcomes = self._outcomes([item for item, _ in batch])
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                done.send(outcome)
        self._is_busy = False

    def _outcomes(self, items: list[T]) -> Iterable[Any]:
        try:
            return self._send(items)
        except Exception as error:  # noqa: BLE001 - whoever called raises it
            return repeat(error, len(items))


class Together:
    """One collection. ``unread`` projects away what no caller of ``find`` looks at,
    ``key`` is the unique field that it finds by.
    """

    def __init__(
        self,
        collection: Collection[Document],
        unread: Document | None = None,
        key: str = "_id",
    ) -> None:
        self._collection = collection
        self._unread = unread
        self._key = key
        self._finds = Lane(self._find_all)
        self._inserts = Lane(self._insert_all)
        self._updates = Lane(self._update_all)

    def find(self, value: str) -> Document | None:
        """Return the document with this key. Raises UnavailableError."""
        return self._finds.call(value)

    def insert(self, document: Document) -> None:
        """Raises DuplicateError, UnavailableError."""
        self._inserts.call(document)

    def update(self, guard: Document, change: Document) -> bool:
        """Change the document that ``guard`` tells by its ``_id`` and its version.

        It must be there, in whatever version; whether it was in this one is returned.
        Raises DuplicateError, UnavailableError.
        """
        return bool(self._updates.call((guard, change)))

    def _find_all(self, values: list[str]) -> list[Document | None]:
        one, *others = dict.fromkeys(values)
        wanted = {self._key: {"$in": [one, *others]} if others else one}
        with own_errors():
            documents = self._collection.find(wanted, self._unread)
            found = {document[self._key]: document for document in documents}
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


def _error(failure: Document | None) -> TicketingError | None:
    if failure is None:
        return None
    if failure["code"] == DUPLICATE_KEY:
        return DuplicateError(*(failure.get("keyPattern") or {}))
    return UnavailableError("The database is away; try again in a moment")
