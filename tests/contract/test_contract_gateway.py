"""Taking money: at most one charge, whatever is repeated or lost.

Kept by Stripe's library against the stand-in of Stripe, and by the double.
"""

import pytest
from contract_gateways import AMOUNT, MemoryCards, StripeCards
from eventlet.greenpool import GreenPool

from payments.models import Charged, Declined
from ticketing.errors import BadRequestError, UnavailableError


class GatewayContract:
    @pytest.mark.parametrize("token", ["tok_visa", "tok_mastercard", "pm_card_visa"])
    def test_a_good_card_is_charged(self, gateway, order, token):
        charged = self.charge(gateway, order, token)
        assert isinstance(charged, Charged)
        assert self.taken(gateway, charged) == AMOUNT

    @pytest.mark.parametrize(
        ("token", "message"),
        [
            ("tok_chargeDeclined", "Your card was declined."),
            (
                "tok_chargeDeclinedInsufficientFunds",
                "Your card has insufficient funds.",
            ),
        ],
    )
    def test_a_bad_card_is_declined_in_the_banks_words(
        self, gateway, order, token, message
    ):
        assert self.charge(gateway, order, token) == Declined(message, counts=True)

    @pytest.mark.parametrize("token", ["tok_nonsense", "pm_nonsense"])
    def test_a_token_that_is_none_is_no_decline(self, gateway, order, token):
        declined = self.charge(gateway, order, token)
        assert not declined.counts
        assert token in declined.message

    def test_the_same_call_again_is_the_same_charge(self, gateway, order):
        assert len({self.charge(gateway, order) for _ in range(3)}) == 1

    def test_the_same_call_at_once_is_the_same_charge(self, gateway, order):
        calls = GreenPool(4).imap(lambda _: self.charge(gateway, order), range(4))
        assert len(set(calls)) == 1

    def test_the_same_call_again_is_the_same_decline(self, gateway, order):
        first = self.charge(gateway, order, "tok_chargeDeclined")
        assert self.charge(gateway, order, "tok_chargeDeclined") == first

    def test_another_attempt_is_another_charge(self, gateway, order):
        declined = self.charge(gateway, order, "tok_chargeDeclined")
        charged = self.charge(gateway, order, attempt=2)
        assert isinstance(declined, Declined)
        assert isinstance(charged, Charged)

    @pytest.mark.parametrize("other", [{"amount": 1}, {"token": "tok_mastercard"}])
    def test_another_call_with_the_same_key_is_refused(self, gateway, order, other):
        charged = self.charge(gateway, order)
        with pytest.raises(UnavailableError):
            self.charge(gateway, order, **other)
        assert self.taken(gateway, charged) == AMOUNT

    def test_a_charge_whose_answer_was_lost_is_asked_for_again(self, gateway, order):
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            self.charge(gateway, order)
        charged = self.charge(gateway, order)
        assert self.taken(gateway, charged) == AMOUNT
        assert self.charges_of(gateway, order) == [charged.stripe_id]

    def test_a_signed_webhook_names_its_order(self, gateway, order):
        heard = gateway.order_of_event(*self.webhook(order))
        assert heard == {"id": "evt_1", "type": "charge.refunded", "orderId": order}

    @pytest.mark.parametrize("signature", ["", "forged", "t=1,v1=0"])
    def test_another_webhook_is_refused(self, gateway, order, signature):
        body, _ = self.webhook(order)
        with pytest.raises(BadRequestError, match="The signature does not fit"):
            gateway.order_of_event(body, signature)


class TestMemoryGateway(MemoryCards, GatewayContract):
    """The double."""


class TestStripeGateway(StripeCards, GatewayContract):
    def test_every_command_carries_its_key(self, gateway, order):
        charged = self.charge(gateway, order)
        self.refund(gateway, order, charged)
        for key in (f"{order}:charge:1", f"{order}:refund"):
            assert b"Idempotency-Key: %b\r\n" % key.encode() in self.way.asked

    def test_one_lost_answer_is_not_even_noticed(self, gateway, order):
        self.way.losing = 1
        charged = self.charge(gateway, order)
        assert self.charges_of(gateway, order) == [charged.stripe_id]

    def test_a_stripe_that_is_away_is_unavailable(self, gateway, order):
        self.way.close()
        for call in (
            lambda: self.charge(gateway, order),
            lambda: gateway.refund("pi_1", AMOUNT, "key"),
        ):
            with pytest.raises(UnavailableError, match="Stripe is away"):
                call()

    def test_a_card_that_needs_a_step_is_declined(self, gateway, order):
        declined = self.charge(gateway, order, "tok_threeDSecure2Required")
        assert "needs a step" in declined.message

    def test_an_amount_that_stripe_does_not_take_is_no_decline(self, gateway, order):
        declined = self.charge(gateway, order, amount=1)
        assert not declined.counts
