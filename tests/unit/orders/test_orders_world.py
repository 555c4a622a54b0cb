"""Whatever happens in whatever order, a unit is never lost and never held twice."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
)
from unit_doubles import ANN, BOB, EVE, HOLD, NOW
from unit_neighbours import PaymentsDouble, TicketsDouble

from orders import commands, lifecycle, settlement
from orders.commands import Reservation
from orders.fakes import MemoryOrders
from orders.models import NotYetError, Reason, RequestKey, Status
from ticketing.errors import BadRequestError, KeyReusedError, UnavailableError
from ticketing.ids import new_id
from ticketing.paging import Page
from tickets import models as tickets
from tickets.fakes import MemoryTickets
from tickets.models import Offer

PRICE = 1950
GRACE = timedelta(minutes=5)
EXTENDED = "order.extended"
BUYERS = st.sampled_from([ANN, BOB, EVE])


def told(status):
    """A payment as its service tells of it."""
    return {"status": status, "amount": PRICE, "currency": "usd"}


class World(RuleBasedStateMachine):
    orders_made = Bundle("orders_made")

    def __init__(self):
        super().__init__()
        self.now = NOW
        self.store, sold = MemoryOrders(), MemoryTickets()
        self.payments = PaymentsDouble()
        self.tickets = [
            sold.add(tickets.create(new_id(), ANN, Offer("Row", PRICE))).id
            for _ in range(2)
        ]
        self.owner = TicketsDouble(sold).get_ticket
        self.paid = Counter()

    def held(self, ticket_id):
        return [o for o in self.all() if o.holds and o.ticket_id == ticket_id]

    def all(self):
        return self.store.select(lambda _: True, Page(1_000_000))

    @rule(
        target=orders_made,
        buyer=BUYERS,
        number=st.integers(0, 1),
        key=st.sampled_from([None, "k1", "k2"]),
    )
    def reserve(self, buyer, number, key):
        ticket_id = self.tickets[number]
        request_key = RequestKey(key, ticket_id) if key else None
        wanted = Reservation(buyer, ticket_id, HOLD, request_key=request_key)
        was_free = not self.held(ticket_id)
        known = key and self.store.find_by_key(buyer, key)
        try:
            order = commands.reserve(self.store, wanted, self.owner, self.now)
        except KeyReusedError:
            assert known.ticket_id != ticket_id
            return known.id
        except BadRequestError:
            assert not was_free
            return self.held(ticket_id)[0].id
        assert known.id == order.id if known else was_free
        return order.id

    @rule(order_id=orders_made)
    def cancel(self, order_id):
        was_complete = self.store.get(order_id).status is Status.COMPLETE
        try:
            commands.cancel(self.store, order_id)
        except BadRequestError:
            assert was_complete

    @rule(order_id=orders_made)
    def expire(self, order_id):
        """Its payment is asked; the money may be there before its event is."""
        before = self.store.get(order_id)
        try:
            settlement.expire(self.store, order_id, self.payments, GRACE, self.now)
        except NotYetError:
            assert self.now < before.expires_at
        except UnavailableError:
            assert self.payments.away
            assert self.now < before.expires_at + GRACE
        after = self.store.get(order_id)
        if after.version > before.version:
            assert self.now >= before.expires_at

    @rule(order_id=orders_made)
    def the_bank_thinks(self, order_id):
        """A payment is begun whose answer comes later."""
        if not self.paid[order_id]:
            self.payments.payments[order_id] = told("processing")

    @rule(order_id=orders_made, takes=st.booleans())
    def the_bank_answers(self, order_id, takes):
        if self.payments.payments.get(order_id) == told("processing"):
            self.payments.payments[order_id] = told("paid" if takes else "cancelled")
            self.paid[order_id] += takes

    @rule(away=st.booleans())
    def the_payments_do_not_answer(self, away):
        self.payments.away = away

    @rule(order_id=orders_made)
    def fail(self, order_id):
        self.store.change(order_id, lifecycle.fail)

    @rule(order_id=orders_made)
    def pay(self, order_id):
        """The same payment may be told again and again; another is not possible."""
        self.paid[order_id] = 1
        self.payments.payments[order_id] = told("paid")
        self.hear_of_payment(order_id)

    @rule(order_id=orders_made)
    def hear_of_payment(self, order_id):
        if self.paid[order_id]:
            refund = self.payments.refund
            with suppress(UnavailableError):
                settlement.settle(self.store, order_id, PRICE, "usd", refund)

    @rule(order_id=orders_made)
    def hear_of_refund(self, order_id):
        if self.paid[order_id]:
            with suppress(UnavailableError):
                self.payments.refund(order_id, "asked for")
                self.store.change(order_id, lambda order: lifecycle.refund(order, ()))

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def no_unit_is_held_twice(self):
        for ticket_id in self.tickets:
            assert len(self.held(ticket_id)) <= 1

    @invariant()
    def versions_and_events_count_up_together(self):
        told = [event.id for event in self.store.events]
        assert len(set(told)) == len(told)
        for order in self.all():
            versions = [
                event.data["version"]
                for event in self.store.events
                if event.data["id"] == order.id
            ]
            assert versions == list(range(order.version + 1))

    @invariant()
    def what_is_not_paid_is_not_delivered(self):
        for order in self.all():
            assert self.paid[order.id] or order.status is not Status.COMPLETE

    @invariant()
    def what_is_delivered_was_not_sent_back(self):
        refunded = {order_id for order_id, *_ in self.payments.refunded}
        for order in self.all():
            assert order.status is not Status.COMPLETE or order.id not in refunded

    @invariant()
    def a_hold_is_made_longer_once(self):
        told = [e.data["id"] for e in self.store.events if e.subject == EXTENDED]
        assert len(set(told)) == len(told)

    @invariant()
    def what_is_cancelled_says_why(self):
        for order in self.all():
            assert order.holds == (order.reason is None)
            assert order.reason is None or Reason(order.reason)

    def teardown(self):
        """Nothing is lost: what is paid is delivered or sent back, all holds end."""
        self.payments.away = False
        for order in self.all():
            self.hear_of_payment(order.id)
        self.what_is_delivered_was_not_sent_back()
        refunded = {order_id for order_id, *_ in self.payments.refunded}
        for order in self.all():
            delivered = order.status is Status.COMPLETE
            assert delivered or not self.paid[order.id] or order.id in refunded
        for _ in range(2):
            self.now += max(HOLD, GRACE)
            for order in self.all():
                self.expire(order.id)
        assert not any(order.status is Status.CREATED for order in self.all())
        for ticket_id in self.tickets:
            wanted = Reservation(EVE, ticket_id, HOLD)
            if not self.held(ticket_id):
                assert commands.reserve(self.store, wanted, self.owner, self.now)


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
