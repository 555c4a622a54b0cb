"""What must be so, looked at in each write and when all has come to rest."""

from collections import Counter, defaultdict

from simulation_nature import owner

from orders.listing import copy_of_ticket
from orders.models import Reason, Status
from payments.copies import copy_of_order
from payments.models import Status as Paying

ENDED = {Status.COMPLETE, Status.CANCELLED}


class Witness:
    """``violations`` are what was seen that must not be; the rest is what was told."""

    def __init__(self, world):
        self.world = world
        self.violations = []
        self.reserved, self.paid = set(), set()
        self._charged = set()

    def accuse(self, rule, facts):
        self.world.tell("VIOLATION", rule, facts)
        self.violations.append(f"{rule}: {facts}")

    def write(self, store, before, state):
        """One write to a database, as it is made."""
        if before and state.version != before.version + 1:
            self.accuse("version", f"{store} {before.version} to {state.version}")
        if store == "orders":
            self._holds(state)
            self._in_time(before, state)

    def _holds(self, order):
        """No unit is held by two."""
        others = self.world.stores["orders"].all()
        mine = set(order.units) if order.holds else set()
        for other in others:
            same_ticket = other.ticket_id == order.ticket_id and other.id != order.id
            if mine and same_ticket and other.holds and mine & set(other.units):
                self.accuse("sold twice", f"{order.id} and {other.id}: {mine}")

    def _in_time(self, before, order):
        """No hold ends before its time, by the clock of whoever ends it."""
        expired = order.reason == Reason.EXPIRED and before.reason != Reason.EXPIRED
        if expired and owner().latest < before.expires_at:
            self.accuse("early", f"{order.id} ends at {before.expires_at}")

    # When all has come to rest.

    def check(self):
        orders = {each.id: each for each in self.world.stores["orders"].all()}
        payments = {p.order_id: p for p in self.world.stores["payments"].all()}
        for unended in self.unended():
            self.accuse("no end", unended)
        self._money(orders, payments)
        self._promises(orders, payments)
        self._copies(orders)
        self._counts(orders)
        self._versions()
        for letter in self.world.bus.letters:
            self.accuse("dead letter", letter)
        for finding in self.world.stores["payments"].findings._findings.values():
            self.accuse("finding", f"{finding.kind}: {finding.detail}")

    def unended(self):
        """What has no end yet: orders, and payments of orders that have."""
        orders = {each.id: each for each in self.world.stores["orders"].all()}
        for order in orders.values():
            if order.status not in ENDED:
                yield f"order {order.id} is {order.status}"
        for payment in self.world.stores["payments"].all():
            gone = orders[payment.order_id].status is Status.CANCELLED
            nothing = not payment.is_taken and payment.status is not Paying.CANCELLED
            if payment.waiting_since or (gone and nothing):
                yield f"payment of {payment.order_id} is {payment.status}"

    def _money(self, orders, payments):
        """Stripe has kept what complete orders cost, from one charge each."""
        charges, kept = Counter(), Counter()
        for intent in self.world.stripe.paid:
            charges[intent.sum.order_id] += 1
            kept[intent.sum.order_id] += intent.sum.amount - intent.refunded
        for order_id in charges.keys() | orders.keys():
            order = orders.get(order_id)
            complete = order is not None and order.status is Status.COMPLETE
            owed = order.total if complete else 0
            if kept[order_id] != owed:
                self.accuse("money", f"{order_id}: {kept[order_id]} kept, {owed} owed")
            if charges[order_id] > 1:
                self.accuse("charged twice", order_id)
        for payment in payments.values():
            self._refunds(payment)

    def _refunds(self, payment):
        """The money for a unit goes back once."""
        units = [unit for refund in payment.refunds for unit in refund.units]
        returned = self.world.stripe.returned.get(payment.stripe_id, {}).values()
        if len(set(units)) != len(units) or len(returned) > len(payment.units):
            self.accuse("refunded twice", f"{payment.order_id}: {units}")

    def _promises(self, orders, payments):
        for order_id in self.reserved - orders.keys():
            self.accuse("lost", f"order {order_id} was acknowledged")
        for order_id in self.paid:
            if order_id not in payments or not payments[order_id].is_taken:
                self.accuse("lost", f"payment of {order_id} was acknowledged")
        for order in orders.values():
            opened = {each.unit for each in order.passes}
            if order.status is Status.COMPLETE and not opened >= {*order.units}:
                self.accuse("no pass", order.id)

    def _copies(self, orders):
        """Every copy is what its owner has."""
        copies = self.world.stores["payments"].orders._documents
        for order in orders.values():
            source = copy_of_order(order.json_dict())
            del source["total"]  # what it cost to pay, which does not change
            if not order.holds:
                source["units"] = []
            copy = copies.get(order.id, {}) | ({} if order.holds else {"units": []})
            self._same("order", copy, source)
        copies = self.world.stores["orders"].tickets._documents
        for ticket in self.world.stores["tickets"].all():
            told = copy_of_ticket(ticket.told())
            self._same("ticket", copies.get(ticket.id, {}), told)

    def _same(self, kind, copy, source):
        known = {name: copy.get(name) for name in source}
        if known != source:
            self.accuse("copy", f"{kind} is {source}, the copy says {known}")

    def _counts(self, orders):
        """Listings count what orders hold."""
        held, sold = Counter(), Counter()
        for order in orders.values():
            complete = order.status is Status.COMPLETE
            holding = sold if complete else held
            holding[order.ticket_id] += len(order.units) if order.holds else 0
        for ticket in self.world.stores["tickets"].all():
            counted, true = (
                (ticket.held, ticket.sold),
                (held[ticket.id], sold[ticket.id]),
            )
            if counted != true:
                self.accuse("count", f"{ticket.id} counts {counted}, it is {true}")

    def _versions(self):
        """Each change of an order or a listing was told."""
        told = defaultdict(set)
        for event_id in self.world.bus.told:
            aggregate, _, version = event_id.partition(":")
            if version.isdigit():
                told[aggregate].add(int(version))
        for store in ("orders", "tickets"):
            for state in self.world.stores[store].all():
                if told[state.id] != set(range(state.version + 1)):
                    self.accuse("untold", f"{store} {state.id}: {told[state.id]}")
