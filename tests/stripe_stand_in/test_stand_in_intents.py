"""PaymentIntents: each step that they take, and every one that is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import stripe

USD = {"amount": 1500, "currency": "usd"}
CARD_ONLY = {"allowed_payment_method_types": ["card"]}


def test_create_and_confirm_in_one_call_takes_the_whole_amount(pay):
    """A token, one call, one charge over the amount."""
    intent = pay(
        metadata={"orderId": "42"}, description="One seat", expand=["latest_charge"]
    )
    charge = intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 1500)
    assert (charge.amount_captured, charge.paid, charge.refunded) == (1500, True, False)
    assert charge.metadata == intent.metadata
    assert charge.metadata["orderId"] == "42"
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.payment_intent == intent.id
    assert intent.client_secret.startswith(f"{intent.id}_secret_")


def test_the_states_are_passed_through_one_by_one(client):
    """Without a card, with a card, confirmed."""
    intent = client.payment_intents.create(USD | CARD_ONLY)
    assert intent.status == "requires_payment_method"
    waiting = client.payment_intents.create(
        USD | CARD_ONLY | {"payment_method": "pm_card_visa"}
    )
    assert waiting.status == "requires_confirmation"
    assert client.payment_intents.confirm(waiting.id).status == "succeeded"
    paid = client.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_mastercard"}
    )
    assert paid.status == "succeeded"
    assert client.payment_intents.retrieve(intent.id) == paid


def test_a_succeeded_intent_cannot_be_confirmed_again(client, pay):
    """It succeeds at most once."""
    intent = pay()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert refused.value.code == "payment_intent_unexpected_state"
    assert "already succeeded" in refused.value.user_message
    assert refused.value.error.payment_intent.id == intent.id
    assert len(client.charges.list({"payment_intent": intent.id}).data) == 1


def test_of_twenty_confirmations_at_once_one_succeeds(stand_in, client):
    """Concurrent confirmations of one intent make one charge."""
    intent = client.payment_intents.create(USD | CARD_ONLY)
    barrier = Barrier(20)

    def confirm(_):
        barrier.wait()
        try:
            return (
                stand_in.client()
                .v1.payment_intents.confirm(
                    intent.id, {"payment_method": "pm_card_visa"}
                )
                .status
            )
        except stripe.InvalidRequestError as error:
            return error.code

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(confirm, range(20)))
    assert outcomes.count("succeeded") == 1
    assert outcomes.count("payment_intent_unexpected_state") == 19
    assert len(client.charges.list({"payment_intent": intent.id}).data) == 1


def test_confirm_without_a_card_is_refused(client):
    """There has to be a payment method by then."""
    intent = client.payment_intents.create(USD | CARD_ONLY)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.payment_intents.confirm(intent.id)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"payment_method": "pm_card_visa"},
        {"payment_method": "pm_card_threeDSecure2Required", "confirm": True},
    ],
)
def test_an_unpaid_intent_can_be_canceled_and_is_final(client, params):
    """From each waiting state; afterwards it can be neither confirmed nor canceled."""
    intent = client.payment_intents.create(USD | CARD_ONLY | params)
    gone = client.payment_intents.cancel(
        intent.id, {"cancellation_reason": "abandoned"}
    )
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert gone.canceled_at >= intent.created
    for call in (client.payment_intents.confirm, client.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            call(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"
        assert "a status of canceled" in refused.value.user_message


def test_a_succeeded_intent_cannot_be_canceled(client, pay):
    """Money that was taken is refunded, not canceled."""
    intent = pay()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_card_that_asks_for_authentication_waits_for_the_customer(pay, client):
    """requires_action: nothing is charged."""
    intent = pay("tok_threeDSecure2Required")
    assert intent.status == "requires_action"
    assert intent.next_action.type == "use_stripe_sdk"
    assert client.charges.list({"payment_intent": intent.id}).data == []


@pytest.mark.parametrize(
    ("amount", "currency", "least"),
    [
        (49, "usd", "$0.50 usd"),
        (49, "eur", "€0.50 eur"),
        (29, "gbp", "£0.30 gbp"),
        (49, "jpy", "¥50 jpy"),
        (249, "dkk", "2.50 dkk"),
    ],
)
def test_less_than_the_minimum_is_refused(client, amount, currency, least):
    """One minor unit more is accepted."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.create({"amount": amount, "currency": currency})
    assert refused.value.code == "amount_too_small"
    assert refused.value.param == "amount"
    assert refused.value.user_message == f"Amount must be at least {least}"
    enough = {"amount": amount + 1, "currency": currency}
    assert client.payment_intents.create(enough).amount == amount + 1


def test_more_than_eight_digits_are_refused(client):
    """99999999 is the largest amount."""
    assert client.payment_intents.create(USD | {"amount": 99_999_999})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.create(USD | {"amount": 100_000_000})
    assert refused.value.code == "amount_too_large"


def test_methods_that_may_redirect_need_a_return_url(client):
    """The default of the API since 2023-08-16, which a token alone does not meet."""
    params = USD | {"confirm": True, "payment_method": "pm_card_visa"}
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        client.payment_intents.create(params)
    never = {"enabled": True, "allow_redirects": "never"}
    for more in (
        {"return_url": "https://example.com/orders/1"},
        {"automatic_payment_methods": never},
        CARD_ONLY,
    ):
        assert client.payment_intents.create(params | more).status == "succeeded"


def test_the_list_of_types_depends_on_the_api_version(raw):
    """payment_method_types was removed, allowed_payment_method_types came before."""

    def code(version, name):
        response = raw.post(
            "/v1/payment_intents",
            data=USD | {f"{name}[]": "card"},
            headers={"Stripe-Version": version},
        )
        return response.json().get("error", {}).get("code", response.status_code)

    old, new = "2026-06-24.dahlia", "2026-10-28.endive"
    assert code(old, "payment_method_types") == 200
    gone = "payment_method_types_no_longer_supported"
    assert code(new, "payment_method_types") == gone
    assert code(old, "allowed_payment_method_types") == "parameter_unknown"
    assert code(new, "allowed_payment_method_types") == 200
