"""An Idempotency-Key gives one request one effect and one answer, for a day."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import stripe

from stripe_stand_in import call, store
from stripe_stand_in.idempotency import KEPT_SECONDS, Key

PAY = (
    "amount=1500&currency=usd&confirm=true&payment_method=pm_card_visa"
    "&allowed_payment_method_types[]=card"
)
INTENTS = "/v1/payment_intents"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def post(raw, key, body=PAY, path=INTENTS):
    return raw.post(path, content=body, headers=FORM | {"Idempotency-Key": key})


def test_the_same_request_again_gets_the_same_answer(raw, client):
    """Byte for byte, marked as a replay, whatever the order of the parameters."""
    first = post(raw, "same")
    again = post(raw, "same", "&".join(reversed(PAY.split("&"))))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.headers["Request-Id"] != first.headers["Request-Id"]
    assert again.headers["Idempotency-Key"] == "same"
    assert "Idempotent-Replayed" not in first.headers
    intent_id = first.json()["id"]
    assert len(client.charges.list({"payment_intent": intent_id}).data) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [(PAY.replace("1500", "1501"), INTENTS), (PAY + "&metadata[a]=b", INTENTS)],
)
def test_other_parameters_under_the_same_key_are_refused(raw, body, path):
    """And the first result stays."""
    first = post(raw, "other")
    refused = post(raw, "other", body, path)
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "idempotency_error"
    assert "'other'" in refused.json()["error"]["message"]
    assert post(raw, "other").content == first.content


def test_another_path_under_the_same_key_is_refused(client, pay):
    """The key belongs to one request, not to one body."""
    one = client.payment_intents.create({"amount": 1500, "currency": "usd"})
    two = client.payment_intents.create({"amount": 1500, "currency": "usd"})
    options = {"idempotency_key": "path"}
    client.payment_intents.cancel(one.id, None, options)
    with pytest.raises(stripe.IdempotencyError):
        client.payment_intents.cancel(two.id, None, options)


def test_a_key_belongs_to_one_api_key(stand_in, pay):
    """Two API keys may use the same value."""
    intent = pay(options={"idempotency_key": "mine"})
    other = stand_in.client("sk_test_other").v1.payment_intents.create(
        {"amount": 700, "currency": "usd"}, {"idempotency_key": "mine"}
    )
    assert other.id != intent.id


def test_a_decline_is_replayed_too(pay):
    """The same error for the same key; a new attempt needs a new key."""
    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            pay("tok_chargeDeclined", options={"idempotency_key": "declined"})
        refusals.append(declined.value)
    first, again = refusals
    assert again.http_body == first.http_body
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_refusal_by_state_is_replayed_too(client, pay):
    """Also when the request would be refused for another reason by now."""
    intent = pay()
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.payment_intents.cancel(intent.id, None, {"idempotency_key": "late"})
    assert refused.value.headers["Idempotent-Replayed"] == "true"


def test_a_request_that_fails_validation_does_not_use_up_its_key(raw):
    """Nothing was executed, so nothing is saved."""
    assert post(raw, "typo", PAY + "&colour=red").status_code == 400
    corrected = post(raw, "typo")
    assert corrected.status_code == 200
    assert "Idempotent-Replayed" not in corrected.headers


def test_one_key_used_twenty_times_at_once_has_one_effect(stand_in, client):
    """The others wait for the replay or are told that the key is in use."""
    barrier = Barrier(20)

    def attempt(_):
        with stand_in.raw() as raw:
            barrier.wait()
            return post(raw, "rush", PAY + "&metadata[rush]=1")

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(attempt, range(20)))
    assert {response.status_code for response in responses} <= {200, 409}
    bodies = {r.content for r in responses if r.status_code == 200}
    assert len(bodies) == 1
    intents = client.payment_intents.list({"limit": 100}).data
    rushed = [intent for intent in intents if "rush" in intent.metadata]
    assert [intent.id for intent in rushed] == [json.loads(bodies.pop())["id"]]
    assert len(client.charges.list({"payment_intent": rushed[0].id}).data) == 1


def test_a_key_in_use_is_409_and_may_be_tried_again(in_process):
    """While the first request is under way."""
    held = Key(owner_of(in_process), "busy", "")
    with in_process.api._keys.hold(held):
        refused = in_process.post(INTENTS, PAY, **{"idempotency-key": "busy"})
    error = json.loads(refused.body)["error"]
    assert (refused.status, error["type"]) == (409, "idempotency_error")
    assert error["code"] == "idempotency_key_in_use"
    assert refused.headers["Stripe-Should-Retry"] == "true"
    free = in_process.post(INTENTS, PAY, **{"idempotency-key": "busy"})
    assert free.status == 200


def owner_of(in_process):
    in_process.post(INTENTS, PAY, **{"idempotency-key": "probe"})
    with in_process.store.transaction() as tx:
        row = tx.db.execute("SELECT owner FROM idempotency").fetchone()
    return row[0]


def test_a_key_is_forgotten_after_a_day(in_process):
    """Not a second earlier; pruning takes the row away as well."""

    def attempt():
        return in_process.post(INTENTS, PAY, **{"idempotency-key": "day"})

    first = attempt()
    in_process.clock.now += KEPT_SECONDS - 1
    in_process.store.prune()
    assert attempt().body == first.body
    in_process.clock.now += 1
    assert attempt().body != first.body
    in_process.clock.now += KEPT_SECONDS
    in_process.store.prune()
    with in_process.store.transaction() as tx:
        assert tx.db.execute("SELECT count(*) FROM idempotency").fetchone() == (0,)


def test_an_error_of_its_own_is_500_without_details_and_replayed(
    in_process, monkeypatch
):
    """As Stripe saves 500s; what was written before it is undone."""
    monkeypatch.setattr(call, "show", lambda *_: 1 / 0)
    first = in_process.post(INTENTS, PAY, **{"idempotency-key": "bug"})
    monkeypatch.undo()
    again = in_process.post(INTENTS, PAY, **{"idempotency-key": "bug"})
    assert (first.status, again.status) == (500, 500)
    assert json.loads(first.body)["error"]["type"] == "api_error"
    assert b"ZeroDivision" not in first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    with in_process.store.transaction() as tx:
        assert tx.db.execute("SELECT count(*) FROM payment_intents").fetchone() == (0,)


def test_a_store_that_stays_locked_is_429(in_process, monkeypatch):
    """And the key is still free afterwards."""
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.01)
    with in_process.store.transaction():
        refused = in_process.post(INTENTS, PAY, **{"idempotency-key": "locked"})
    assert refused.status == 429
    assert json.loads(refused.body)["error"]["code"] == "lock_timeout"
    again = in_process.post(INTENTS, PAY, **{"idempotency-key": "locked"})
    assert again.status == 200
    assert "Idempotent-Replayed" not in again.headers


def test_a_key_has_at_most_255_characters(raw):
    """A longer one is refused."""
    assert post(raw, "k" * 255).status_code == 200
    assert post(raw, "k" * 256).status_code == 400
