"""Whatever is lost or repeated, nobody pays twice and no money goes back twice."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from unit_doubles import BOB, NOW, ORDER, TICKET, OrdersDouble

from payments import commands
from payments.commands import Till, Wanted
from payments.fakes import MemoryGateway, MemoryPayments
from payments.models import Attempt, Charged, Status
from ticketing.errors import TicketingError

PRICE = 1950
TOKENS = st.sampled_from(["tok_visa", "pm_card_visa", "tok_chargeDeclined", "tok_no"])
KEYS = st.sampled_from([None, "k1", "k2", "k3"])


class LossyPayments(MemoryPayments):
    """Now and then a write does not come through: the process has died before it."""

    dies = False

    def _store(self, change):
        if self.dies:
            raise CrashError
        return super()._store(change)


class CrashError(Exception):
    pass


class World(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.now = NOW
        self.store, self.gateway = LossyPayments(), MemoryGateway()
        self.till = Till(self.store, self.gateway, 3)
        ticket = {"id": TICKET, "title": "Row", "price": 19.5}
        whole = {"id": ORDER, "userId": BOB, "status": "created", "version": 0}
        self.owner = OrdersDouble(whole | {"ticket": ticket}).get_order
        self.webhooks = 0

    def attempt(self, command, *arguments):
        try:
            command(self.till, *arguments)
        except (TicketingError, CrashError):
            return

    @rule(token=TOKENS, key=KEYS)
    def pay(self, token, key):
        attempt = Attempt(token, key, token if key else None)
        wanted = Wanted(BOB, ORDER, attempt)
        self.attempt(commands.pay, wanted, self.owner, self.now)

    @rule(lost=st.booleans())
    def stripes_answers_are_lost(self, lost):
        self.gateway.away = lost

    @rule(dies=st.booleans())
    def writes_are_lost(self, dies):
        self.store.dies = dies

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def resume(self):
        self.attempt(commands.resume, self.now)

    @rule()
    def refund(self):
        self.attempt(commands.refund, ORDER, "asked for", self.now)

    @rule(again=st.booleans())
    def hear_webhook(self, again):
        self.webhooks += not again
        event = {"id": f"evt_{self.webhooks}", "orderId": ORDER}
        self.attempt(commands.hear_webhook, event)

    @rule(status=st.sampled_from(["created", "cancelled", "complete"]))
    def hear_of_the_order(self, status):
        if known := self.store.orders.find(ORDER):
            self.store.orders._update(
                ORDER, known["version"], known["version"] + 1, {"status": status}
            )

    @property
    def payment(self):
        return self.store.find_by_order(ORDER)

    @property
    def charged(self):
        return [o for o in self.gateway.charges.values() if isinstance(o, Charged)]

    @invariant()
    def nobody_pays_twice(self):
        assert len(self.charged) <= 1

    @invariant()
    def no_money_goes_back_twice_or_unpaid(self):
        assert list(self.gateway.refunds.values()) in ([], [PRICE])
        assert len(self.gateway.refunds) <= len(self.charged)

    @invariant()
    def what_is_saved_is_what_stripe_did(self):
        if self.payment is None:
            assert self.gateway.charges == {}
            return
        paid = self.payment.status in {Status.PAID, Status.REFUNDING, Status.REFUNDED}
        if paid:
            assert self.charged == [Charged(self.payment.stripe_id)]
        if self.charged and not paid:
            assert self.payment.status is Status.PENDING

    @invariant()
    def each_event_is_told_once_with_its_version(self):
        told = [event.id for event in self.store.events]
        assert len(set(told)) == len(told)
        subjects = [event.subject for event in self.store.events]
        assert subjects in (
            [],
            ["payment.failed"],
            ["payment.created"],
            ["payment.created", "payment.refunded"],
        )

    @invariant()
    def three_declines_are_the_end(self):
        if self.payment:
            declines = sum(
                attempt.message is not None and attempt.counts
                for attempt in self.payment.attempts
            )
            assert (self.payment.status is Status.FAILED) == (declines == 3)

    def teardown(self):
        """When all is well again, nothing is left outstanding."""
        self.gateway.away = self.store.dies = False
        commands.resume(self.till, self.now + timedelta(minutes=1))
        if self.payment:
            assert self.payment.waiting_since is None
            assert (self.payment.status is Status.REFUNDED) == bool(
                self.gateway.refunds
            )


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
