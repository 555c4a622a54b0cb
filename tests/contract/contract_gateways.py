"""Both gateways as the contract tests use them: the double, and Stripe's library.

The library meets the stand-in of Stripe, by a way on which answers can be lost.
"""

import json
import time
from contextlib import contextmanager

import pytest
import stripe

from payments.fakes import MemoryGateway
from payments.gateway import StripeGateway
from ticketing.ids import new_id

AMOUNT = 1950


class Cards:
    @pytest.fixture
    def order(self):
        return new_id()

    def charge(self, gateway, order, token="tok_visa", attempt=1, amount=AMOUNT):
        return gateway.charge(order, amount, token, f"{order}:charge:{attempt}")

    def refund(self, gateway, order, charged, key="refund", amount=AMOUNT):
        gateway.refund(charged.stripe_id, amount, f"{order}:{key}")


class MemoryCards(Cards):
    @pytest.fixture
    def gateway(self):
        return MemoryGateway()

    def taken(self, gateway, charged):
        return gateway.kept[charged.stripe_id]

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


class StripeCards(Cards):
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
