"""Several webhook endpoints, each with its own secret, wishes and retries."""

import pytest
import stripe

from stripe_stand_in import tables
from stripe_stand_in.entities import WebhookEndpoint
from stripe_stand_in.faults import Fate
from stripe_stand_in.webhooks import Queue, deliver

USD = {"amount": 1500, "currency": "usd"}
PAY = USD | {
    "confirm": True,
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
}
NOW = 1_800_000_000


def test_an_endpoint_is_made_shown_changed_and_deleted(client):
    """Its secret is told once only."""
    endpoints = client.webhook_endpoints
    made = endpoints.create(
        {
            "url": "https://shop.example/hook",
            "enabled_events": ["charge.failed"],
            "description": "Payments",
            "metadata": {"a": "1"},
        }
    )
    assert made.id.startswith("we_")
    assert made.secret.startswith("whsec_")
    assert (made.status, made.enabled_events) == ("enabled", ["charge.failed"])
    shown = endpoints.retrieve(made.id)
    assert "secret" not in shown
    assert endpoints.list({"limit": 1}).data == [shown]
    changed = endpoints.update(
        made.id,
        {
            "url": "https://shop.example/other",
            "enabled_events": ["*"],
            "disabled": True,
            "metadata": {"b": "2"},
        },
    )
    assert (changed.url, changed.status) == ("https://shop.example/other", "disabled")
    assert changed.enabled_events == ["*"]
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    assert "secret" not in changed
    assert endpoints.update(made.id, {"disabled": False}).status == "enabled"
    assert endpoints.delete(made.id).deleted
    with pytest.raises(stripe.InvalidRequestError) as missing:
        endpoints.retrieve(made.id)
    assert missing.value.http_status == 404


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"url": "shop.example"}, "url"),
        ({"url": None}, "url"),
        ({"enabled_events": None}, "enabled_events"),
        ({"enabled_events": ["charge"]}, "enabled_events[0]"),
        ({"enabled_events": ["charge.*"]}, "enabled_events[0]"),
        ({"disabled": True}, "disabled"),
    ],
)
def test_an_endpoint_is_checked(client, change, param):
    """400 with the name of what is wrong."""
    good = {"url": "https://shop.example/hook", "enabled_events": ["*"]}
    params = {key: value for key, value in (good | change).items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.webhook_endpoints.create(params)
    assert refused.value.param == param


def test_each_endpoint_gets_what_it_wants(own, hooks, eventually):
    """Signed with its own secret; the event counts how many wait for it."""
    first, second = hooks(), hooks()
    own.add(first)
    own.add(second, "payment_intent.succeeded")
    client = own.client().v1
    client.payment_intents.create(PAY)
    first.wait_for(lambda received: len(received) >= 3)
    second.wait_for(lambda received: received)
    assert second.accepted() == ["payment_intent.succeeded"]
    waiting = {event.type: event.pending_webhooks for event, *_ in first.received}
    assert waiting == {
        "payment_intent.created": 1,
        "charge.succeeded": 1,
        "payment_intent.succeeded": 2,
    }
    listed = client.events.list()
    eventually(
        lambda: (
            not any(
                client.events.retrieve(event.id).pending_webhooks
                for event in listed.data
            )
        )
    )


def test_an_endpoint_that_fails_holds_up_no_other(own, hooks):
    """It gets its own retries, until it accepts."""
    good, bad = hooks(), hooks()
    own.add(bad, "payment_intent.created")
    own.add(good, "payment_intent.created")
    bad.statuses = [500]
    own.client().v1.payment_intents.create(USD)
    good.wait_for(lambda received: received)
    bad.wait_for(lambda received: len(received) >= 2)
    assert [status for _, status, *_ in bad.received] == [500, 200]
    assert good.accepted() == ["payment_intent.created"]


def test_an_endpoint_that_does_not_answer_holds_up_no_other(own, hooks):
    """However much is due for it."""
    good, mute = hooks(), hooks()
    own.add(mute, "payment_intent.created")
    own.add(good, "payment_intent.created")
    mute.open.clear()
    for _ in range(6):
        own.client().v1.payment_intents.create(USD)
    good.wait_for(lambda received: len(received) == 6)
    assert mute.received == []
    mute.open.set()


def test_what_waits_for_a_disabled_endpoint_is_dropped(in_process):
    """When its turn comes; enabled again before that, it is still sent."""
    endpoint = in_process.hook("http://127.0.0.1:1/hook")
    path = f"/v1/webhook_endpoints/{endpoint}"
    in_process.post("/v1/payment_intents", "amount=900&currency=usd")
    in_process.post(path, "disabled=true")
    in_process.post("/v1/payment_intents", "amount=900&currency=usd")
    queue = Queue(in_process.store, endpoint, Fate())
    assert pending(in_process) == [0, 1]
    in_process.post(path, "disabled=false")
    assert deliver(in_process.store, queue, Fate())
    assert pending(in_process) == [0, 1]
    in_process.post(path, "disabled=true")
    in_process.clock.now += 3600
    assert deliver(in_process.store, queue, Fate())
    assert pending(in_process) == [0, 0]


def pending(in_process):
    listed = in_process.get("/v1/events")["data"]
    return [event["pending_webhooks"] for event in listed]


def test_what_waits_for_a_deleted_endpoint_is_gone(in_process):
    """At once."""
    endpoint = in_process.hook("http://127.0.0.1:1/hook")
    in_process.post("/v1/payment_intents", "amount=900&currency=usd")
    with in_process.store.transaction() as tx:
        tx.forget(tx.find(WebhookEndpoint, endpoint))
    assert pending(in_process) == [0]
    in_process.post("/v1/payment_intents", "amount=900&currency=usd")
    assert pending(in_process) == [0, 0]


def test_the_command_line_has_one_endpoint(start, with_hook, hook):
    """Described anew at every start; without an address it is disabled."""
    with_hook("--webhook-events", "charge.failed").kill()
    again = with_hook()
    (listed,) = again.client().v1.webhook_endpoints.list().data
    assert (listed.id, listed.url) == (tables.COMMAND_LINE, hook.url)
    assert (listed.enabled_events, listed.status) == (["*"], "enabled")
    again.kill()
    (listed,) = start().client().v1.webhook_endpoints.list().data
    assert listed.status == "disabled"
