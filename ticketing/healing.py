"""An event that has gone from the stream is told again by its owner.

Events are lost when a disk is, or when somebody deletes a message. Whoever has not
heard of them waits for the next version, and after the last one there is none. The
stream knows which of its numbers are gone, and each owner remembers the numbers of its
own events: so one question to the stream finds what is missing, however much is stored,
and nothing is read while nothing is.

Whoever had heard it already hears it again; handlers are used to that.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain

import eventlet
from pymongo.collection import Collection

from ticketing.clock import iso, utc_now
from ticketing.errors import TicketingError
from ticketing.events import Publisher
from ticketing.history import sent_event
from ticketing.mongo import Document, own_errors
from ticketing.nats import TIMEOUT, NatsConnection

log = logging.getLogger(__name__)

HEAL_EVERY = 5.0
# Older events are gone because the stream keeps no more: 7 days at the least.
LATELY = timedelta(days=1)
# Numbers before the first one that is there, and numbers looked up in one round.
BEFORE = 10_000
BATCH = 1_000
# The owner may note a number a moment after it has gone.
LOOKS = 12


def gone(connection: NatsConnection, since: datetime) -> Iterable[int]:
    """Return the numbers that are not in the stream, lately gone ones at least.

    Those before its first message are left out where that is older than ``since``: it
    is the stream's limits that take them. Raises UnavailableError.
    """
    subject = f"$JS.API.STREAM.INFO.{connection.stream}"
    asked = json.dumps({"deleted_details": True}).encode()
    client = connection.client
    answer = connection.run(client.request(subject, asked, timeout=TIMEOUT), TIMEOUT)
    state = json.loads(answer.data)["state"]
    deleted: list[int] = state.get("deleted") or []
    first = state["first_seq"]
    if state["messages"] and datetime.fromisoformat(state["first_ts"]) < since:
        return deleted
    return chain(range(max(1, first - BEFORE), first), deleted)


class Healer:
    """Looks after the events of one collection; several may, it comes to the same."""

    def __init__(
        self,
        collection: Collection[Document],
        publisher: Publisher,
        connection: NatsConnection,
    ) -> None:
        self._collection = collection
        self._publisher = publisher
        self._connection = connection
        self._looks: dict[int, int] = {}

    def run(self) -> None:
        """Heal now and then, for ever."""
        self._connection.wait_connected()
        while True:
            eventlet.sleep(HEAL_EVERY)
            try:
                self.heal()
            except TicketingError as error:
                log.info("Heal later: %s", error, extra={"action": "heal_later"})
            except Exception:
                log.exception("Heal later", extra={"action": "heal_later"})

    def heal(self) -> int:
        """Tell again what has gone from the stream; return how many events."""
        numbers = self._to_look_up(gone(self._connection, utc_now() - LATELY))
        healed = 0
        for document in self._owning(numbers) if numbers else ():
            lost = [each for each in document["sent"] if each["sequence"] in numbers]
            healed += self._tell_again(document["_id"], lost)
        return healed

    def _to_look_up(self, gone: Iterable[int]) -> set[int]:
        self._looks = {number: self._looks.get(number, 0) for number in gone}
        fresh = [number for number, looks in self._looks.items() if looks < LOOKS]
        for number in fresh[:BATCH]:
            self._looks[number] += 1
        return set(fresh[:BATCH])

    def _owning(self, numbers: set[int]) -> list[Document]:
        among = {"sent.sequence": {"$in": sorted(numbers)}}
        with own_errors():
            return list(self._collection.find(among, {"sent": 1}))

    def _tell_again(self, document_id: str, lost: list[Document]) -> int:
        since = iso(utc_now() - LATELY)
        lately = [entry for entry in lost if entry["at"] > since]
        (taken,) = self._publisher.publish_groups([list(map(sent_event, lately))])
        for entry, number in zip(lately, taken, strict=False):
            self._renumber(document_id, entry, number)
        return len(taken)

    def _renumber(self, document_id: str, entry: Document, number: int) -> None:
        told = {"event": entry["id"], "number": number}
        log.warning(
            "Told again: %s had gone from the stream",
            entry["subject"],
            extra={"action": "told_again", **told},
        )
        where = {"_id": document_id, "sent.sequence": entry["sequence"]}
        with own_errors():
            self._collection.update_one(where, {"$set": {"sent.$.sequence": number}})
