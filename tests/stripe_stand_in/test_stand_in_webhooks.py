"""Webhooks arrive signed, and again until they are accepted."""

import json

import pytest
import stripe

from stripe_stand_in import webhooks
from stripe_stand_in.faults import Fate
from stripe_stand_in.webhooks import Delivery, Queue

PAY = {
    "amount": 1500,
    "currency": "usd",
    "confirm": True,
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
}
PAID = {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}


def test_events_arrive_signed(with_hook, hook):
    """The receiver verifies each with the stripe library; a wrong secret fails."""
    client = with_hook().client().v1
    intent = client.payment_intents.create(PAY, {"idempotency_key": "hooked"})
    hook.wait_for(lambda received: len(received) >= 3)
    assert set(hook.accepted()) == PAID
    event, _, body, signature = next(
        entry for entry in hook.received if entry[0].type == "payment_intent.succeeded"
    )
    assert event.data.object.id == intent.id
    assert event.request.idempotency_key == "hooked"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_wrong")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, "whsec_ticketing")


def test_a_failed_delivery_is_repeated_until_it_is_accepted(
    with_hook, hook, eventually
):
    """500, then a redirect, then 200; the event stays the same."""
    hook.statuses = [500, 302]
    client = with_hook("--webhook-events", "payment_intent.succeeded").client().v1
    client.payment_intents.create(PAY)
    hook.wait_for(lambda received: len(received) >= 3)
    assert [status for _, status, *_ in hook.received] == [500, 302, 200]
    assert len({event.id for event, *_ in hook.received}) == 1
    event_id = hook.received[0][0].id
    signatures = {signature for *_, signature in hook.received}
    assert len(signatures) == 3, "each attempt is signed anew"
    eventually(lambda: client.events.retrieve(event_id).pending_webhooks == 0)


def test_what_was_not_delivered_survives_a_kill(with_hook, hook):
    """The next process on the same data delivers it."""
    hook.statuses = [500] * 3
    first = with_hook()
    first.client().v1.payment_intents.create(PAY)
    hook.wait_for(lambda received: len(received) >= 3)
    first.kill()
    refused = {event.id for event, *_ in hook.received}
    with_hook()
    hook.wait_for(lambda received: len(received) >= 6)
    assert set(hook.accepted()) == PAID
    assert {event.id for event, *_ in hook.received} == refused


def test_only_the_chosen_types_are_sent(with_hook, hook):
    """As an endpoint's enabled_events choose at Stripe."""
    client = with_hook("--webhook-events", "charge.failed,refund.created").client().v1
    intent = client.payment_intents.create(PAY)
    client.refunds.create({"payment_intent": intent.id})
    hook.wait_for(lambda received: received)
    assert hook.accepted() == ["refund.created"]
    listed = client.events.list({"type": "charge.succeeded"}).data
    assert [event.pending_webhooks for event in listed] == [0]


def test_what_waits_for_delivery_can_be_listed(with_hook, hook):
    """As a reconciler asks for what it has missed."""
    hook.statuses = [500] * 100
    client = with_hook("--webhook-events", "payment_intent.created").client().v1
    client.payment_intents.create(PAY)

    def listed(delivered):
        found = client.events.list({"delivery_success": delivered}).data
        return {event.type: event.pending_webhooks for event in found}

    assert listed(delivered=False) == {"payment_intent.created": 1}
    assert listed(delivered=True) == dict.fromkeys(PAID - {"payment_intent.created"}, 0)


def test_delays_double_up_to_an_hour_and_end_after_three_days():
    """The first retry comes after about a second."""

    def delay(attempts, age=0):
        due = webhooks.next_due(Delivery("evt_1", b"", 1000, attempts), 1000 + age)
        return due and due - 1000 - age

    assert [delay(n) for n in range(5)] == [1, 2, 4, 8, 16]
    assert delay(11) == 2048
    assert delay(12) == delay(500) == 3600
    three_days = 3 * 24 * 3600
    assert delay(90, three_days) == 3600
    assert delay(90, three_days + 1) is None


def test_the_signature_is_the_documented_one():
    """HMAC-SHA256 over time, dot and raw body."""
    made = webhooks.signature(["whsec_a"], 1700000000, b'{"id": "evt_1"}')
    assert stripe.WebhookSignature.verify_header(
        b'{"id": "evt_1"}', made, "whsec_a", tolerance=None
    )
    assert made.startswith("t=1700000000,v1=")


def test_an_event_is_with_one_worker_at_a_time(in_process):
    """Until it is settled; a failure comes back later, a success never."""
    endpoint = in_process.hook("http://x")
    body = "amount=900&currency=usd"
    made = [in_process.post("/v1/payment_intents", body) for _ in range(2)]
    assert [response.status for response in made] == [200, 200]
    queue = Queue(in_process.store, endpoint, Fate())
    found, batch = queue.take()
    assert (found.id, len(batch)) == (endpoint, 2)
    assert queue.take()[1] == []
    queue.settle(batch, {batch[0].event})
    queue.release(batch)
    assert queue.take()[1] == []
    in_process.clock.now += 1
    _, (again,) = queue.take()
    assert (again.event, again.attempts) == (batch[1].event, 1)
    assert json.loads(again.body)["id"] == again.event
