"""Stripe behind a bad line: the shipped fake, with webhooks and slow banks."""

import json
from dataclasses import asdict
from types import SimpleNamespace

import eventlet
from simulation_stores import Line, wired

from payments.fake_stripe import MemoryGateway
from payments.intents import IntentStatus, Notice
from ticketing.errors import TicketingError

# Stripe's search does not know at once what was made.
SEARCHABLE_AFTER = 60
# A webhook that is not taken is sent so often, with so many seconds between.
TRIES, EVERY = 4, 8.0
WORDS = {
    IntentStatus.SUCCEEDED: "succeeded",
    IntentStatus.REQUIRES_PAYMENT_METHOD: "payment_failed",
    IntentStatus.CANCELED: "canceled",
    IntentStatus.PROCESSING: "processing",
    IntentStatus.REQUIRES_ACTION: "requires_action",
}

Far = wired(
    MemoryGateway,
    ["find", "refunds", "intents"],
    ["open", "charge", "confirm", "cancel", "refund"],
)


class Stripe(Far):
    def __init__(self, world):
        super().__init__(world.time)
        self.world, self.line = world, Line(world, "lost_by_stripe")
        self._notices = 0

    def search(self, order_id):
        self.line.ask()
        young = self._now().timestamp() - SEARCHABLE_AFTER
        known = self.intents_by_id
        self.intents_by_id = {i: e for i, e in known.items() if e.created < young}
        found = super().search(order_id)
        self.intents_by_id = known
        return found

    def forget_keys(self):
        self._answers.clear()

    # What happens at Stripe without our asking.

    def confirm_in_browser(self, intent_id, token):
        """As its owner does, who has its secret; nothing where it is too late."""
        intent = self.intents_by_id[intent_id]
        if not intent.status.is_final and intent.status is not IntentStatus.PROCESSING:
            self._confirmed(intent, token)

    def prove(self, intent_id, *, succeeds):
        """Its owner comes back from 3-D Secure."""
        if self.intents_by_id[intent_id].status is IntentStatus.REQUIRES_ACTION:
            self._end_of(intent_id, succeeds=succeeds)

    def decide(self):
        """The banks come to an end with what they think about."""
        for intent in list(self.intents_by_id.values()):
            if intent.status is IntentStatus.PROCESSING:
                self._end_of(intent.id, succeeds=self.world.random.random() < 0.7)

    def give_all_back(self, intent_id):
        """By hand, in Stripe's dashboard, if nothing was given back yet."""
        intent = self.intents_by_id[intent_id]
        if intent.status is IntentStatus.SUCCEEDED and intent.refunded == 0:
            self.give_back(intent_id, intent.sum.amount, "by hand")

    def becomes(self, intent_id, status, decline=None):
        changed = super().becomes(intent_id, status, decline)
        self.world.tell("stripe", intent_id, status.value)
        self._send(changed, f"payment_intent.{WORDS[status]}")
        return changed

    def give_back(self, intent_id, amount, key, number=None):
        super().give_back(intent_id, amount, key, number)
        self.world.tell("stripe", intent_id, f"{amount} back", key)
        self._send(self.intents_by_id[intent_id], "charge.refunded")

    def _confirmed(self, intent, token):
        self.slow = self.world.chance("bank_slow")
        return super()._confirmed(intent, token)

    def _end_of(self, intent_id, *, succeeds):
        if succeeds:
            self.becomes(intent_id, IntentStatus.SUCCEEDED)
        else:
            self.declines(intent_id, "Your card was declined.")

    def _send(self, intent, kind):
        self._notices += 1
        notice = Notice(f"evt_{self._notices}", kind, intent.id, intent.sum.order_id)
        copies = 1 + sum(self.world.chance("webhook_again") for _ in range(2))
        for _ in range(copies):
            if not self.world.chance("webhook_lost"):
                late = self.world.random.expovariate(0.3)
                eventlet.spawn_after(late, self._post, notice)

    def _post(self, notice):
        body = json.dumps(asdict(notice)).encode()
        headers = {"Stripe-Signature": "signed"}
        request = SimpleNamespace(headers=headers, get_data=lambda: body)
        for _ in range(TRIES):
            try:
                return self.world.call("payments", "post_webhook", request)
            except TicketingError:
                eventlet.sleep(EVERY)
        return None
