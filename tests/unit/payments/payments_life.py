"""What buyers, banks, networks and clocks do to the payment of one order."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
)
from payments_stripe_world import CrashError, LossyPayments, PickyGateway
from unit_doubles import BOB, NOW, TICKET
from unit_neighbours import OrdersDouble

from payments import asking, commands, webhooks
from payments.asking import KEY_KEPT, Till
from payments.books import reconciliation
from payments.books.comparison import Books
from payments.commands import Wanted
from payments.intents import IntentStatus, Notice
from payments.models import Attempt
from ticketing.errors import TicketingError
from ticketing.ids import first_id

PRICE, UNITS = 1999, ("1", "2", "3")
TOTAL = PRICE * len(UNITS)
# Its id is of this minute, so that rounds find it.
ORDER = first_id(NOW)[:-1] + "1"
TOKENS = ["tok_visa", "tok_chargeDeclined", "tok_threeDSecure2Required", "tok_no"]
KEYS = st.sampled_from([None, "k1", "k2", "k3"])
OPEN_AT_STRIPE = {IntentStatus.REQUIRES_PAYMENT_METHOD, IntentStatus.REQUIRES_ACTION}


class Life(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.now = NOW
        self.store, self.gateway = LossyPayments(), PickyGateway(lambda: self.now)
        ticket = {"id": TICKET, "title": "Row", "price": 19.99}
        whole = {"id": ORDER, "userId": BOB, "status": "created", "version": 0}
        whole |= {"ticket": ticket, "units": list(UNITS), "total": 59.97}
        whole |= {"expiresAt": "2027-01-31T12:15:00.000Z"}
        self.orders = OrdersDouble(whole)
        self.webhooks = 0
        self.promised, self.over = set(), False

    @property
    def till(self):
        return Till(self.store, self.gateway, 3, self.now)

    @property
    def books(self):
        store = self.store
        return Books(self.till, store.inbox, store.findings, self.orders)

    def attempt(self, command, *arguments):
        """Return what was answered, None if nothing was."""
        with suppress(TicketingError, CrashError):
            return command(*arguments)
        return None

    # What the buyer does.

    @rule(token=st.sampled_from(TOKENS), key=KEYS)
    def pay(self, token, key):
        attempt = Attempt(token, key, token if key else None)
        wanted = Wanted(BOB, ORDER, attempt)
        self.attempt(commands.pay, self.till, wanted, self.orders.get_order)

    @rule()
    def open_a_page(self):
        wanted = Wanted(BOB, ORDER)
        owner = self.orders.get_order
        opened = self.attempt(commands.open_intent, self.till, wanted, owner)
        assert opened is None or opened.secret

    @rule(
        outcome=st.sampled_from(["succeeded", "processing", "requires_action", "no"]),
        number=st.integers(0, 2),
    )
    def confirm_at_stripe(self, outcome, number):
        """By a page, or by what the bank says after 3-D Secure."""
        open_intents = [i for i in self.intents if i.status in OPEN_AT_STRIPE]
        for intent in open_intents[number : number + 1]:
            if outcome == "no":
                self.gateway.declines(intent.id, "No.")
            else:
                self.gateway.becomes(intent.id, IntentStatus(outcome))

    @rule(takes=st.booleans())
    def the_bank_answers(self, takes):
        for intent in self.intents:
            if intent.status is IntentStatus.PROCESSING and takes:
                self.gateway.becomes(intent.id, IntentStatus.SUCCEEDED)
            elif intent.status is IntentStatus.PROCESSING:
                self.gateway.declines(intent.id, "No.")

    # What is lost, and what comes late.

    @rule(lost=st.booleans())
    def stripes_answers_are_lost(self, lost):
        self.gateway.away = lost

    @rule(lost=st.booleans())
    def calls_to_stripe_are_lost(self, lost):
        self.gateway.deaf = lost

    @precondition(lambda self: self.gateway.on_their_way)
    @rule(number=st.integers(0, 2))
    def a_lost_call_arrives_after_all(self, number):
        calls = self.gateway.on_their_way
        with suppress(TicketingError):
            calls.pop(number % len(calls))()

    @rule(dies=st.booleans())
    def writes_are_lost(self, dies):
        self.store.dies = dies

    @rule(slow=st.booleans())
    def banks_are_slow(self, slow):
        self.gateway.slow = slow

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def wait_until_keys_are_forgotten(self):
        self.now += KEY_KEPT + timedelta(seconds=1)
        self.gateway.forget_keys()

    # What is done about it.

    @rule()
    def resume(self):
        self.attempt(asking.resume, self.till)

    @rule(again=st.booleans())
    def a_webhook_comes(self, again):
        self.webhooks += not again
        for intent in self.intents:
            event_id = f"evt_{self.webhooks}_{intent.id}"
            notice = Notice(event_id, "payment_intent.succeeded", intent.id, ORDER)
            self.store.inbox.keep(notice, self.now)

    @rule()
    def heed(self):
        self.attempt(webhooks.heed_waiting, self.books)

    @rule()
    def reconcile(self):
        window = NOW - timedelta(minutes=1), self.now + timedelta(minutes=1)
        self.attempt(reconciliation.round_of, self.books, [window])

    @rule()
    def look(self):
        if self.payment:
            self.attempt(asking.look, self.till, self.payment)

    def becomes(self, status):
        self.orders.orders[ORDER] |= {"status": status}

    @property
    def known(self):
        return self.store.orders.find(ORDER)

    @property
    def payment(self):
        return self.store.find_by_order(ORDER)

    @property
    def intents(self):
        return list(self.gateway.intents_by_id.values())

    @property
    def refunds(self):
        return self.payment.refunds if self.payment else ()

    def told(self, subject):
        return [e.data for e in self.store.events if e.subject == subject]
