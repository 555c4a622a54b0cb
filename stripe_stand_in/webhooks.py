"""Delivers events to one endpoint until it answers 2xx.

https://docs.stripe.com/webhooks: signed, at least once, in no promised order, retried
for up to three days with exponential back off. What is due lies in the store, written
with the change it tells of, so nothing is lost by a crash of either side.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from sqlite3 import Connection
from threading import Lock, Thread
from urllib.parse import urlsplit

from stripe_stand_in.store import Store

FIRST_DELAY = 1.0
LONGEST_DELAY = 3600.0
GIVE_UP_SECONDS = 3 * 24 * 3600
LONGEST_WAIT = 30.0
TIMEOUT = 10.0
BATCH = 20
WORKERS = 2
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    """types: the events it wants; empty means all."""

    url: str
    secret: str
    types: frozenset[str] = frozenset()

    def wants(self, kind: str) -> bool:
        return not self.types or kind in self.types


@dataclass(frozen=True)
class Delivery:
    event: str
    body: bytes
    created: int
    attempts: int


def signature(secret: str, now: int, body: bytes) -> str:
    """https://docs.stripe.com/webhooks#verify-manually"""
    signed = b"%d.%b" % (now, body)
    return f"t={now},v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


def next_due(delivery: Delivery, now: float) -> float | None:
    """When a failed delivery is tried again; None after three days."""
    if now - delivery.created > GIVE_UP_SECONDS:
        return None
    exponent = min(delivery.attempts, 16)
    return now + min(FIRST_DELAY * float(2**exponent), LONGEST_DELAY)


class Queue:
    """What is due, each to be worked on by one worker only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._taken: set[str] = set()

    def take(self) -> list[Delivery]:
        now = self._store.clock()
        with self._lock, self._store.transaction() as tx:
            rows = tx.db.execute(
                "SELECT d.event, e.body, e.created, d.attempts FROM deliveries d "
                "JOIN events e ON e.id = d.event WHERE d.due <= ? ORDER BY d.due "
                "LIMIT ?",
                (now, BATCH + len(self._taken)),
            ).fetchall()
            free = [row for row in rows if row[0] not in self._taken][:BATCH]
            self._taken.update(row[0] for row in free)
        return [Delivery(event, body.encode(), *rest) for event, body, *rest in free]

    def settle(self, batch: list[Delivery], delivered: set[str]) -> None:
        now = self._store.clock()
        with self._lock, self._store.transaction() as tx:
            for delivery in batch:
                done = delivery.event in delivered
                _settle(tx.db, delivery, None if done else next_due(delivery, now))
            self._taken.difference_update(delivery.event for delivery in batch)

    def wait(self) -> None:
        """Until something new is announced or the next retry is due."""
        now = self._store.clock()
        with self._store.transaction() as tx:
            (due,) = tx.db.execute(
                "SELECT min(due) FROM deliveries WHERE due > ?", (now,)
            ).fetchone()
        self._store.stirred.wait(min(due - now, LONGEST_WAIT) if due else LONGEST_WAIT)


def _settle(db: Connection, delivery: Delivery, again: float | None) -> None:
    if again is None:
        db.execute("DELETE FROM deliveries WHERE event = ?", (delivery.event,))
    else:
        db.execute(
            "UPDATE deliveries SET due = ?, attempts = attempts + 1 WHERE event = ?",
            (again, delivery.event),
        )


class Sender:
    """One connection to the endpoint, for one batch."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._secret = endpoint.secret
        url = urlsplit(endpoint.url)
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        self._connection = kind(url.hostname or "", url.port, timeout=TIMEOUT)
        self._path = (url.path or "/") + (f"?{url.query}" if url.query else "")

    def send(self, body: bytes, now: int) -> bool:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self._secret, now, body),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            self._connection.request("POST", self._path, body, headers)
            response = self._connection.getresponse()
            response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            LOG.debug("webhook failed: %s", error)
            return False
        return 200 <= response.status < 300

    def close(self) -> None:
        self._connection.close()


def deliver(store: Store, queue: Queue, endpoint: Endpoint) -> None:
    """One round: a batch, or a wait if nothing is due."""
    store.stirred.clear()
    batch = queue.take()
    if not batch:
        queue.wait()
        return
    sender = Sender(endpoint)
    delivered: set[str] = set()
    for delivery in batch:
        if sender.send(delivery.body, int(store.clock())):
            delivered.add(delivery.event)
    sender.close()
    queue.settle(batch, delivered)


def start(store: Store, endpoint: Endpoint) -> None:
    queue = Queue(store)
    for _ in range(WORKERS):
        Thread(target=_run, args=(store, queue, endpoint), daemon=True).start()


def _run(store: Store, queue: Queue, endpoint: Endpoint) -> None:
    while True:
        try:
            deliver(store, queue, endpoint)
        except Exception:
            LOG.exception("webhook delivery failed")
            store.stirred.wait(LONGEST_WAIT)
