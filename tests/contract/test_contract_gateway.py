"""Taking money: one intent an order, whatever is repeated or lost.

Kept by Stripe's library against the stand-in of Stripe, and by the double.
"""

import pytest
from contract_gateways import AMOUNT, MemoryCards, StripeCards
from eventlet.greenpool import GreenPool

from payments.intents import IntentStatus, KeySpentError, RefusedError
from ticketing.errors import UnavailableError

WAITS = IntentStatus.REQUIRES_PAYMENT_METHOD
DECLINE = "Your card was declined."


class GatewayContract:
    @pytest.mark.parametrize("token", ["tok_visa", "tok_mastercard", "pm_card_visa"])
    def test_a_good_card_is_charged(self, gateway, order, token):
        charged = self.charge(gateway, order, token)
        assert charged.status is IntentStatus.SUCCEEDED
        assert (charged.sum.order_id, charged.sum.amount) == (order, AMOUNT)
        assert gateway.find(charged.id).status is IntentStatus.SUCCEEDED

    def test_an_intent_is_opened_for_a_browser(self, gateway, order):
        opened = self.open(gateway, order)
        assert (opened.status, opened.decline) == (WAITS, None)
        assert opened.secret
        assert opened == self.open(gateway, order)
        assert opened == gateway.find(opened.id)
        assert self.intents_of(gateway, order) == [opened.id]

    def test_an_open_intent_is_confirmed_once(self, gateway, order):
        opened = self.open(gateway, order)
        confirmed = [self.confirm(gateway, opened) for _ in range(2)]
        confirmed.append(self.confirm(gateway, opened, "tok_mastercard", attempt=2))
        assert {each.status for each in confirmed} == {IntentStatus.SUCCEEDED}
        assert {each.id for each in confirmed} == {opened.id}

    @pytest.mark.parametrize(
        ("token", "message"),
        [
            ("tok_chargeDeclined", DECLINE),
            (
                "tok_chargeDeclinedInsufficientFunds",
                "Your card has insufficient funds.",
            ),
        ],
    )
    def test_a_bad_card_is_declined_in_the_banks_words(
        self, gateway, order, token, message
    ):
        declined = self.charge(gateway, order, token)
        assert (declined.status, declined.decline.message) == (WAITS, message)
        again = self.confirm(gateway, declined, token, attempt=2)
        assert again.id == declined.id
        assert again.decline.message == message
        assert again.decline.ref != declined.decline.ref

    def test_after_a_decline_the_same_intent_is_paid(self, gateway, order):
        declined = self.charge(gateway, order, "tok_chargeDeclined")
        paid = self.confirm(gateway, declined, attempt=2)
        assert (paid.id, paid.status) == (declined.id, IntentStatus.SUCCEEDED)

    @pytest.mark.parametrize("token", ["tok_nonsense", "pm_nonsense"])
    def test_a_token_that_is_none_is_no_decline(self, gateway, order, token):
        with pytest.raises(RefusedError, match=token):
            self.charge(gateway, order, token)
        assert self.intents_of(gateway, order) == []
        opened = self.open(gateway, order)
        with pytest.raises(RefusedError, match=token):
            self.confirm(gateway, opened, token, attempt=2)
        assert gateway.find(opened.id) == opened

    def test_a_card_that_takes_a_step_says_where(self, gateway, order):
        waits = self.charge(gateway, order, "tok_threeDSecure2Required")
        assert waits.status is IntentStatus.REQUIRES_ACTION
        assert waits.redirect_url.startswith("http")
        assert gateway.find(waits.id) == waits
        paid = self.confirm(gateway, waits, attempt=2)
        assert (paid.status, paid.redirect_url) == (IntentStatus.SUCCEEDED, None)

    @pytest.mark.parametrize("takes", [True, False])
    def test_a_slow_bank_answers_later(self, gateway, order, takes):
        with self.slow_bank(gateway):
            slow = self.charge(gateway, order)
        assert slow.status is IntentStatus.PROCESSING
        assert gateway.cancel(slow.id).status is IntentStatus.PROCESSING
        self.answers(gateway, slow, takes=takes)
        after = gateway.find(slow.id)
        assert after.status is (IntentStatus.SUCCEEDED if takes else WAITS)
        assert (after.decline is None) == takes

    def test_the_same_call_again_is_the_same_charge(self, gateway, order):
        assert len({self.charge(gateway, order).id for _ in range(3)}) == 1
        assert len(self.intents_of(gateway, order)) == 1

    def test_the_same_call_at_once_is_the_same_charge(self, gateway, order):
        calls = GreenPool(4).imap(lambda _: self.charge(gateway, order).id, range(4))
        assert len(set(calls)) == 1

    def test_the_same_call_again_is_the_same_decline(self, gateway, order):
        first = self.charge(gateway, order, "tok_chargeDeclined")
        assert self.charge(gateway, order, "tok_chargeDeclined") == first

    @pytest.mark.parametrize(
        "other", [{"amount": 51}, {"token": "tok_mastercard"}, {"currency": "eur"}]
    )
    def test_another_call_with_the_same_key_is_refused(self, gateway, order, other):
        charged = self.charge(gateway, order)
        with pytest.raises(KeySpentError):
            self.charge(gateway, order, **other)
        assert self.intents_of(gateway, order) == [charged.id]

    def test_a_key_that_has_charged_opens_nothing(self, gateway, order):
        """Which is how one finds out whether a first call came to Stripe."""
        charged = self.charge(gateway, order)
        with pytest.raises(KeySpentError):
            gateway.open(charged.sum, f"{order}:charge:1")
        assert self.intents_of(gateway, order) == [charged.id]

    def test_a_key_that_has_opened_charges_nothing(self, gateway, order):
        """So that a first call which comes too late cannot be made any more."""
        opened = gateway.open(self.open(gateway, order).sum, f"{order}:charge:1")
        with pytest.raises(KeySpentError):
            self.charge(gateway, order)
        assert gateway.find(opened.id).status is WAITS

    def test_a_key_that_has_confirmed_confirms_nothing_else(self, gateway, order):
        opened = self.open(gateway, order)
        self.confirm(gateway, opened, "tok_chargeDeclined")
        with pytest.raises(KeySpentError):
            self.confirm(gateway, opened, "tok_visa")
        assert gateway.find(opened.id).status is WAITS

    def test_an_open_intent_is_cancelled_for_good(self, gateway, order):
        opened = self.open(gateway, order)
        for _ in range(2):
            assert gateway.cancel(opened.id).status is IntentStatus.CANCELED
        late = self.confirm(gateway, opened)
        assert (late.id, late.status) == (opened.id, IntentStatus.CANCELED)
        assert gateway.find(opened.id).status is IntentStatus.CANCELED

    @pytest.mark.parametrize(
        "token", ["tok_chargeDeclined", "tok_threeDSecure2Required"]
    )
    def test_an_intent_that_waits_for_somebody_is_cancelled(
        self, gateway, order, token
    ):
        waits = self.charge(gateway, order, token)
        assert gateway.cancel(waits.id).status is IntentStatus.CANCELED

    def test_a_paid_intent_is_not_cancelled_and_says_so(self, gateway, order):
        paid = self.charge(gateway, order)
        assert gateway.cancel(paid.id).status is IntentStatus.SUCCEEDED
        assert gateway.find(paid.id).status is IntentStatus.SUCCEEDED

    def test_an_intent_that_is_none_is_refused(self, gateway, order):
        for call in (
            lambda: gateway.find("pi_nonsense"),
            lambda: gateway.cancel("pi_nonsense"),
            lambda: gateway.confirm("pi_nonsense", order, "tok_visa", order),
        ):
            with pytest.raises(RefusedError):
                call()

    def test_an_amount_that_stripe_does_not_take_is_refused(self, gateway, order):
        for call in (self.open, self.charge):
            with pytest.raises(RefusedError):
                call(gateway, order, amount=1)
        assert self.intents_of(gateway, order) == []

    def test_what_was_refused_is_refused_again_with_its_key(self, gateway, order):
        for _ in range(2):
            with pytest.raises(RefusedError):
                self.charge(gateway, order, "tok_nonsense")
        assert self.charge(gateway, order, attempt=2).status is IntentStatus.SUCCEEDED

    @pytest.mark.parametrize("call", ["open", "charge"])
    def test_a_first_call_whose_answer_was_lost_is_made_again(
        self, gateway, order, call
    ):
        made = getattr(self, call)
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            made(gateway, order)
        assert self.intents_of(gateway, order) == [made(gateway, order).id]

    def test_a_confirmation_whose_answer_was_lost_is_made_again(self, gateway, order):
        opened = self.open(gateway, order)
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            self.confirm(gateway, opened)
        assert self.confirm(gateway, opened).status is IntentStatus.SUCCEEDED

    def test_a_cancellation_whose_answer_was_lost_is_made_again(self, gateway, order):
        opened = self.open(gateway, order)
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            gateway.cancel(opened.id)
        assert gateway.cancel(opened.id).status is IntentStatus.CANCELED


class TestMemoryGateway(MemoryCards, GatewayContract):
    """The double."""


class TestStripeGateway(StripeCards, GatewayContract):
    def test_every_command_carries_its_key(self, gateway, order):
        opened = self.open(gateway, order)
        charged = self.confirm(gateway, opened)
        self.refund(gateway, order, charged)
        for key in (f"{order}:intent:0", f"{order}:charge:1", f"{order}:refund:1"):
            assert b"Idempotency-Key: %b\r\n" % key.encode() in self.way.asked

    def test_one_lost_answer_is_not_even_noticed(self, gateway, order):
        self.way.losing = 1
        charged = self.charge(gateway, order)
        assert self.intents_of(gateway, order) == [charged.id]

    def test_a_stripe_that_is_away_is_unavailable(self, gateway, order):
        self.way.close()
        for call in (
            lambda: self.open(gateway, order),
            lambda: self.charge(gateway, order),
            lambda: gateway.find("pi_1"),
            lambda: gateway.cancel("pi_1"),
            lambda: gateway.refund("pi_1", AMOUNT, 1, "key"),
            lambda: gateway.refunds("pi_1"),
            lambda: gateway.search(order),
        ):
            with pytest.raises(UnavailableError, match="Stripe is away"):
                call()
