"""Payments that take their time: bank debits, and cards while they are made slow."""

import json

import pytest
import stripe

from stripe_stand_in.api import Api

INTENTS = "/v1/payment_intents"
GOOD = "pm_usBankAccount_success"
POOR = "pm_usBankAccount_insufficientFunds"
MANDATE = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "127.0.0.1", "user_agent": "a browser"},
    }
}


def test_a_debit_is_processing_and_succeeds_later(in_process):
    """The money is there only then, and each step is an event."""
    intent = in_process.pay(GOOD)
    assert (intent["status"], intent["amount_received"]) == ("processing", 0)
    charge = in_process.get(f"/v1/charges/{intent['latest_charge']}")
    assert (charge["status"], charge["paid"], charge["captured"]) == (
        "pending",
        False,
        False,
    )
    in_process.pass_time(4.9)
    assert in_process.get(f"{INTENTS}/{intent['id']}")["status"] == "processing"
    in_process.pass_time(0.1)
    paid = in_process.get(f"{INTENTS}/{intent['id']}")
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 1500)
    assert paid["latest_charge"] == intent["latest_charge"]
    assert in_process.get(f"/v1/charges/{intent['latest_charge']}")["paid"]
    assert in_process.events() == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    newest = in_process.get("/v1/events")["data"][0]
    assert newest["request"] == {"id": None, "idempotency_key": None}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("insufficientFunds", "insufficient_funds"),
        ("accountClosed", "account_closed"),
        ("noAccount", "no_account"),
        ("debitNotAuthorized", "debit_not_authorized"),
    ],
)
def test_a_debit_fails_later_and_says_why(in_process, name, code):
    """The intent is open again; the answer to the confirmation knew nothing of it."""
    intent = in_process.pay(f"pm_usBankAccount_{name}")
    assert intent["status"] == "processing"
    in_process.pass_time(5)
    failed = in_process.get(f"{INTENTS}/{intent['id']}")
    assert failed["status"] == "requires_payment_method"
    error = failed["last_payment_error"]
    assert (error["code"], error["charge"]) == (code, intent["latest_charge"])
    assert error["payment_method"]["type"] == "us_bank_account"
    charge = in_process.get(f"/v1/charges/{intent['latest_charge']}")
    assert (charge["status"], charge["failure_code"]) == ("failed", code)
    assert in_process.events()[-2:] == [
        "charge.failed",
        "payment_intent.payment_failed",
    ]


def test_a_debit_that_stays_waits_to_be_told(in_process):
    """Time alone does not settle it."""
    intent = in_process.pay("pm_usBankAccount_processing")
    in_process.pass_time(10 * 24 * 3600)
    assert in_process.get(f"{INTENTS}/{intent['id']}")["status"] == "processing"


def test_a_bank_account_is_shown_as_one(in_process):
    """In the method and in the charge, and nothing of a card."""
    intent = in_process.pay(GOOD)
    method = in_process.get(f"/v1/payment_methods/{intent['payment_method']}")
    assert (method["type"], "card" in method) == ("us_bank_account", False)
    assert method["us_bank_account"]["last4"] == "6789"
    details = in_process.get(f"/v1/charges/{intent['latest_charge']}")[
        "payment_method_details"
    ]
    assert details.keys() == {"type", "us_bank_account"}
    assert intent["payment_method_types"] == ["card", "us_bank_account"]


def test_a_debit_needs_a_mandate(client):
    """400, and nothing is charged; with one it goes on."""
    intent = client.payment_intents.create(
        {"amount": 1500, "currency": "usd", "payment_method": GOOD}
    )
    params = {"return_url": "https://shop.example/back"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.confirm(intent.id, params)
    assert refused.value.param == "mandate_data"
    assert client.payment_intents.retrieve(intent.id).latest_charge is None
    params["mandate_data"] = MANDATE
    confirmed = client.payment_intents.confirm(intent.id, params)
    assert confirmed.status == "processing"


@pytest.mark.parametrize(
    ("said", "code", "param"),
    [
        ("mandate_data[type]=online", "parameter_unknown", "mandate_data[type]"),
        (
            "mandate_data[customer_acceptance][accepted_at]=1",
            "parameter_missing",
            "mandate_data[customer_acceptance][type]",
        ),
        (
            "mandate_data[customer_acceptance][type]=oral",
            None,
            "mandate_data[customer_acceptance][type]",
        ),
    ],
)
def test_a_mandate_has_its_documented_form(in_process, said, code, param):
    """400 with the name of what is wrong."""
    intent = json.loads(in_process.post(INTENTS, "amount=900&currency=usd").body)
    answer = in_process.post(f"{INTENTS}/{intent['id']}/confirm", said)
    error = json.loads(answer.body)["error"]
    assert (error.get("code"), error["param"]) == (code, param)


@pytest.mark.parametrize(
    "more", [{"currency": "eur"}, {"allowed_payment_method_types[]": "card"}]
)
def test_a_debit_is_not_offered_everywhere(in_process, more):
    """Not in other currencies, and not where only cards are allowed."""
    error = in_process.pay(GOOD, **more)["error"]
    assert error["code"] == "payment_intent_incompatible_payment_method"


def test_what_is_processing_is_neither_canceled_nor_confirmed(in_process):
    """It may still succeed."""
    intent = in_process.pay(GOOD)
    for step in ("cancel", "confirm"):
        answer = in_process.post(f"{INTENTS}/{intent['id']}/{step}", "")
        error = json.loads(answer.body)["error"]
        assert error["code"] == "payment_intent_unexpected_state"
        assert "a status of processing" in error["message"]
    in_process.pass_time(5)
    assert in_process.get(f"{INTENTS}/{intent['id']}")["status"] == "succeeded"


@pytest.mark.parametrize(
    ("method", "status"),
    [
        ("pm_card_visa", "succeeded"),
        ("pm_card_chargeDeclined", "requires_payment_method"),
    ],
)
def test_a_slow_card_is_processing_first(in_process, method, status):
    """And then does what it always does."""
    in_process.api = Api(in_process.store, processing=lambda: 7.0)
    intent = in_process.pay(method)
    assert intent["status"] == "processing"
    in_process.pass_time(6.9)
    assert in_process.get(f"{INTENTS}/{intent['id']}")["status"] == "processing"
    in_process.pass_time(0.1)
    assert in_process.get(f"{INTENTS}/{intent['id']}")["status"] == status
