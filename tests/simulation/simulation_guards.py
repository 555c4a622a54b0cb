"""The guards, by name: each function takes one out for as long as it is entered.

A simulation that finds nothing without a guard does not test it.
"""

from dataclasses import replace
from unittest.mock import patch

from simulation_bus import Bus

from expiration import commands as expiration
from orders import fakes as orders
from orders import settlement
from orders.settlement import lifecycle
from payments import commands, refunds
from payments.fake_stripe import MemoryGateway
from ticketing.fakes import MemoryAggregates, MemoryReplicas
from ticketing.relay import Relay


def unique_index():
    """An order is inserted, whoever holds its units."""
    return patch.object(orders, "_held_units", lambda order: [])


def idempotency_key():
    """Stripe takes every call for a new one."""
    return patch.object(
        MemoryGateway, "_once", lambda self, key, asked, work: _do(self, work)
    )


def _do(gateway, work):
    done = work()
    gateway._answer()
    return done


def version_check():
    """Who writes last wins."""

    def change(self, aggregate_id, decide):
        decided = decide(self.get(aggregate_id))
        self.line.ask()
        return self._store(decided) if decided else self.get(aggregate_id)

    return patch.object(MemoryAggregates, "change", change)


def refund_once():
    """What is back or on its way may go back again."""
    rest = refunds._rest

    def all_of_it(payment, reason):
        return rest(replace(payment, refunds=()), reason)

    return patch.object(refunds, "_rest", all_of_it)


def ack_last():
    """A message is acknowledged before it is handled."""
    return patch.object(Bus, "acks_first", True)


def outbox():
    """What is not published right after its write is not published."""
    return patch.object(Relay, "sweep", lambda self: 0)


def versions_of_copies():
    """A copy takes what it hears last."""

    def update(self, replica_id, _old, new, fields):
        self._documents[replica_id] |= {**fields, "version": new}
        return True

    def put(self, replica_id, version, fields):
        self._documents.setdefault(replica_id, {"_id": replica_id})
        update(self, replica_id, None, version, fields)

    return patch.multiple(MemoryReplicas, _update=update, put=put)


def rebuilding():
    """Deadlines that are lost stay lost."""
    return patch.object(expiration, "rebuild", lambda deadlines, unpaid: 0)


def closing():
    """Intents live on when their orders end."""
    return patch.object(commands, "close", lambda till, order_id: None)


def late_money():
    """What is paid for a cancelled order is kept."""

    def complete(order, *paid):
        return complete_in_time(order, *paid) if order.holds else None

    complete_in_time = lifecycle.complete
    return patch.object(settlement.lifecycle, "complete", complete)


def end_of_holds():
    """A hold ends when somebody says so, whatever the time is."""
    return patch.object(
        lifecycle, "is_due", lambda order, now: order.holds and not order.passes
    )


GUARDS = {
    each.__name__: each
    for each in (
        unique_index,
        idempotency_key,
        version_check,
        refund_once,
        ack_last,
        outbox,
        versions_of_copies,
        rebuilding,
        closing,
        late_money,
        end_of_holds,
    )
}
