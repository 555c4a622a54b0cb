"""The rules alone: whatever is tried in whatever order, the money adds up."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
)

from stripe_stand_in import authentication, models, outcomes, refunding
from stripe_stand_in.cards import NAMED
from stripe_stand_in.changes import Attempt
from stripe_stand_in.entities import Intent, PaymentMethod, Refund
from stripe_stand_in.errors import CardError, StripeError

NOW = 1_800_000_000


def an_intent(name="pi_1", **more):
    return Intent(name, NOW, 1500, "usd", "secret", **more)


def a_method(name="visa", method_id="pm_1"):
    return PaymentMethod(method_id, NOW, NAMED[name].number, 12, 2030)


@pytest.mark.parametrize("status", ["processing", "succeeded", "canceled"])
def test_a_settled_intent_is_not_confirmed(status):
    """`processing` may still succeed, so it waits as well."""
    with pytest.raises(StripeError) as refused:
        models.confirm(an_intent(status=status), a_method(), Attempt("ch_1", NOW))
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_processing_intent_is_not_canceled():
    """Its money is on the way."""
    with pytest.raises(StripeError) as refused:
        models.cancel(an_intent(status="processing"), None, NOW)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_decline_is_kept_with_its_error():
    """The caller answers 402 and stores what the change holds."""
    attempt = Attempt("ch_1", NOW)
    change = models.confirm(an_intent(), a_method("chargeDeclined"), attempt)
    assert isinstance(change.error, CardError)
    method, charge, intent = change.kept
    assert (method.spent, charge.status) == (True, "failed")
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)


def test_a_change_keeps_the_last_state_and_every_event():
    """Two steps in one request are stored as one."""
    intent = an_intent()
    change = models.create(intent).then(
        models.confirm(intent, a_method(), Attempt("ch_1", NOW))
    )
    assert [e.status for e in change.kept if e.id == "pi_1"] == ["succeeded"]
    assert [kind for kind, _ in change.events] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


class Money(RuleBasedStateMachine):
    """Intents, cards, cancellations and refunds in any order."""

    intents = Bundle("intents")

    def __init__(self):
        super().__init__()
        self.kept = {}
        self.events = []
        self.serial = 0

    def new_id(self, prefix):
        self.serial += 1
        return f"{prefix}_{self.serial}"

    def attempt(self, work):
        """Keeps what a successful step changes; a refusal changes nothing."""
        try:
            change = work()
        except StripeError:
            return
        self.kept |= {entity.id: entity for entity in change.kept}
        self.events += [kind for kind, _ in change.events]

    @rule(target=intents, amount=st.integers(1, 200))
    def create(self, amount):
        intent = replace(an_intent(self.new_id("pi")), amount=amount)
        self.attempt(lambda: models.create(intent))
        return intent.id

    @rule(name=intents, card=st.sampled_from(sorted(NAMED)))
    def confirm(self, name, card):
        method = a_method(card, self.new_id("pm"))
        attempt = Attempt(self.new_id("ch"), NOW)
        if name in self.kept:
            self.attempt(lambda: models.confirm(self.kept[name], method, attempt))

    @rule(name=intents)
    def cancel(self, name):
        if name in self.kept:
            self.attempt(lambda: models.cancel(self.kept[name], None, NOW))

    @rule(name=intents, card=st.sampled_from(sorted(NAMED)))
    def confirm_slowly(self, name, card):
        method = a_method(card, self.new_id("pm"))
        attempt = Attempt(self.new_id("ch"), NOW, processing=1.0)
        if name in self.kept:
            self.attempt(lambda: models.confirm(self.kept[name], method, attempt))

    @rule(name=intents, passes=st.booleans())
    def authenticate(self, name, passes):
        intent = self.kept.get(name)
        if intent and intent.payment_method:
            method = self.kept[intent.payment_method]
            attempt = Attempt(self.new_id("ch"), NOW)
            change = (
                authentication.complete(intent, method, attempt)
                if passes
                else authentication.fail(intent, method)
            )
            self.attempt(lambda: change)

    @rule(name=intents, outcome=st.sampled_from(["succeeded", "failed"]))
    def settle(self, name, outcome):
        intent = self.kept.get(name)
        if intent and intent.payment_method and intent.latest_charge:
            charge = self.kept[intent.latest_charge]
            method = self.kept[intent.payment_method]
            self.attempt(lambda: outcomes.settle(intent, charge, method, outcome))

    @rule(name=intents, outcome=st.sampled_from(["succeeded", "failed"]))
    def settle_refunds(self, name, outcome):
        for refund in self.of("re"):
            if refund.payment_intent == name:
                charge = self.kept[refund.charge]
                change = refunding.settle(refund, charge, outcome)
                self.attempt(lambda change=change: change)

    @rule(name=intents, amount=st.integers(1, 250))
    def refund(self, name, amount):
        intent = self.kept.get(name)
        if intent and intent.latest_charge:
            charge = self.kept[intent.latest_charge]
            refund_id = self.new_id("re")
            new = Refund(refund_id, NOW, charge.id, intent.id, amount, "usd")
            self.attempt(lambda: refunding.refund(charge, new))

    def of(self, prefix):
        return [e for key, e in self.kept.items() if key.startswith(prefix)]

    @invariant()
    def an_intent_is_paid_by_exactly_one_charge_or_not_at_all(self):
        paid = [c.payment_intent for c in self.of("ch") if c.status == "succeeded"]
        done = [i.id for i in self.of("pi") if i.status == "succeeded"]
        assert sorted(paid) == sorted(done)
        received = sum(intent.amount_received for intent in self.of("pi"))
        assert received == sum(i.amount for i in self.of("pi") if i.id in done)
        assert self.events.count("payment_intent.succeeded") == len(done)

    @invariant()
    def refunds_add_up_and_never_exceed_the_charge(self):
        for charge in self.of("ch"):
            refunds = [r for r in self.of("re") if r.charge == charge.id]
            given_back = [r.amount for r in refunds if r.status != "failed"]
            assert sum(given_back) == charge.amount_refunded
            taken = charge.amount if charge.status == "succeeded" else 0
            assert charge.amount_refunded <= taken
        assert self.events.count("charge.refunded") == len(self.of("re"))

    @invariant()
    def amounts_keep_to_the_limits(self):
        assert all(intent.amount >= 50 for intent in self.of("pi"))


Money.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None
)
TestMoney = Money.TestCase
