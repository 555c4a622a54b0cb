"""In-memory doubles that keep the same promises as the real adapters.

Each passes the contract suite of the adapter it stands for, so a service tested with
them is tested with what it will meet.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import deepcopy
from typing import Any, Generic, TypeVar

from ticketing.aggregates import ATTEMPTS, entry_of
from ticketing.change import Change, Decision, Versioned
from ticketing.errors import (
    ConcurrentUpdateError,
    DuplicateError,
    NotFoundError,
    UnavailableError,
)
from ticketing.history import entries_of, told
from ticketing.limits.rules import Bucket
from ticketing.messages import Event
from ticketing.mongo import Document
from ticketing.paging import Page
from ticketing.replicas import Replicas

A = TypeVar("A", bound=Versioned)

# The fields of a unique index, and the keys that an aggregate occupies in it.
UniqueIndex = tuple[tuple[str, ...], Callable[[Any], Iterable[Hashable]]]


class MemoryAggregates(Generic[A]):
    """Aggregates in a dict; ``events`` are those that would have been published."""

    def __init__(self, *unique: UniqueIndex) -> None:
        self._unique = unique
        self._states: dict[str, A] = {}
        self._history: dict[str, list[Document]] = {}
        self.events: list[Event] = []

    def add(self, change: Change[A]) -> A:
        if change.state.id in self._states:
            raise DuplicateError("_id")
        return self._store(change)

    def find(self, aggregate_id: str) -> A | None:
        return self._states.get(aggregate_id)

    def get(self, aggregate_id: str) -> A:
        if aggregate_id not in self._states:
            raise NotFoundError
        return self._states[aggregate_id]

    def change(self, aggregate_id: str, decide: Decision[A]) -> A:
        for _ in range(ATTEMPTS):
            before = self.get(aggregate_id)
            change = decide(before)
            if change is None:
                return before
            if self.get(aggregate_id).version == before.version:
                return self._store(change)
        raise ConcurrentUpdateError

    def history(self, aggregate_id: str) -> list[Document]:
        """Return its changes and its events, which no bus has taken here."""
        self.get(aggregate_id)
        own = [event for event in self.events if event.id.startswith(aggregate_id)]
        waiting = [entry_of(event) for event in own]
        return told({"history": self._history[aggregate_id], "outbox": waiting})

    def select(self, accepts: Callable[[A], bool], page: Page) -> list[A]:
        """Return a page, by id, of the aggregates that ``accepts`` takes."""
        found = [state for state in self._states.values() if accepts(state)]
        found.sort(key=lambda state: state.id, reverse=page.descending)
        if page.after is not None:
            found = [state for state in found if _is_past(state.id, page)]
        return found[: page.limit]

    def _store(self, change: Change[A]) -> A:
        state = change.state
        for fields, keys_of in self._unique:
            taken = {
                key
                for other in self._states.values()
                if other.id != state.id
                for key in keys_of(other)
            }
            if taken & set(keys_of(state)):
                raise DuplicateError(*fields)
        self._states[state.id] = state
        kept = self._history.setdefault(state.id, [])
        kept += entries_of(change)
        if change.event:
            self.events.append(change.event)
        return state


def _is_past(aggregate_id: str, page: Page) -> bool:
    assert page.after is not None
    if page.descending:
        return aggregate_id < page.after
    return aggregate_id > page.after


class MemoryReplicas(Replicas):
    """Copies in a dict; the rules are the real ones, only the storage differs."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}

    def find(self, replica_id: str) -> Document | None:
        return deepcopy(self._documents.get(replica_id))

    def all(self) -> list[Document]:
        return deepcopy(list(self._documents.values()))

    def unset(self, replica_id: str, field: str, value: object) -> None:
        """Take a field off a copy that has this value in it."""
        if self._documents[replica_id].get(field) == value:
            del self._documents[replica_id][field]

    def _insert(self, replica_id: str, version: int, fields: Document) -> bool:
        if replica_id in self._documents:
            return False
        self._documents[replica_id] = {"_id": replica_id, "version": version, **fields}
        return True

    def _update(self, replica_id: str, old: int, new: int, fields: Document) -> bool:
        document = self._documents.get(replica_id)
        if document is None or document["version"] != old:
            return False
        document |= {**fields, "version": new}
        return True


class MemoryPublisher:
    """Remembers what was published; ``away`` makes it refuse, as a lost bus does."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.away = False

    def publish(self, event: Event) -> None:
        if not self.publish_groups([[event]])[0]:
            raise UnavailableError("The event bus did not take the event")

    def publish_groups(self, groups: Sequence[Sequence[Event]]) -> list[list[int]]:
        if self.away:
            raise UnavailableError("The event bus is away; try again in a moment")
        return [[self._number_of(event) for event in group] for group in groups]

    def _number_of(self, event: Event) -> int:
        """Its place in the stream, from 1; the first of one id counts."""
        ids = [known.message_id for known in self.published]
        if event.message_id not in ids:
            self.published.append(event)
            return len(self.published)
        return ids.index(event.message_id) + 1


class MemoryBuckets:
    """Limits of one process; ``away`` makes every call fail."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.away = False
        self._now = now
        self._full: defaultdict[str, float] = defaultdict(float)

    def take(self, buckets: Sequence[Bucket]) -> float:
        now = self._asked()
        full = {each.key: self._after(each, now, 1) for each in buckets}
        spans = {each.key: each.limit.seconds for each in buckets}
        wait = max((full[key] - spans[key] - now for key in full), default=0.0)
        if wait > 0:
            return wait
        self._full |= full
        return 0.0

    def give_back(self, buckets: Sequence[Bucket]) -> None:
        now = self._asked()
        self._full |= {each.key: self._after(each, now, -1) for each in buckets}

    def _after(self, bucket: Bucket, now: float, taken: int) -> float:
        """When a bucket will be full again."""
        each = bucket.limit.seconds / bucket.limit.most
        return max(self._full[bucket.key], now) + taken * each

    def _asked(self) -> float:
        if self.away:
            raise UnavailableError
        return self._now()
