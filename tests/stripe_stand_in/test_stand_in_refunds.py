import pytest
import stripe


def test_a_refund_gives_back_what_is_left(client, pay):
    """First a part, then without an amount the rest."""
    intent = pay(amount=5000)
    part = client.refunds.create(
        {
            "payment_intent": intent.id,
            "amount": 1200,
            "reason": "requested_by_customer",
            "metadata": {"orderId": "7"},
        }
    )
    assert (part.amount, part.status) == (1200, "succeeded")
    assert (part.reason, part.metadata["orderId"]) == ("requested_by_customer", "7")
    rest = client.refunds.create({"charge": intent.latest_charge})
    assert (rest.amount, rest.payment_intent) == (3800, intent.id)
    charge = client.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (5000, True)
    assert client.refunds.retrieve(part.id) == part
    listed = client.refunds.list({"payment_intent": intent.id}).data
    assert [refund.id for refund in listed] == [rest.id, part.id]
    assert client.refunds.list({"charge": intent.latest_charge}).data == listed


def test_a_refund_never_exceeds_what_is_left(client, pay):
    """Too much in one go, too much in two, and anything after all of it."""
    intent = pay(amount=1000)

    def refuse(**params):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.refunds.create({"payment_intent": intent.id} | params)
        return refused.value

    too_much = refuse(amount=2500)
    assert too_much.param == "amount"
    assert too_much.user_message == (
        "Refund amount ($25.00) is greater than charge amount ($10.00)"
    )
    client.refunds.create({"payment_intent": intent.id, "amount": 400})
    assert refuse(amount=601).user_message == (
        "Refund amount ($6.01) is greater than unrefunded amount on charge ($6.00)"
    )
    client.refunds.create({"payment_intent": intent.id})
    nothing_left = refuse()
    assert nothing_left.code == "charge_already_refunded"
    assert nothing_left.user_message == (
        f"Charge {intent.latest_charge} has already been refunded."
    )
    assert refuse(amount=1).code == "charge_already_refunded"


def test_what_was_not_paid_is_not_refunded(client, pay):
    """Neither an open intent nor a declined one."""
    open_intent = client.payment_intents.create({"amount": 900, "currency": "usd"})
    with pytest.raises(stripe.CardError) as declined:
        pay("tok_chargeDeclined")
    failed = declined.value.error.payment_intent.id
    for intent_id in (open_intent.id, failed):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.refunds.create({"payment_intent": intent_id})
        assert refused.value.user_message == (
            f"This PaymentIntent ({intent_id}) does not have a successful charge to "
            "refund."
        )


def test_a_refund_names_what_it_refunds(client, pay):
    """Something, something that exists, and two things only if they belong together."""
    one, other = pay(), pay()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.refunds.create({"amount": 100})
    assert refused.value.code == "parameter_missing"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.refunds.create({"payment_intent": "pi_nothing"})
    assert refused.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        client.refunds.create({"payment_intent": one.id, "charge": other.latest_charge})
    both = {"payment_intent": one.id, "charge": one.latest_charge}
    assert client.refunds.create(both).amount == 1500
