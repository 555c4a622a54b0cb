"""Both gateways as the contract tests use them: the double, and Stripe's library.

The library meets the stand-in of Stripe, by a way on which answers can be lost.
"""

import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import requests
import stripe

from payments.fake_stripe import MemoryGateway
from payments.gateway import StripeGateway
from payments.intents import IntentStatus, Sum
from ticketing.ids import new_id

AMOUNT = 1950
OLD, NEW = "whsec_contract", "whsec_next"


class Cards:
    @pytest.fixture
    def order(self):
        return new_id()

    def open(self, gateway, order, number=0, amount=AMOUNT):
        return gateway.open(Sum(order, amount, "usd"), f"{order}:intent:{number}")

    def charge(
        self, gateway, order, token="tok_visa", attempt=1, amount=AMOUNT, currency="usd"
    ):
        wanted = Sum(order, amount, currency)
        return gateway.charge(wanted, token, f"{order}:charge:{attempt}")

    def confirm(self, gateway, intent, token="tok_visa", attempt=1):
        order = intent.sum.order_id
        return gateway.confirm(intent.id, order, token, f"{order}:charge:{attempt}")

    def refund(self, gateway, order, charged, number=1, amount=AMOUNT):
        gateway.refund(charged.id, amount, number, f"{order}:refund:{number}")


class MemoryCards(Cards):
    @pytest.fixture
    def gateway(self):
        return MemoryGateway()

    def intents_of(self, gateway, order):
        every = gateway.intents_by_id.values()
        return [each.id for each in every if each.sum.order_id == order]

    @contextmanager
    def lost_answers(self, gateway):
        gateway.away = True
        yield
        gateway.away = False

    @contextmanager
    def slow_bank(self, gateway):
        gateway.slow = True
        yield
        gateway.slow = False

    def answers(self, gateway, intent, *, takes):
        if takes:
            gateway.becomes(intent.id, IntentStatus.SUCCEEDED)
        else:
            gateway.declines(intent.id, "Your card was declined.")

    def give_back(self, gateway, intent, amount):
        gateway.give_back(intent.id, amount, f"by hand {amount}")

    def webhook(self, order, secret=OLD):
        event = {"id": "evt_1", "type": "charge.refunded"}
        event |= {"intent_id": "pi_1", "order_id": order}
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
        self.key = config["STRIPE_SECRET_KEY"]
        self.way = proxy(self.api.removeprefix("http://")).open()
        address = f"http://127.0.0.1:{self.way.port}"
        back = "http://shop.test/orders/{}/returned"
        return StripeGateway(self.key, f"{OLD},{NEW}", address, back)

    @property
    def stripe(self):
        return stripe.StripeClient(self.key, base_addresses={"api": self.api}).v1

    def intents_of(self, gateway, order):
        recent = self.stripe.payment_intents.list({"limit": 20}).data
        made = [each.to_dict() for each in recent]
        return [m["id"] for m in made if m["metadata"].get("order_id") == order]

    @contextmanager
    def lost_answers(self, gateway):
        self.way.losing = 1_000
        yield
        self.way.losing = 0

    @contextmanager
    def slow_bank(self, gateway):
        requests.put(f"{self.api}/stand-in/faults", json={"processing": 600}, timeout=9)
        yield
        requests.delete(f"{self.api}/stand-in/faults", timeout=9)

    def answers(self, gateway, intent, *, takes):
        requests.post(
            f"{self.api}/stand-in/payment_intents/{intent.id}/settle",
            json={"outcome": "succeeded" if takes else "failed"},
            timeout=9,
        ).raise_for_status()

    def give_back(self, gateway, intent, amount):
        params = {"payment_intent": intent.id, "amount": amount}
        self.stripe.refunds.create(params)

    def webhook(self, order, secret=OLD):
        subject = {"object": "charge", "metadata": {"order_id": order}}
        subject |= {"id": "ch_1", "payment_intent": "pi_1"}
        event = {"object": "event", "id": "evt_1", "type": "charge.refunded"}
        body = json.dumps({**event, "data": {"object": subject}})
        made = int(time.time())
        signature = stripe.WebhookSignature._compute_signature(f"{made}.{body}", secret)
        return body.encode(), f"t={made},v1={signature}"


def second(moment=0):
    """The time in so many seconds, in UTC."""
    return datetime.fromtimestamp(int(time.time()) + moment, UTC)
