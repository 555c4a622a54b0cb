"""Workers for each webhook endpoint: one that does not answer holds up no other."""

from __future__ import annotations

import logging
from collections import Counter
from threading import Lock, Thread

from stripe_stand_in.faults import Fate
from stripe_stand_in.store import Store
from stripe_stand_in.webhooks import Queue, deliver

LONGEST_WAIT = 30.0
WORKERS = 2
LOG = logging.getLogger(__name__)


class Dispatcher:
    """Sets workers to work on each endpoint for which something is due."""

    def __init__(self, store: Store, fate: Fate) -> None:
        self._store = store
        self._fate = fate
        self._queues: dict[str, Queue] = {}
        self._working: Counter[str] = Counter()
        self._lock = Lock()

    def run(self) -> None:
        while True:
            try:
                self._store.stirred.clear()
                self._dispatch()
                self._wait()
            except Exception:
                LOG.exception("webhook delivery failed")
                self._store.stirred.wait(LONGEST_WAIT)

    def _dispatch(self) -> None:
        with self._store.transaction() as tx:
            rows = tx.db.execute(
                "SELECT DISTINCT endpoint FROM outgoing WHERE due <= ?", (tx.moment,)
            ).fetchall()
        for (endpoint_id,) in rows:
            self._put_to_work(endpoint_id)

    def _put_to_work(self, endpoint_id: str) -> None:
        queue = self._queues.setdefault(
            endpoint_id, Queue(self._store, endpoint_id, self._fate)
        )
        with self._lock:
            missing = WORKERS - self._working[endpoint_id]
            self._working[endpoint_id] = WORKERS
        for _ in range(missing):
            Thread(target=self._work, args=(endpoint_id, queue), daemon=True).start()

    def _work(self, endpoint_id: str, queue: Queue) -> None:
        """Until nothing is due; what came meanwhile is then seen by the dispatcher."""
        worked = False
        try:
            while deliver(self._store, queue, self._fate):
                worked = True
        except Exception:
            LOG.exception("webhook delivery failed")
        finally:
            with self._lock:
                self._working[endpoint_id] -= 1
            if worked:
                self._store.stirred.set()

    def _wait(self) -> None:
        """Until something new is announced or the next retry is due."""
        with self._store.transaction() as tx:
            (due,) = tx.db.execute(
                "SELECT min(due) FROM outgoing WHERE due > ?", (tx.moment,)
            ).fetchone()
            now = tx.moment
        self._store.stirred.wait(min(due - now, LONGEST_WAIT) if due else LONGEST_WAIT)


def start(store: Store, fate: Fate) -> None:
    Thread(target=Dispatcher(store, fate).run, daemon=True).start()
