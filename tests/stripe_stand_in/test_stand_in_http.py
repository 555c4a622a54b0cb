"""What is refused before anything is executed."""

from base64 import b64encode

import pytest
import stripe

INTENTS = "/v1/payment_intents"
GOOD = {"amount": "1500", "currency": "usd"}


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        (None, None, "You did not provide an API key."),
        ("Bearer", None, "You did not provide an API key."),
        ("Basic !!!", None, "You did not provide an API key."),
        ("Bearer sk_live_abcdefgh", None, "Invalid API Key provided: sk_live_****efgh"),
        ("Bearer sk_test_", None, "Invalid API Key provided: sk_test_****"),
        ("Bearer pk_test_abcdefgh", "secret_key_required", "This API call cannot"),
    ],
)
def test_only_a_secret_test_key_is_let_in(raw, header, code, message):
    """401 otherwise."""
    del raw.headers["Authorization"]
    response = raw.get(INTENTS, headers={"Authorization": header} if header else {})
    error = response.json()["error"]
    assert response.status_code == 401
    assert (error["type"], error.get("code")) == ("invalid_request_error", code)
    assert error["message"].startswith(message)


def test_basic_authentication_works_as_well(raw):
    """The key is the user's name; Stripe's own examples do it so."""
    basic = b64encode(b"sk_test_ticketing:").decode()
    response = raw.get(INTENTS, headers={"Authorization": f"Basic {basic}"})
    assert response.status_code == 200


def test_every_answer_carries_the_version_and_an_id(raw):
    """Also an error."""
    for path in (INTENTS, f"{INTENTS}/pi_nothing", "/v1/nothing"):
        response = raw.get(path, headers={"Stripe-Version": "2025-09-30.clover"})
        assert response.headers["Request-Id"].startswith("req_")
        assert response.headers["Stripe-Version"] == "2025-09-30.clover"


def test_a_version_has_to_look_like_one(raw):
    """400 otherwise."""
    response = raw.get(INTENTS, headers={"Stripe-Version": "newest"})
    assert response.status_code == 400
    assert response.json()["error"]["message"] == "Invalid Stripe API version: newest"


@pytest.mark.parametrize(
    ("params", "code", "param", "message"),
    [
        (
            {"colour": "red"},
            "parameter_unknown",
            "colour",
            "Received unknown parameter: colour",
        ),
        (
            {
                "payment_method_data[type]": "card",
                "payment_method_data[card][colour]": "red",
            },
            "parameter_unknown",
            "payment_method_data[card][colour]",
            "Received unknown parameter: payment_method_data[card][colour]",
        ),
        (
            {"amount": None},
            "parameter_missing",
            "amount",
            "Missing required param: amount.",
        ),
        (
            {"amount": "12.5"},
            "parameter_invalid_integer",
            "amount",
            "Invalid integer: 12.5",
        ),
        (
            {"amount": "٣"},
            "parameter_invalid_integer",
            "amount",
            "Invalid integer: ٣",
        ),
        (
            {"amount": "-5"},
            "parameter_invalid_integer",
            "amount",
            "This value must be greater than or equal to 1.",
        ),
        ({"amount": ""}, "parameter_invalid_empty", "amount", "You passed an empty"),
        ({"confirm": "yes"}, None, "confirm", "Invalid boolean: yes"),
        ({"currency": "USD"}, None, "currency", "Invalid currency: USD."),
        ({"currency": "xyz"}, None, "currency", "Invalid currency: xyz."),
        (
            {"capture_method": "manual"},
            None,
            "capture_method",
            "Invalid capture_method: must be automatic or automatic_async",
        ),
        ({"metadata": "text"}, None, "metadata", "Invalid object"),
        ({"metadata[a]": "x" * 501}, None, "metadata[a]", "Metadata keys can have"),
        ({"metadata[" + "a" * 41 + "]": "x"}, None, None, "Metadata keys can have"),
        ({f"metadata[{n}]": "x" for n in range(51)}, None, "metadata", "Metadata can"),
        ({"expand[1]": "latest_charge"}, None, "expand", "Invalid array"),
        ({"return_url": "https://example.com"}, None, "return_url", "The parameter"),
        (
            {"mandate_data[customer_acceptance][type]": "offline"},
            None,
            "mandate_data",
            "The parameter",
        ),
    ],
)
def test_parameters_are_checked_one_by_one(raw, params, code, param, message):
    """400 with the parameter's name, and nothing is made."""
    newest = raw.get(INTENTS, params={"limit": 1}).json()
    data = {key: value for key, value in (GOOD | params).items() if value is not None}
    response = raw.post(INTENTS, data=data)
    error = response.json()["error"]
    assert response.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith(message)
    assert error.get("code") == code
    if param:
        assert error["param"] == param
    assert raw.get(INTENTS, params={"limit": 1}).json() == newest


def test_parameters_that_exclude_each_other_are_refused(raw):
    """With the names of all of them."""
    card = {"payment_method_data[card][token]": "tok_visa"}
    kind = {"payment_method_data[type]": "card", "payment_method": "pm_card_visa"}
    error = raw.post(INTENTS, data=GOOD | card | kind).json()["error"]
    assert error["code"] == "parameters_exclusive"
    assert error["message"] == (
        "You may only specify one of these parameters: payment_method, "
        "payment_method_data."
    )


def test_an_unknown_payment_method_is_refused(client):
    """400, as it is a parameter; a token is no payment method."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.create(
            {"amount": 1500, "currency": "usd", "payment_method": "tok_visa"}
        )
    assert refused.value.user_message == "No such PaymentMethod: 'tok_visa'"
    assert (refused.value.http_status, refused.value.code) == (400, "resource_missing")


@pytest.mark.parametrize(
    "body",
    [
        b"description=%zz",
        b"description=%ff",
        b"description=\xff",
        b"description=%ed%a0%80",
        b"description=1%00",
        b"amount=1500",
        b"description[a=1",
        b"[a]=1",
        b"=1",
        b"metadata[a]=1&metadata[a][b]=2",
        b"metadata=1&metadata[a]=2",
        b"description[a]=1",
        b"expand[]=a&expand=b",
        b"metadata[a][b][c][d][e][f][g]=1",
        b"expand[][a]=1",
        b"&".join(b"metadata[%d]=1" % n for n in range(501)),
    ],
)
def test_what_is_no_form_is_refused(raw, body):
    """400 in the usual shape."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    good = b"amount=1500&currency=usd"
    assert raw.post(INTENTS, content=good, headers=form).status_code == 200
    response = raw.post(INTENTS, content=good + b"&" + body, headers=form)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_json_is_refused(raw):
    """The API takes forms only."""
    response = raw.post(INTENTS, json=GOOD)
    assert response.status_code == 400
    assert "application/x-www-form-urlencoded" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/v1"),
        ("GET", "/nothing"),
        ("GET", "/v2/payment_intents"),
        ("GET", "//v1/payment_intents"),
        ("GET", "/v1/payment_intents/"),
        ("GET", "/v1/payment_intents/pi_1/confirm"),
        ("GET", "/v1/payment_intents/*"),
        ("POST", "/v1/payment_intents/pi_1/cancel/now"),
        ("DELETE", "/v1/payment_intents/pi_1"),
        ("PUT", "/livez"),
    ],
)
def test_an_unknown_address_is_404(raw, method, path):
    """With method and path in the message, or as a missing object."""
    response = raw.request(method, path)
    assert response.status_code == 404
    assert response.json()["error"]["type"] == "invalid_request_error"
