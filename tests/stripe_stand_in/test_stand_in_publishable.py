"""What a browser may do with a publishable key: confirm and look, with the secret."""

import pytest

INTENTS = "/v1/payment_intents"
KEY = {"Authorization": "Bearer pk_test_shop"}
CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": "4242424242424242",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "40",
    "payment_method_data[card][cvc]": "123",
    "return_url": "https://shop.example/back",
}


@pytest.fixture
def intent(client):
    return client.payment_intents.create({"amount": 1500, "currency": "usd"})


def test_a_browser_confirms_and_looks(raw, intent):
    """As Stripe.js does."""
    secret = {"client_secret": intent.client_secret}
    path = f"{INTENTS}/{intent.id}"
    paid = raw.post(f"{path}/confirm", data=CARD | secret, headers=KEY)
    assert (paid.status_code, paid.json()["status"]) == (200, "succeeded")
    looked = raw.get(path, params=secret, headers=KEY)
    assert looked.json() == paid.json()


def test_a_wrong_client_secret_has_no_effect(raw, client, intent):
    """Nor has none; a secret key is held to what it says, too."""
    other = client.payment_intents.create({"amount": 1500, "currency": "usd"})
    path = f"{INTENTS}/{intent.id}"
    wrong = {"client_secret": other.client_secret}

    def refused(**headers):
        looked = raw.get(path, params=wrong, headers=headers)
        confirmed = raw.post(f"{path}/confirm", data=CARD | wrong, headers=headers)
        return [answer.json()["error"]["code"] for answer in (looked, confirmed)]

    assert refused(**KEY) == refused() == ["payment_intent_invalid_parameter"] * 2
    for answer in (
        raw.get(path, headers=KEY),
        raw.post(f"{path}/confirm", data=CARD, headers=KEY),
    ):
        error = answer.json()["error"]
        assert (error["code"], error["param"]) == ("parameter_missing", "client_secret")
    status = client.payment_intents.retrieve(intent.id).status
    assert status == "requires_payment_method"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", INTENTS),
        ("POST", INTENTS),
        ("GET", f"{INTENTS}/search"),
        ("POST", f"{INTENTS}/{{id}}"),
        ("POST", f"{INTENTS}/{{id}}/cancel"),
        ("POST", "/v1/refunds"),
        ("GET", "/v1/webhook_endpoints"),
        ("GET", "/v1/events"),
    ],
)
def test_everything_else_needs_a_secret_key(raw, intent, method, path):
    """401, whatever else is right."""
    secret = {"client_secret": intent.client_secret}
    answer = raw.request(method, path.format(id=intent.id), params=secret, headers=KEY)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "secret_key_required"


@pytest.mark.parametrize("key", ["pk_test_", "pk_live_shop", "pk_"])
def test_a_key_that_is_none_opens_nothing(raw, intent, key):
    """Not with the right client secret either."""
    secret = {"client_secret": intent.client_secret}
    headers = {"Authorization": f"Bearer {key}"}
    answer = raw.get(f"{INTENTS}/{intent.id}", params=secret, headers=headers)
    assert answer.status_code == 401


def test_a_page_of_another_origin_may_ask(raw, intent):
    """The browser asks first, and then reads the answer."""
    path = f"{INTENTS}/{intent.id}/confirm"
    asked = raw.options(path, headers={"Origin": "https://shop.example"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = raw.post(path, headers=KEY)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
