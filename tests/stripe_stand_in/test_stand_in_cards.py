"""Cards: which pay, which are declined and why, and what is no card at all."""

import pytest
import stripe

from stripe_stand_in import cards

DECLINED = "Your card was declined."
TOO_OFTEN = (
    "Your card was declined for making repeated attempts too frequently or exceeding "
    "its amount limit."
)
NOT_FOR_TESTS = (
    "Your card was declined. Your request was in test mode, but used a non test (live) "
    "card. For a list of valid test cards, visit: https://stripe.com/docs/testing."
)
DECLINES = [
    ("chargeDeclined", "card_declined", "generic_decline", DECLINED),
    (
        "chargeDeclinedInsufficientFunds",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    ("chargeDeclinedLostCard", "card_declined", "lost_card", DECLINED),
    ("chargeDeclinedStolenCard", "card_declined", "stolen_card", DECLINED),
    ("chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
    (
        "chargeDeclinedIncorrectCvc",
        "incorrect_cvc",
        None,
        "Your card's security code is incorrect.",
    ),
    (
        "chargeDeclinedProcessingError",
        "processing_error",
        None,
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    (
        "chargeDeclinedVelocityLimitExceeded",
        "card_declined",
        "card_velocity_exceeded",
        TOO_OFTEN,
    ),
    ("chargeDeclinedFraudulent", "card_declined", "fraudulent", DECLINED),
    ("chargeCustomerFail", "card_declined", "generic_decline", DECLINED),
]
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}


@pytest.mark.parametrize(("name", "code", "decline_code", "message"), DECLINES)
def test_a_declined_card_says_why_and_leaves_the_intent_open(
    client, pay, name, code, decline_code, message
):
    """402, a failed charge, and the next card may be tried on the same intent."""
    with pytest.raises(stripe.CardError) as declined:
        pay(f"tok_{name}")
    error = declined.value.error
    assert declined.value.http_status == 402
    assert (error.code, error.decline_code, error.message) == (
        code,
        decline_code,
        message,
    )
    intent = client.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.payment_method is None
    assert intent.last_payment_error.code == code
    assert intent.last_payment_error.payment_method.id == error.payment_method.id
    charge = client.charges.retrieve(error.charge)
    assert (charge.status, charge.paid, charge.amount_captured) == ("failed", False, 0)
    assert (charge.failure_code, charge.failure_message) == (code, message)
    paid = client.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


@pytest.mark.parametrize("twin", ["pm_card_{}", "pm_card_visa_{}"])
@pytest.mark.parametrize(("name", "code"), [(row[0], row[1]) for row in DECLINES])
def test_the_payment_methods_decline_as_their_tokens_do(client, twin, name, code):
    """Stripe writes some with the brand and some without it."""
    intent = client.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "allowed_payment_method_types": ["card"],
            "payment_method": twin.format(name),
        }
    )
    with pytest.raises(stripe.CardError) as declined:
        client.payment_intents.confirm(intent.id)
    assert declined.value.code == code


def test_a_blocked_card_never_reaches_the_bank(client, pay):
    """The outcome tells fraud from a bank's decline."""
    with pytest.raises(stripe.CardError) as blocked:
        pay("tok_radarBlock")
    with pytest.raises(stripe.CardError) as declined:
        pay("tok_chargeDeclined")
    kinds = [
        client.charges.retrieve(refused.value.error.charge).outcome.type
        for refused in (blocked, declined)
    ]
    assert kinds == ["blocked", "issuer_declined"]


@pytest.mark.parametrize(
    ("token", "brand", "funding"),
    [
        ("tok_visa_debit", "visa", "debit"),
        ("tok_mastercard", "mastercard", "credit"),
        ("tok_amex", "amex", "credit"),
        ("tok_discover", "discover", "credit"),
        ("tok_gb", "visa", "credit"),
    ],
)
def test_good_tokens_pay(pay, token, brand, funding):
    """Each brand is shown as it is."""
    charge = pay(token, expand=["latest_charge"]).latest_charge
    card = charge.payment_method_details.card
    assert (charge.status, card.brand, card.funding) == ("succeeded", brand, funding)


@pytest.mark.parametrize("card", cards.CARDS.values(), ids=lambda card: card.number)
def test_every_test_number_is_a_valid_number(card):
    """The table has no slip of the pen."""
    assert cards.check_number(card.number) is card


def test_an_unknown_token_is_refused(pay):
    """As a parameter, so with 400."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay("tok_nothing")
    assert refused.value.http_status == 400
    assert refused.value.code == "resource_missing"
    assert refused.value.user_message == "No such token: 'tok_nothing'"


def test_a_token_made_from_a_number_pays_once(client, pay):
    """Tokens are single-use."""
    token = client.tokens.create({"card": CARD})
    assert (token.card.last4, token.used) == ("4242", False)
    assert pay(token.id).status == "succeeded"
    assert client.tokens.retrieve(token.id).used
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(token.id)
    assert refused.value.code == "token_already_used"


def test_a_paid_intent_is_refused_before_its_card_is_looked_at(client, pay):
    """A double click with the same token hears of the success, not of the token."""
    token = client.tokens.create({"card": CARD})
    intent = pay(token.id)
    again = {"payment_method_data": {"type": "card", "card": {"token": token.id}}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.confirm(intent.id, again)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_payment_method_without_a_customer_is_tried_once(client):
    """It is shown, it fails, and it cannot be tried again."""
    method = client.payment_methods.create(
        {
            "type": "card",
            "card": CARD | {"number": "4000 0000 0000 9995"},
            "billing_details": {"name": "Ann", "address": {"country": "AT"}},
        }
    )
    shown = client.payment_methods.retrieve(method.id)
    assert (shown.card.last4, shown.billing_details.name) == ("9995", "Ann")
    params = {
        "amount": 1500,
        "currency": "usd",
        "confirm": True,
        "payment_method": method.id,
        "allowed_payment_method_types": ["card"],
    }
    with pytest.raises(stripe.CardError, match="insufficient funds"):
        client.payment_intents.create(params)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.payment_intents.create(params)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"number": "4242424242424241"},
            "incorrect_number",
            "Your card number is incorrect.",
        ),
        (
            {"number": "4111111111111111"},
            "card_declined",
            NOT_FOR_TESTS,
        ),
        (
            {"exp_month": 13},
            "invalid_expiry_month",
            "Your card's expiration month is invalid.",
        ),
        (
            {"exp_year": 2020},
            "invalid_expiry_year",
            "Your card's expiration year is invalid.",
        ),
        ({"cvc": "99"}, "invalid_cvc", "Your card's security code is invalid."),
    ],
)
def test_bad_card_data_is_refused(client, change, code, message):
    """When the token is made, and in the same words for a payment method."""
    bad = CARD | change
    for create, params in (
        (client.tokens.create, {"card": bad}),
        (client.payment_methods.create, {"type": "card", "card": bad}),
    ):
        with pytest.raises(stripe.CardError) as refused:
            create(params)
        assert (refused.value.code, refused.value.user_message) == (code, message)


def test_a_card_is_valid_until_the_end_of_its_month():
    """Two digits of the year are enough."""
    assert cards.check_expiry(11, 26, today=(2026, 11)) == 2026
    with pytest.raises(cards.CardError, match="month"):
        cards.check_expiry(10, 26, today=(2026, 11))
