"""One SQLite file that survives a kill, and one transaction for each request.

A single connection under a lock: every state transition is serialised, so of many
concurrent confirmations of one PaymentIntent exactly one succeeds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Signal
from threading import Lock

from stripe_stand_in import tables
from stripe_stand_in.entities import WebhookEndpoint
from stripe_stand_in.errors import LockTimeoutError
from stripe_stand_in.idempotency import KEPT_SECONDS
from stripe_stand_in.transaction import Transaction

LOCK_SECONDS = 5.0
# https://docs.stripe.com/api/events/retrieve: events can be fetched for 30 days.
EVENTS_KEPT_SECONDS = 30 * 24 * 3600


class Store:
    """clock: seconds since 1970. lag: how long a webhook is held back, in seconds.

    stirred: set when webhooks are due. scheduled: set when something is to happen by
    itself.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float],
        lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.clock = clock
        self.stirred = Signal()
        self.scheduled = Signal()
        self._lag = lag
        self._lock = Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        tables.prepare(self._db)
        self._endpoints = self._read_endpoints()

    def _read_endpoints(self) -> tuple[WebhookEndpoint, ...]:
        rows = self._db.execute("SELECT body FROM webhook_endpoints ORDER BY seq")
        return tuple(WebhookEndpoint(**json.loads(body)) for (body,) in rows)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commits at the end; an exception undoes everything.

        Raises LockTimeoutError when other requests hold the store for too long.
        """
        if not self._lock.acquire(timeout=LOCK_SECONDS):
            raise LockTimeoutError
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                tx = Transaction(self._db, self.clock(), self._endpoints, self._lag)
                yield tx
                self._db.execute("COMMIT")
                if tx.reconfigured:
                    self._endpoints = self._read_endpoints()
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        finally:
            self._lock.release()
        if tx.announced:
            self.stirred.set()
        if tx.scheduled:
            self.scheduled.set()

    def prune(self) -> None:
        """Forgets what Stripe no longer shows either."""
        with self.transaction() as tx:
            tx.db.execute(
                "DELETE FROM idempotency WHERE created <= ?", (tx.now - KEPT_SECONDS,)
            )
            tx.db.execute(
                "DELETE FROM events WHERE created <= ?", (tx.now - EVENTS_KEPT_SECONDS,)
            )
            tx.db.execute(
                "DELETE FROM outgoing WHERE event NOT IN (SELECT id FROM events)"
            )

    def close(self) -> None:
        with self._lock:
            self._db.close()
