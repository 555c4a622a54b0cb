"""Delivers events to the webhook endpoints until each answers 2xx.

https://docs.stripe.com/webhooks: signed, at least once, in no promised order, retried
for up to three days with exponential back off. What is due lies in the store, written
with the change it tells of, so nothing is lost by a crash of either side.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from sqlite3 import Connection
from threading import Lock
from urllib.parse import urlsplit

from stripe_stand_in.entities import WebhookEndpoint
from stripe_stand_in.faults import Fate
from stripe_stand_in.store import Store

FIRST_DELAY = 1.0
LONGEST_DELAY = 3600.0
GIVE_UP_SECONDS = 3 * 24 * 3600
TIMEOUT = 10.0
BATCH = 20
# How many of the due ones are looked at when their order is to be random.
POOL = 500
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    event: str
    body: bytes
    created: int
    attempts: int


def signature(secrets: Sequence[str], now: int, body: bytes) -> str:
    """One v1 for each secret: https://docs.stripe.com/webhooks#verify-manually"""
    signed = b"%d.%b" % (now, body)
    made = [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in secrets]
    return f"t={now}," + ",".join(f"v1={digest}" for digest in made)


def secrets_of(endpoint: WebhookEndpoint, now: int) -> list[str]:
    """A rolled secret signs too, for a day."""
    if endpoint.rolled and now < endpoint.rolled[1]:
        return [endpoint.secret, endpoint.rolled[0]]
    return [endpoint.secret]


def next_due(delivery: Delivery, now: float) -> float | None:
    """When a failed delivery is tried again; None after three days."""
    if now - delivery.created > GIVE_UP_SECONDS:
        return None
    exponent = min(delivery.attempts, 16)
    return now + min(FIRST_DELAY * float(2**exponent), LONGEST_DELAY)


class Queue:
    """What is due for one endpoint, each to be worked on by one worker only."""

    def __init__(self, store: Store, endpoint_id: str, fate: Fate) -> None:
        self._store = store
        self._endpoint_id = endpoint_id
        self._fate = fate
        self._lock = Lock()
        self._taken: set[str] = set()

    def take(self) -> tuple[WebhookEndpoint | None, list[Delivery]]:
        """The endpoint as it is now, None if it wants no more, and what is due."""
        now = self._store.clock()
        shuffled = self._fate.shuffles
        with self._lock, self._store.transaction() as tx:
            endpoint = tx.find(WebhookEndpoint, self._endpoint_id)
            rows = tx.db.execute(
                "SELECT d.event, e.body, e.created, d.attempts FROM outgoing d "
                "JOIN events e ON e.id = d.event WHERE d.endpoint = ? AND d.due <= ? "
                "ORDER BY d.due LIMIT ?",
                (
                    self._endpoint_id,
                    now,
                    (POOL if shuffled else BATCH) + len(self._taken),
                ),
            ).fetchall()
            free = [row for row in rows if row[0] not in self._taken]
            free = (self._fate.shuffled(free) if shuffled else free)[:BATCH]
            self._taken.update(row[0] for row in free)
        batch = [Delivery(event, body.encode(), *rest) for event, body, *rest in free]
        enabled = endpoint and endpoint.status == "enabled"
        return (endpoint if enabled else None), batch

    def settle(self, batch: list[Delivery], delivered: set[str]) -> None:
        now = self._store.clock()
        with self._store.transaction() as tx:
            for delivery in batch:
                done = delivery.event in delivered
                again = None if done else next_due(delivery, now)
                _settle(tx.db, self._endpoint_id, delivery, again)

    def release(self, batch: list[Delivery]) -> None:
        with self._lock:
            self._taken.difference_update(delivery.event for delivery in batch)


def _settle(
    db: Connection, endpoint_id: str, delivery: Delivery, again: float | None
) -> None:
    which = delivery.event, endpoint_id
    if again is None:
        db.execute("DELETE FROM outgoing WHERE event = ? AND endpoint = ?", which)
    else:
        db.execute(
            "UPDATE outgoing SET due = ?, attempts = attempts + 1 "
            "WHERE event = ? AND endpoint = ?",
            (again, *which),
        )


class Sender:
    """One connection to the endpoint, for one batch."""

    def __init__(self, endpoint: WebhookEndpoint) -> None:
        self._endpoint = endpoint
        url = urlsplit(endpoint.url)
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        self._connection = kind(url.hostname or "", url.port, timeout=TIMEOUT)
        self._path = (url.path or "/") + (f"?{url.query}" if url.query else "")

    def send(self, body: bytes, now: int) -> bool:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(secrets_of(self._endpoint, now), now, body),
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


def deliver(store: Store, queue: Queue, fate: Fate) -> bool:
    """One batch; False if nothing was due.

    What is left for an endpoint that is disabled or deleted is dropped:
    https://docs.stripe.com/webhooks#retries
    """
    endpoint, batch = queue.take()
    try:
        everything = {delivery.event for delivery in batch}
        delivered = _send(store, endpoint, batch, fate) if endpoint else everything
        queue.settle(batch, delivered)
    finally:
        queue.release(batch)
    return bool(batch)


def _send(
    store: Store, endpoint: WebhookEndpoint, batch: list[Delivery], fate: Fate
) -> set[str]:
    """The events that were delivered; one that is lost on its way counts as such."""
    sender = Sender(endpoint)
    delivered: set[str] = set()
    for delivery in batch:
        copies = fate.copies(first=delivery.attempts == 0)
        sent = [sender.send(delivery.body, int(store.clock())) for _ in range(copies)]
        if any(sent) or not sent:
            delivered.add(delivery.event)
    sender.close()
    return delivered
