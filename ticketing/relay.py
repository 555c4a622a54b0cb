"""Brings events from the outbox to the bus: right after the write, and as a sweep.

Right after the write is the usual way. What it does not manage, because the process
died or the bus was away, the sweep of any process finds. Publishing twice is harmless:
JetStream knows the event's id. So the outboxes are emptied a moment later, many at a
time: a document that has changed twice by then costs one write, not two. While there
are many, that moment is longer: many orders are paid some seconds after they are made.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import eventlet
from eventlet.event import Event as Flag
from eventlet.semaphore import Semaphore
from pymongo import UpdateOne
from pymongo.collection import Collection

from ticketing.aggregates import event_of
from ticketing.clock import iso, utc_now
from ticketing.errors import TicketingError
from ticketing.events import Publisher
from ticketing.history import sent_entry
from ticketing.messages import Event
from ticketing.mongo import Document, index, own_errors

log = logging.getLogger(__name__)

SWEEP_EVERY = 1.0
# Younger entries are in the hands of the process that wrote them, which leaves those
# that went so many seconds in their outboxes, if it has more than a few.
SWEEP_AGE = timedelta(seconds=5)
LINGER = 2.5
FEW = 20
BATCH = 200
# Documents whose events went, before their outboxes are emptied out of turn; and so
# many of them by one command, which has its time as any other.
MOST_FULL = 500
AT_ONCE = 50
MOST_COUNTED = 1000
EPOCH = datetime.fromtimestamp(0, UTC)
FLUSH_TIMEOUT = 3.0

Waiting = dict[str, list[Event]]
# What went, by document and event, with its number in the stream.
Sent = dict[str, dict[str, tuple[Event, int]]]


class Relay:
    """The relay of one collection in one process.

    Events that arrive while a batch is on its way form the next batch, so that under
    load many share one round trip and one write.
    """

    def __init__(
        self, collection: Collection[Document], publisher: Publisher, kept: int = 1
    ) -> None:
        """``kept`` is how many of its last events a document remembers."""
        self._collection = collection
        self._publisher = publisher
        self._kept = kept
        self._waiting: Waiting = {}
        self._sent: Sent = {}
        self._first_at: dict[str, float] = {}
        self._emptying: Sent = {}
        self._turn = Semaphore()
        self._wake = Flag()
        self._ended = Flag()
        self._stopping = False

    def declare_indexes(self) -> None:
        index(self._collection, "outbox.time")
        index(self._collection, "sent.sequence")

    def submit(self, document_id: str, events: list[Event]) -> None:
        """Publish soon. The caller does not wait: the outbox is already durable."""
        known = self._waiting.get(document_id, [])
        # Of two writers, the later one may have come here first, with both events.
        new = [e for e in events if e not in known and not self._has(document_id, e)]
        if not new:
            return
        self._waiting[document_id] = known + new
        if not self._wake.ready():
            self._wake.send(None)

    def run(self) -> None:
        """Publish what is submitted, until stopped."""
        while self._waiting or not self._stopping:
            self._wake.wait()
            self._wake = Flag()
            batch, self._waiting = self._waiting, {}
            self._attempt(partial(self._publish, batch))
            if len(self._sent) > MOST_FULL:
                self._attempt(self.empty)
        self._attempt(self.empty)
        self._ended.send(None)

    def run_sweep(self) -> None:
        """Empty outboxes, and look for what was left behind, for ever."""
        while True:
            eventlet.sleep(SWEEP_EVERY)
            self._attempt(partial(self.empty, lingering=True))
            self._attempt(self.sweep)

    def stop(self) -> None:
        """Publish what is waiting, for a bounded time, and end ``run``."""
        self._stopping = True
        if not self._wake.ready():
            self._wake.send(None)
        with eventlet.Timeout(FLUSH_TIMEOUT, exception=False):
            self._ended.wait()

    def sweep(self) -> int:
        """Publish entries that have waited too long; return how many documents."""
        # Bounded on both sides: some servers scan for a range that is open on one.
        old = {"outbox.time": {"$gt": EPOCH, "$lt": utc_now() - SWEEP_AGE}}
        with own_errors():
            found = list(self._collection.find(old, {"outbox": 1}).limit(BATCH))
        left = {d["_id"]: [event_of(entry) for entry in d["outbox"]] for d in found}
        went = self._publish(left)
        self.empty()
        return went

    def empty(self, *, lingering: bool = False) -> None:
        """Take what went from the outboxes to what was sent.

        ``lingering`` leaves those out that may change once more in a moment.
        """
        with self._turn:
            due = self._due() if lingering else list(self._sent)
            self._emptying = {each: self._sent.pop(each) for each in due}
            for each in due:
                del self._first_at[each]
            moves = [self._move(*each) for each in self._emptying.items()]
            try:
                for first in range(0, len(moves), AT_ONCE):
                    with own_errors():
                        some = moves[first : first + AT_ONCE]
                        self._collection.bulk_write(some, ordered=False)
            finally:
                self._emptying = {}

    def _due(self) -> list[str]:
        """Return the documents whose first event went long enough ago."""
        latest = monotonic() - (LINGER if len(self._sent) > FEW else 0)
        return [each for each in self._sent if self._first_at[each] <= latest]

    def waiting(self) -> dict[str, Any]:
        """Return ``{"waiting", "oldest"}``: how many events, and since when.

        Of more than MOST_COUNTED documents, so many.
        """
        any_time = {"outbox.time": {"$gt": EPOCH, "$lt": utc_now() + SWEEP_AGE}}
        with own_errors():
            shown = self._collection.find(any_time, {"outbox.time": 1})
            found = list(shown.limit(MOST_COUNTED))
        times = [entry["time"] for document in found for entry in document["outbox"]]
        return {"waiting": len(times), "oldest": iso(min(times)) if times else None}

    def _attempt(self, work: Callable[[], object]) -> None:
        """Whatever is not done now, a sweep will do."""
        try:
            work()
        except TicketingError as error:
            log.info("Swept later: %s", error, extra={"action": "sweep_later"})
        except Exception:
            log.exception("Swept later", extra={"action": "sweep_later"})

    def _publish(self, batch: Waiting) -> int:
        """Return of how many documents something went."""
        if not batch:
            return 0
        went = self._publisher.publish_groups(list(batch.values()))
        for (document_id, events), numbers in zip(batch.items(), went, strict=True):
            taken = zip(events, numbers, strict=False)
            gone = {event.id: (event, number) for event, number in taken}
            if gone:
                self._sent.setdefault(document_id, {}).update(gone)
                self._first_at.setdefault(document_id, monotonic())
        return sum(map(bool, went))

    def _has(self, document_id: str, event: Event) -> bool:
        """Whether it went already, and only its outbox does not know."""
        places = (self._sent, self._emptying)
        return any(event.id in place.get(document_id, ()) for place in places)

    def _move(self, document_id: str, gone: dict[str, tuple[Event, int]]) -> UpdateOne:
        """Take its events from what waits to what was sent.

        If somebody else has done so, they are noted twice, which does no harm.
        """
        ids = list(gone)
        sent = [sent_entry(*each) for each in gone.values()]
        kept = {"$each": sent, "$slice": -self._kept}
        change = {"$pull": {"outbox": {"id": {"$in": ids}}}, "$push": {"sent": kept}}
        return UpdateOne({"_id": document_id}, change)
