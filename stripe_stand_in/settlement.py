"""What happens by itself after a while: debits and refunds that come to their end.

What is due lies in the store, written with the change that promised it, so it happens
after a restart as well.
"""

from __future__ import annotations

import logging
from threading import Thread

from stripe_stand_in import outcomes, refunding
from stripe_stand_in.changes import Change, Outcome
from stripe_stand_in.entities import Charge, Intent, PaymentMethod, Refund
from stripe_stand_in.events import Cause
from stripe_stand_in.store import Store
from stripe_stand_in.transaction import Transaction

BATCH = 50
LONGEST_WAIT = 30.0
LOG = logging.getLogger(__name__)


def settle_intent(tx: Transaction, intent: Intent, outcome: Outcome) -> Change:
    """Raises StripeError for a payment that is not processing."""
    charge = intent.latest_charge and tx.find(Charge, intent.latest_charge)
    method = intent.payment_method and tx.find(PaymentMethod, intent.payment_method)
    if not charge or not method:
        raise outcomes.not_processing(intent)
    tx.db.execute("DELETE FROM due WHERE id = ?", (intent.id,))
    return outcomes.settle(intent, charge, method, outcome)


def _change(tx: Transaction, entity_id: str, outcome: Outcome) -> Change:
    intent = tx.find(Intent, entity_id)
    if intent and intent.status == "processing":
        return settle_intent(tx, intent, outcome)
    refund = tx.find(Refund, entity_id)
    charge = refund and tx.find(Charge, refund.charge)
    return refunding.settle(refund, charge, outcome) if refund and charge else Change()


def settle_due(store: Store) -> int:
    """One round; the number of things that happened."""
    with store.transaction() as tx:
        rows = tx.db.execute(
            "SELECT id, outcome FROM due WHERE at <= ? ORDER BY at LIMIT ?",
            (tx.moment, BATCH),
        ).fetchall()
        for entity_id, outcome in rows:
            tx.apply(_change(tx, entity_id, outcome), Cause())
            tx.db.execute("DELETE FROM due WHERE id = ?", (entity_id,))
    return len(rows)


def _wait(store: Store) -> None:
    with store.transaction() as tx:
        (at,) = tx.db.execute("SELECT min(at) FROM due").fetchone()
        now = tx.moment
    store.scheduled.wait(
        LONGEST_WAIT if at is None else min(max(at - now, 0), LONGEST_WAIT)
    )


def start(store: Store) -> None:
    Thread(target=_run, args=(store,), daemon=True).start()


def _run(store: Store) -> None:
    while True:
        try:
            store.scheduled.clear()
            if not settle_due(store):
                _wait(store)
        except Exception:
            LOG.exception("settling what is due failed")
            store.scheduled.wait(LONGEST_WAIT)
