"""Taking money: at most one charge and one refund, whatever is repeated or lost.

Kept by Stripe's library against the stand-in of Stripe, and by the double.
"""

import json
import time
from contextlib import contextmanager

import pytest
import stripe
from eventlet.greenpool import GreenPool

from payments.fakes import MemoryGateway
from payments.gateway import StripeGateway
from payments.models import Charged, Declined
from ticketing.errors import BadRequestError, UnavailableError
from ticketing.ids import new_id

AMOUNT = 1950


class GatewayContract:
    @pytest.fixture
    def order(self):
        return new_id()

    def charge(self, gateway, order, token="tok_visa", attempt=1, amount=AMOUNT):
        return gateway.charge(order, amount, token, f"{order}:charge:{attempt}")

    def refund(self, gateway, order, charged, key="refund"):
        gateway.refund(charged.stripe_id, AMOUNT, f"{order}:{key}")

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

    def test_money_goes_back(self, gateway, order):
        charged = self.charge(gateway, order)
        self.refund(gateway, order, charged)
        assert self.taken(gateway, charged) == 0

    def test_money_goes_back_once(self, gateway, order):
        charged = self.charge(gateway, order)
        for key in ("refund", "refund", "another"):
            self.refund(gateway, order, charged, key)
        assert self.taken(gateway, charged) == 0

    def test_money_that_was_not_taken_does_not_go_back(self, gateway, order):
        with pytest.raises(UnavailableError, match="did not take"):
            gateway.refund("pi_nonsense", AMOUNT, f"{order}:refund")

    def test_a_charge_whose_answer_was_lost_is_asked_for_again(self, gateway, order):
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            self.charge(gateway, order)
        charged = self.charge(gateway, order)
        assert self.taken(gateway, charged) == AMOUNT
        assert self.charges_of(gateway, order) == [charged.stripe_id]

    def test_a_refund_whose_answer_was_lost_is_asked_for_again(self, gateway, order):
        charged = self.charge(gateway, order)
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            self.refund(gateway, order, charged)
        self.refund(gateway, order, charged)
        assert self.taken(gateway, charged) == 0

    def test_a_signed_webhook_names_its_order(self, gateway, order):
        heard = gateway.order_of_event(*self.webhook(order))
        assert heard == {"id": "evt_1", "type": "charge.refunded", "orderId": order}

    @pytest.mark.parametrize("signature", ["", "forged", "t=1,v1=0"])
    def test_another_webhook_is_refused(self, gateway, order, signature):
        body, _ = self.webhook(order)
        with pytest.raises(BadRequestError, match="The signature does not fit"):
            gateway.order_of_event(body, signature)


class TestMemoryGateway(GatewayContract):
    @pytest.fixture
    def gateway(self):
        return MemoryGateway()

    def taken(self, gateway, charged):
        return AMOUNT - sum(gateway.refunds.values())

    def charges_of(self, gateway, order):
        return [made.stripe_id for made in gateway.charges.values()]

    @contextmanager
    def lost_answers(self, gateway):
        gateway.away = True
        yield
        gateway.away = False

    def webhook(self, order):
        event = {"id": "evt_1", "type": "charge.refunded", "orderId": order}
        return json.dumps(event).encode(), "signed"


class TestStripeGateway(GatewayContract):
    @pytest.fixture(autouse=True)
    def no_pauses(self, monkeypatch):
        """Between two tries the library sleeps for half a second and more."""
        sleep = stripe._http_client.HTTPClient._sleep_time_seconds
        monkeypatch.setattr(
            stripe._http_client.HTTPClient,
            "_sleep_time_seconds",
            lambda *args, **kwargs: sleep(*args, **kwargs) / 50,
        )

    @pytest.fixture
    def gateway(self, config, proxy):
        self.api = config["STRIPE_API_BASE"]
        self.key, self.secret = config["STRIPE_SECRET_KEY"], "whsec_contract"
        self.way = proxy(self.api.removeprefix("http://")).open()
        address = f"http://127.0.0.1:{self.way.port}"
        return StripeGateway(self.key, self.secret, address)

    @property
    def intents(self):
        return stripe.StripeClient(self.key, base_addresses={"api": self.api}).v1

    def taken(self, gateway, charged):
        intent = self.intents.payment_intents.retrieve(
            charged.stripe_id, {"expand": ["latest_charge"]}
        )
        return intent.amount_received - intent.latest_charge.amount_refunded

    def charges_of(self, gateway, order):
        recent = self.intents.payment_intents.list({"limit": 20}).data
        made = [each.to_dict() for each in recent]
        return [m["id"] for m in made if m["metadata"].get("order_id") == order]

    @contextmanager
    def lost_answers(self, gateway):
        self.way.losing = 1_000
        yield
        self.way.losing = 0

    def webhook(self, order):
        subject = {"object": "charge", "metadata": {"order_id": order}}
        event = {"object": "event", "id": "evt_1", "type": "charge.refunded"}
        body = json.dumps({**event, "data": {"object": subject}})
        made = int(time.time())
        signature = stripe.WebhookSignature._compute_signature(
            f"{made}.{body}", self.secret
        )
        return body.encode(), f"t={made},v1={signature}"

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
