"""Whatever is lost or repeated, nobody pays twice and no money goes back twice."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from unit_doubles import BOB, NOW, ORDER, TICKET
from unit_neighbours import OrdersDouble

from payments import commands
from payments.commands import Till, Wanted
from payments.fakes import MemoryGateway, MemoryPayments
from payments.models import Attempt, Charged, Status
from ticketing.errors import TicketingError, UnavailableError

PRICE, UNITS = 1999, ("1", "2", "3")
TOKENS = st.sampled_from(["tok_visa", "pm_card_visa", "tok_chargeDeclined", "tok_no"])
PARTS = st.one_of(st.none(), st.lists(st.sampled_from([*UNITS, "no"]), max_size=3))
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


class PickyGateway(MemoryGateway):
    """Does not take one of the refunds, that with the key ``refused``."""

    refused = None

    def refund(self, stripe_id, amount, key):
        if key == self.refused:
            raise UnavailableError
        super().refund(stripe_id, amount, key)


class World(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.now = NOW
        self.store, self.gateway = LossyPayments(), PickyGateway()
        self.till = Till(self.store, self.gateway, 3)
        ticket = {"id": TICKET, "title": "Row", "price": 19.99}
        whole = {"id": ORDER, "userId": BOB, "status": "created", "version": 0}
        whole |= {"ticket": ticket, "units": list(UNITS), "total": 59.97}
        self.owner = OrdersDouble(whole).get_order
        self.webhooks = 0
        self.promised = set()

    def attempt(self, command, *arguments):
        """Return whether it was answered."""
        try:
            command(self.till, *arguments)
        except (TicketingError, CrashError):
            return False
        return True

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

    @rule(units=PARTS)
    def refund(self, units):
        if self.attempt(commands.refund, ORDER, units, "asked for", self.now):
            self.promised |= set(UNITS if units is None else units)

    @rule(number=st.integers(0, 3))
    def a_refund_is_refused(self, number):
        self.gateway.refused = f"{ORDER}:refund:{number}"

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

    @property
    def refunds(self):
        return self.payment.refunds if self.payment else ()

    @invariant()
    def no_money_goes_back_twice_or_unpaid(self):
        units = [unit for refund in self.refunds for unit in refund.units]
        assert len(set(units)) == len(units)
        paid = PRICE * len(UNITS) * len(self.charged)
        assert sum(refund.amount for refund in self.refunds) <= paid

    @invariant()
    def money_goes_back_as_it_was_decided(self):
        decided = {
            f"{ORDER}:refund:{number}": PRICE * len(refund.units)
            for number, refund in enumerate(self.refunds, 1)
        }
        assert self.gateway.refunds.items() <= decided.items()

    @invariant()
    def what_was_promised_is_back(self):
        back = {unit for refund in self.refunds if refund.done for unit in refund.units}
        assert self.promised <= back

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
        back = ["payment.refunded"] * sum(refund.done for refund in self.refunds)
        assert subjects in ([], ["payment.failed"], ["payment.created", *back])

    @invariant()
    def each_refund_is_told_with_its_units(self):
        told = [e.data for e in self.store.events if e.subject == "payment.refunded"]
        done = [refund for refund in self.refunds if refund.done]
        assert sorted((data["units"], data["amount"]) for data in told) == sorted(
            (list(refund.units), refund.amount) for refund in done
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
        self.gateway.refused = None
        commands.resume(self.till, self.now + timedelta(minutes=1))
        if self.payment:
            assert self.payment.waiting_since is None
            assert all(refund.done for refund in self.refunds)
            assert self.payment.refunded == sum(self.gateway.refunds.values())
            whole = self.payment.refunded == PRICE * len(UNITS)
            assert (self.payment.status is Status.REFUNDED) == whole


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
