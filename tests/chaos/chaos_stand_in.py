"""A stand-in of Stripe for one shop alone: its faults and its books are its own."""

import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import suppress

import httpx
import stripe
from system_control import eventually, new_port
from system_ingress import PLAIN

from launcher import ROOT
from launcher.instance import STAND_IN_KEY
from launcher.program import project_environment

# What the shop asks Stripe to tell it of.
HEARD = (
    *(f"payment_intent.{what}" for what in ("succeeded", "payment_failed", "canceled")),
    "payment_intent.processing",
    "payment_intent.requires_action",
    "charge.refunded",
)


class StandIn:
    def __init__(self, folder, secret):
        self.port = new_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.secret = secret
        self._folder = folder
        self._popen = None
        self.client = stripe.StripeClient(
            STAND_IN_KEY,
            base_addresses={"api": self.url},
            http_client=stripe.RequestsClient(),
            max_network_retries=2,
        )
        self.http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {STAND_IN_KEY}"},
            verify=PLAIN,
            timeout=30,
        )

    def start(self, webhook_url=None):
        """Without an address for webhooks, it sends none."""
        command = [sys.executable, "-P", "-m", "stripe_stand_in"]
        command += ["--port", str(self.port), "--data", str(self._folder / "stripe")]
        if webhook_url:
            command += ["--webhook-url", webhook_url, "--webhook-secret", self.secret]
            command += ["--webhook-events", ",".join(HEARD)]
        with (self._folder / "stripe.log").open("ab") as log:
            self._popen = subprocess.Popen(
                command, cwd=ROOT, env=project_environment({}), stdout=log, stderr=log
            )
        eventually(self._answers)

    def end(self):
        self.http.close()
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()

    def set_faults(self, **faults):
        self.http.put("/stand-in/faults", json=faults).raise_for_status()

    def clear_faults(self):
        self.http.delete("/stand-in/faults").raise_for_status()

    def send_again(self, event_id):
        self.http.post(f"/stand-in/events/{event_id}/send").raise_for_status()

    def confirm(self, intent_id, method="pm_card_visa"):
        """As the browser's Payment Element does; the status code that came back."""
        form = {"payment_method": method}
        path = f"/v1/payment_intents/{intent_id}/confirm"
        return self.http.post(path, data=form).status_code

    def event_ids(self):
        """All that the shop has been told of, or should have been."""
        every = self._all(self.client.v1.events)
        return [event.id for event in every if event.type in HEARD]

    def is_delivered(self, event_id):
        return self.client.v1.events.retrieve(event_id).pending_webhooks == 0

    def books(self):
        return StripeBooks(
            self._all(self.client.v1.payment_intents),
            self._all(self.client.v1.charges),
            self._all(self.client.v1.refunds),
        )

    def _answers(self):
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/livez", verify=PLAIN).status_code == 200
        return False

    @staticmethod
    def _all(resource):
        return list(resource.list({"limit": 100}).auto_paging_iter())


class StripeBooks:
    """What Stripe has taken and given back, by order, in cents."""

    def __init__(self, intents, charges, refunds):
        orders = {intent.id: order_of(intent) for intent in intents}
        self.intents = defaultdict(list)
        for intent in intents:
            self.intents[orders[intent.id]].append(intent)
        self.charges, self.refunds = defaultdict(list), defaultdict(list)
        for charge in charges:
            if charge.status == "succeeded":
                self.charges[orders[charge.payment_intent]].append(charge.amount)
        for refund in refunds:
            if refund.status == "succeeded":
                self.refunds[orders[refund.payment_intent]].append(refund.amount)

    @property
    def kept(self):
        kept = Counter({order: sum(taken) for order, taken in self.charges.items()})
        for order, back in self.refunds.items():
            kept[order] -= sum(back)
        return kept


def order_of(intent):
    return intent.to_dict().get("metadata", {}).get("order_id")
