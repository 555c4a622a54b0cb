"""Webhooks: only bytes that Stripe signed a moment ago are an event."""

import hmac
import json
import time
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ORDER

from payments.gateway import StripeGateway
from ticketing.errors import BadRequestError

SECRET = "whsec_test"
GATEWAY = StripeGateway("sk_test_x", SECRET, "http://127.0.0.1:1")
INTENT = {"object": "payment_intent", "id": "pi_1", "metadata": {"order_id": ORDER}}
EVENT = {
    "object": "event",
    "id": "evt_1",
    "type": "payment_intent.succeeded",
    "data": {"object": INTENT},
}
BODY = json.dumps(EVENT).encode()


def sign(body, *, ago=0, secret=SECRET):
    made = int(time.time()) - ago
    digest = hmac.new(secret.encode(), b"%d.%b" % (made, body), sha256).hexdigest()
    return f"t={made},v1={digest}"


def test_a_signed_event_names_its_order():
    assert GATEWAY.order_of_event(BODY, sign(BODY)) == {
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "orderId": ORDER,
    }


def test_an_event_about_something_else_names_none():
    body = json.dumps(EVENT | {"data": {"object": {"object": "balance"}}}).encode()
    assert GATEWAY.order_of_event(body, sign(body))["orderId"] is None


NO_SIGNATURES = {
    "none": "",
    "of another secret": sign(BODY, secret="whsec_other"),
    "of other bytes": sign(BODY + b" "),
    "too old": sign(BODY, ago=3600),
    "from the future": sign(BODY, ago=-3600),
    "without a time": sign(BODY).partition(",")[2],
    "without a digest": sign(BODY).partition(",")[0],
    "of another scheme": sign(BODY).replace("v1=", "v0="),
    "with a time in words": "t=now,v1=00",
    "that is no ASCII": f"t={int(time.time())},v1=é",
    "that is noise": "\xff=,=,,t",
}


@pytest.mark.parametrize("signature", NO_SIGNATURES.values(), ids=NO_SIGNATURES)
def test_bytes_are_refused_whose_signature_is(signature):
    with pytest.raises(BadRequestError, match="signature"):
        GATEWAY.order_of_event(BODY, signature)


@given(st.text(st.characters(max_codepoint=255)))
def test_any_other_text_is_no_signature(text):
    with pytest.raises(BadRequestError):
        GATEWAY.order_of_event(BODY, text)


def test_without_a_secret_nothing_is_believed():
    with pytest.raises(BadRequestError):
        StripeGateway("sk", "", "").order_of_event(BODY, sign(BODY, secret=""))


NO_EVENTS = {
    "not UTF-8": b"\xff\xfe",
    "no JSON": b"{",
    "empty": b"",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "without an object": b'{"object": "event", "id": "e", "type": "t", "data": {}}',
    "deep": b'{"object": "event", "data": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("body", NO_EVENTS.values(), ids=NO_EVENTS)
def test_signed_bytes_that_are_no_event_are_refused(body):
    with pytest.raises(BadRequestError):
        GATEWAY.order_of_event(body, sign(body))
