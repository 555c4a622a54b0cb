"""How much is waiting: events that are not published yet, and not handled yet."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import nats
from nats.js.api import ConsumerInfo
from pymongo import MongoClient

from rehearsal.looks import Lengths
from rehearsal.shop import Shop
from ticketing.config import namespaced
from ticketing.permissions import inbox_of

# Mails are written after the sale, while nobody waits.
OUTBOX, LETTERS = "outbox", "letters"
_OUTBOXES = {"tickets": "tickets", "orders": "orders", "payments": "payments"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_COUNTED = 5000
_TIMEOUT = 5.0


class Queues:
    """Looks from outside, so that it costs the services nothing."""

    def __init__(self, shop: Shop) -> None:
        self._given = shop.environment
        self._stream = namespaced(self._given, "TICKETING")

    async def __aenter__(self) -> Self:
        url = self._given["NATS_URL"]
        inbox = inbox_of(url)
        self._nats = await nats.connect(url, inbox_prefix=inbox, connect_timeout=5)
        self._js = self._nats.jetstream(timeout=_TIMEOUT)
        self._mongo: MongoClient[dict[str, Any]] = MongoClient(
            self._given["MONGODB_URI"], timeoutMS=1000 * _TIMEOUT
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._nats.close()
        self._mongo.close()

    async def lengths(self) -> Lengths:
        """By service, ``outbox`` and ``letters``."""
        infos, outbox = await asyncio.gather(
            self._consumers(), asyncio.to_thread(self._unpublished)
        )
        found = Counter({OUTBOX: outbox})
        for info in infos:
            if info.config.durable_name:
                waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
                found[queue_of(info.name)] += waiting
        return dict(found)

    async def _consumers(self) -> list[ConsumerInfo]:
        found: list[ConsumerInfo] = []
        while page := await self._js.consumers_info(self._stream, len(found)):
            found += page
        return found

    def _unpublished(self) -> int:
        """Bounded on both sides, as the services ask: it is an index's range then."""
        soon = datetime.now(UTC) + timedelta(days=1)
        waiting = {"outbox.time": {"$gt": _EPOCH, "$lt": soon}}
        return sum(
            self._mongo[namespaced(self._given, database)][name].count_documents(
                waiting, limit=_MOST_COUNTED
            )
            for database, name in _OUTBOXES.items()
        )


def queue_of(consumer: str) -> str:
    """Consumers are named service-subject; those of web write letters."""
    service = consumer.partition("-")[0]
    return LETTERS if service == "web" else service


def is_settled(lengths: Lengths) -> bool:
    """Whether all that a buyer waits for is done."""
    return not any(count for name, count in lengths.items() if name != LETTERS)
