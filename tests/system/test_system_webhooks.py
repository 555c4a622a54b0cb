"""Stripe's webhooks: believed only when signed, and only about where to look."""

import hmac
import json
import time
from hashlib import sha256

import pytest
from system_control import eventually
from system_webhooks import URL, event_of, signed

NO_ID = "5f0000000000000000000000"


def stored(system):
    return {each["_id"] for each in system.database("payments")["webhooks"].find({})}


@pytest.fixture(scope="module")
def quiet(systems):
    """Payments where the stand-in does not send what happens elsewhere."""
    system = systems(("payments",)).up()
    yield system
    system.end()


@pytest.mark.parametrize(
    "headers",
    [
        lambda system, body: {},
        lambda system, body: {"Stripe-Signature": ""},
        lambda system, body: {"Stripe-Signature": "t=x,v1=y"},
        lambda system, body: {"Stripe-Signature": "ÿ"},
        lambda system, body: signed(system, body, secret="whsec_another"),
        lambda system, body: signed(system, body + b" "),
        lambda system, body: signed(system, body, at=time.time() - 3600),
        lambda system, body: signed(system, body, at=time.time() + 3600),
        lambda system, body: signed(system, body, at=10**30),
    ],
    ids=["none", "empty", "text", "bytes", "secret", "body", "old", "future", "far"],
)
def test_a_webhook_that_stripe_did_not_sign_now_is_refused(
    system, anonymous, seller, buyer, headers
):
    """400, and nothing is kept of it."""
    order = buyer.reserve(seller.sell())
    body = event_of(order["id"])
    raw = {k: v.encode("latin-1") for k, v in headers(system, body).items()}
    response = anonymous.post(URL, content=body, headers=raw)
    assert response.status_code == 400, response.text
    assert json.loads(body)["id"] not in stored(system)


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"", b"[]", b"null", b"1", b'{"id": 1}', b"{}", b"[" * 30_000],
    ids=["bytes", "nothing", "list", "null", "number", "id", "empty", "deep"],
)
def test_a_signed_body_that_is_no_event_is_refused(quiet, body):
    """400, and nothing is kept of it."""
    with quiet.client() as client:
        response = client.post(URL, content=body, headers=signed(quiet, body))
    assert response.status_code == 400, response.text
    assert stored(quiet) == set()


def test_a_webhook_is_kept_once_and_proves_nothing(system, anonymous, seller, buyer):
    """200 each time; what it claims is not believed: the order stays unpaid."""
    order = buyer.reserve(seller.sell())
    body = event_of(order["id"])
    for _ in range(3):
        response = anonymous.post(URL, content=body, headers=signed(system, body))
        assert response.status_code == 200, response.text
    assert json.loads(body)["id"] in stored(system)
    assert buyer.order(order)["status"] == "created"
    assert system.intents(order["id"]) == []


@pytest.mark.parametrize("kind", ["charge.refunded", "payout.paid"])
def test_webhooks_about_other_things_are_taken(system, anonymous, kind):
    """200: Stripe stops sending to who refuses them for days."""
    body = event_of(None, kind)
    response = anonymous.post(URL, content=body, headers=signed(system, body))
    assert response.status_code == 200, response.text


def test_without_a_secret_no_webhook_is_believed(systems):
    """Nobody signs with nothing."""
    system = systems(("payments",), STRIPE_WEBHOOK_SECRET="").up()
    body, at = event_of(NO_ID), int(time.time())
    digest = hmac.new(b"", b"%d.%b" % (at, body), sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={digest}"}
    with system.client() as client:
        assert client.post(URL, content=body, headers=headers).status_code == 400
    assert stored(system) == set()
    system.end()


def test_the_stand_in_delivers_what_happened(system, seller, buyer):
    """A purchase's webhooks arrive by themselves and change nothing more."""
    order = buyer.buy(seller.sell())

    def arrived():
        found = system.database("payments")["webhooks"].find({"orderId": order["id"]})
        return {each["type"] for each in found} >= {"payment_intent.succeeded"}

    eventually(arrived)
    assert buyer.order(order)["status"] == "complete"
    assert system.kept(order["id"]) == 2000
