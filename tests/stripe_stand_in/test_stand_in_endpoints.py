"""Several webhook endpoints, each with its own secret, wishes and retries."""

import sqlite3
from contextlib import closing

import pytest
import stripe

from stripe_stand_in import tables, webhooks
from stripe_stand_in.endpoints import ROLLED_SECONDS, roll
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


@pytest.fixture
def own(start):
    """A process without an endpoint of the command line."""
    return start()


def add(stand_in, hook, *types):
    params = {"url": hook.url, "enabled_events": list(types) or ["*"]}
    made = stand_in.client().v1.webhook_endpoints.create(params)
    hook.secret = made.secret
    return made


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
    add(own, first)
    add(own, second, "payment_intent.succeeded")
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
    add(own, bad, "payment_intent.created")
    add(own, good, "payment_intent.created")
    bad.statuses = [500]
    own.client().v1.payment_intents.create(USD)
    good.wait_for(lambda received: received)
    bad.wait_for(lambda received: len(received) >= 2)
    assert [status for _, status, *_ in bad.received] == [500, 200]
    assert good.accepted() == ["payment_intent.created"]


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


def test_a_rolled_secret_signs_beside_the_new_one(own, hook):
    """Both are accepted, by whoever knows either."""
    made = add(own, hook, "payment_intent.created")
    with own.raw() as raw:
        rolled = raw.post(f"/stand-in/webhook_endpoints/{made.id}/roll").json()
        assert raw.post("/stand-in/webhook_endpoints/we_0/roll").status_code == 404
    assert rolled["secret"] != made.secret
    own.client().v1.payment_intents.create(USD)
    hook.wait_for(lambda received: received)
    _, _, body, signature = hook.received[0]
    assert signature.count("v1=") == 2
    assert stripe.Webhook.construct_event(body, signature, rolled["secret"])
    assert stripe.Webhook.construct_event(body, signature, made.secret)


def test_a_rolled_secret_ends_after_a_day():
    """Not a second earlier."""
    endpoint = WebhookEndpoint("we_1", NOW, "http://x", ["*"], "whsec_old")
    rolled = roll(endpoint, NOW)
    last = NOW + ROLLED_SECONDS - 1
    assert webhooks.secrets_of(rolled, last) == [rolled.secret, "whsec_old"]
    assert webhooks.secrets_of(rolled, last + 1) == [rolled.secret]
    assert webhooks.secrets_of(endpoint, NOW) == ["whsec_old"]


def test_an_event_is_sent_again(own, hooks):
    """To all that want it, or to the one that is named, which need not want it."""
    first, second = hooks(), hooks()
    add(own, first, "payment_intent.created")
    other = add(own, second, "charge.failed")
    client = own.client().v1
    client.payment_intents.create(USD)
    first.wait_for(lambda received: received)
    event = client.events.list().data[0]
    with own.raw() as raw:
        path = f"/stand-in/events/{event.id}/send"
        assert raw.post(path).json()["id"] == event.id
        first.wait_for(lambda received: len(received) >= 2)
        assert second.received == []
        raw.post(path, data={"webhook_endpoint": other.id})
        second.wait_for(lambda received: received)
        assert raw.post("/stand-in/events/evt_0/send").status_code == 404
        nobody = raw.post(path, json={"webhook_endpoint": "we_0"})
        assert nobody.json()["error"]["param"] == "webhook_endpoint"
    assert {each[0].id for each in first.received + second.received} == {event.id}


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


def test_an_older_file_is_taken_over(with_hook, hook, tmp_path):
    """With what it had not delivered yet, and with its payments."""
    hook.statuses = [500] * 3
    first = with_hook()
    intent = first.client().v1.payment_intents.create(PAY)
    hook.wait_for(lambda received: len(received) >= 3)
    first.kill()
    with closing(sqlite3.connect(tmp_path / "data" / "stripe.sqlite3")) as db:
        db.executescript(
            """
            CREATE TABLE deliveries (event TEXT PRIMARY KEY, due REAL, attempts INT);
            INSERT INTO deliveries SELECT event, 0, attempts FROM outgoing;
            DROP TABLE outgoing;
            DROP TABLE due;
            DROP TABLE webhook_endpoints;
            UPDATE payment_intents SET body =
                json_remove(body, '$.payment_method_types', '$.authentication');
            UPDATE charges SET body =
                json_remove(body, '$.type', '$.failure_code', '$.failure_message');
            """
        )
    client = with_hook().client().v1
    hook.wait_for(lambda received: len(received) >= 6)
    assert len(hook.accepted()) == 3
    assert client.payment_intents.retrieve(intent.id).payment_method_types == ["card"]
    assert client.charges.retrieve(intent.latest_charge).paid
