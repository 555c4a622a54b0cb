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
from payments.intents import Notice
from ticketing.errors import BadRequestError

SECRET = "whsec_test"


def rotating(secrets):
    return StripeGateway("sk_test_x", secrets, "http://127.0.0.1:1", "http://x/{}")


GATEWAY = rotating(SECRET)
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


def notice(subject):
    body = json.dumps(EVENT | {"data": {"object": subject}}).encode()
    return GATEWAY.notice_of(body, sign(body))


def test_a_signed_event_names_its_intent_and_its_order():
    assert GATEWAY.notice_of(BODY, sign(BODY)) == Notice(
        "evt_1", "payment_intent.succeeded", "pi_1", ORDER
    )


def test_an_event_of_a_charge_names_them_as_well():
    charge = INTENT | {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}
    assert notice(charge) == GATEWAY.notice_of(BODY, sign(BODY))


@pytest.mark.parametrize(
    "subject",
    [
        {"object": "balance"},
        {"object": "charge", "id": "ch_1", "payment_intent": None, "metadata": None},
        {"object": "charge", "payment_intent": {"id": "pi"}, "metadata": {}},
        {"object": "payment_intent", "id": 5, "metadata": {"order_id": {"$gt": ""}}},
    ],
)
def test_an_event_about_something_else_names_none(subject):
    assert (notice(subject).intent_id, notice(subject).order_id) == (None, None)


def test_while_one_secret_replaces_another_both_count():
    for secrets in (f"{SECRET},whsec_new", f"whsec_new, {SECRET} ,"):
        heard = rotating(secrets)
        for secret in (SECRET, "whsec_new"):
            assert heard.notice_of(BODY, sign(BODY, secret=secret)).id == "evt_1"
        with pytest.raises(BadRequestError):
            heard.notice_of(BODY, sign(BODY, secret="whsec_other"))


@pytest.mark.parametrize("ago", [3600, -3600])
def test_a_second_secret_does_not_make_an_old_signature_new(ago):
    with pytest.raises(BadRequestError):
        rotating(f"whsec_new,{SECRET}").notice_of(BODY, sign(BODY, ago=ago))


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
        GATEWAY.notice_of(BODY, signature)


@given(st.text(st.characters(max_codepoint=255)))
def test_any_other_text_is_no_signature(text):
    with pytest.raises(BadRequestError):
        GATEWAY.notice_of(BODY, text)


def test_without_a_secret_nothing_is_believed():
    for secrets in ("", ",", " , "):
        with pytest.raises(BadRequestError):
            rotating(secrets).notice_of(BODY, sign(BODY, secret=""))


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
        GATEWAY.notice_of(body, sign(body))
