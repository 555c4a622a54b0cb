"""What is sent once more, signed with which secret, and what is never sent."""

import sqlite3
from contextlib import closing

import stripe

from stripe_stand_in import webhooks
from stripe_stand_in.endpoints import ROLLED_SECONDS, roll
from stripe_stand_in.entities import WebhookEndpoint

USD = {"amount": 1500, "currency": "usd"}
PAY = USD | {
    "confirm": True,
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
}
NOW = 1_800_000_000


def test_what_is_pruned_waits_for_nobody(in_process):
    """An event that is forgotten is not sent any more either."""
    in_process.hook("http://127.0.0.1:1/hook")
    in_process.post("/v1/payment_intents", "amount=900&currency=usd")
    in_process.clock.now += 31 * 24 * 3600
    in_process.store.prune()
    with in_process.store.transaction() as tx:
        assert tx.db.execute("SELECT count(*) FROM outgoing").fetchone() == (0,)


def test_a_rolled_secret_signs_beside_the_new_one(own, hook):
    """Both are accepted, by whoever knows either."""
    made = own.add(hook, "payment_intent.created")
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
    own.add(first, "payment_intent.created")
    other = own.add(second, "charge.failed")
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
