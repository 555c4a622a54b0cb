"""Whatever is lost or repeated, nobody pays twice and no money goes back twice."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
)
from payments_life import ORDER, TOTAL, UNITS, Life
from payments_stripe_world import CrashError
from unit_doubles import NOW

from payments import asking, commands, webhooks
from payments.books import reconciliation
from payments.models import CONFIRMABLE, Status
from ticketing.errors import TicketingError

PARTS = st.one_of(st.none(), st.lists(st.sampled_from([*UNITS, "no"]), max_size=3))


class World(Life):
    # What the order does.

    @rule()
    def its_hold_ends(self):
        """It asks before it ends; one that is paid for does not end."""
        if self.orders.orders[ORDER]["status"] != "created":
            return
        try:
            payment = commands.close(self.till, ORDER)
        except (TicketingError, CrashError):
            return
        status = payment.status if payment else Status.CANCELLED
        assert (
            status is Status.CANCELLED
            or payment.is_taken
            or (status is Status.PROCESSING)
        )
        if status is Status.CANCELLED:
            self.over = payment is not None
            self.becomes("cancelled")

    @rule()
    def its_end_is_heard_of(self):
        if self.orders.orders[ORDER]["status"] == "cancelled" and self.known:
            version = self.known["version"] + 1
            self.store.orders.put(ORDER, version, {"status": "cancelled"})
            self.attempt(commands.close, self.till, ORDER)

    @rule()
    def it_hears_that_it_is_paid(self):
        if self.told("payment.created") and not self.told("payment.refunded"):
            self.becomes("complete")

    @rule(units=PARTS)
    def refund(self, units):
        owner = self.orders.get_order
        asked = (self.till, ORDER, units, "asked for", owner)
        if self.attempt(commands.refund, *asked):
            self.promised |= set(UNITS if units is None else units)

    @rule(number=st.integers(0, 3))
    def a_refund_is_refused(self, number):
        self.gateway.refused = number

    # What is so, whatever happens.

    @invariant()
    def nobody_pays_twice(self):
        assert len(self.gateway.paid) <= 1

    @invariant()
    def after_its_end_nothing_is_charged(self):
        """Not even by a call that was on its way for long."""
        assert not (self.over and self.gateway.paid)

    @invariant()
    def an_order_has_one_intent(self):
        assert len(self.intents) <= 1

    @invariant()
    def no_money_goes_back_twice_or_unpaid(self):
        units = [unit for refund in self.refunds for unit in refund.units]
        assert len(set(units)) == len(units)
        paid = TOTAL * len(self.gateway.paid)
        assert sum(refund.amount for refund in self.refunds) <= paid
        assert all(left >= 0 for left in self.gateway.kept.values())

    @invariant()
    def money_goes_back_as_it_was_decided(self):
        made = [r for each in self.gateway.returned.values() for r in each.values()]
        numbers = [each.number for each in made]
        assert len(set(numbers)) == len(numbers)
        for each in made:
            assert self.refunds[each.number - 1].amount == each.amount

    @invariant()
    def what_was_promised_is_back(self):
        back = {unit for refund in self.refunds if refund.done for unit in refund.units}
        assert self.promised <= back

    @invariant()
    def what_is_saved_is_what_stripe_did(self):
        if self.payment is None:
            assert self.intents == []
        elif self.payment.is_taken:
            assert [i.id for i in self.gateway.paid] == [self.payment.stripe_id]

    @invariant()
    def each_event_is_told_once_with_its_version(self):
        told = [event.id for event in self.store.events]
        assert len(set(told)) == len(told)
        assert len(self.told("payment.created")) <= 1
        assert len(self.told("payment.failed")) <= 1
        taken = bool(self.payment and self.payment.is_taken)
        assert taken == bool(self.told("payment.created"))

    @invariant()
    def each_refund_is_told_with_its_units(self):
        told = self.told("payment.refunded")
        done = [refund for refund in self.refunds if refund.done]
        assert sorted((data["units"], data["amount"]) for data in told) == sorted(
            (list(refund.units), refund.amount) for refund in done
        )

    @invariant()
    def three_declines_are_the_end(self):
        if self.payment and not self.payment.is_taken and not self.payment.ended:
            declines = sum(
                attempt.message is not None and attempt.counts
                for attempt in self.payment.attempts
            )
            if self.payment.status in CONFIRMABLE:
                assert (self.payment.status is Status.FAILED) == (declines >= 3)

    def teardown(self):
        """When all is well again, nothing is left outstanding."""
        self.gateway.away = self.gateway.deaf = self.store.dies = False
        self.gateway.refused = None
        for call in self.gateway.on_their_way:
            with suppress(TicketingError):
                call()
        self.the_bank_answers(takes=True)
        for _ in range(3):
            self.now += timedelta(minutes=2)
            self.its_end_is_heard_of()
            asking.resume(self.till)
            webhooks.heed_waiting(self.books)
            window = NOW - timedelta(minutes=1), self.now
            reconciliation.round_of(self.books, [window])
        self.nothing_is_outstanding()

    def nothing_is_outstanding(self):
        assert self.store.inbox.waiting(100) == []
        self.nobody_pays_twice()
        if self.payment is None:
            return
        assert self.payment.waiting_since is None
        assert all(refund.done for refund in self.refunds)
        assert self.payment.is_taken == bool(self.gateway.paid)
        assert self.payment.charged - self.payment.refunded == sum(
            self.gateway.kept.values()
        )
        whole = self.payment.refunded == TOTAL
        assert (self.payment.status is Status.REFUNDED) == whole
        if self.orders.orders[ORDER]["status"] == "cancelled":
            for intent in self.intents:
                assert intent.status.is_final
        assert self.store.findings.all() == []


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
