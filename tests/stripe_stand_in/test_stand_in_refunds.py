"""Refunds: never more than is left, at once or slowly, and some of them fail."""

import json

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


def refunded(in_process, method, amount=600):
    """A refund of a paid intent, and the paths of it and of its charge."""
    intent = in_process.pay(method)
    body = f"payment_intent={intent['id']}&amount={amount}"
    refund = json.loads(in_process.post("/v1/refunds", body).body)
    return refund, f"/v1/refunds/{refund['id']}", f"/v1/charges/{refund['charge']}"


def test_a_slow_refund_is_pending_first(in_process):
    """The money counts as given back from the start; its end is an event."""
    refund, path, charge = refunded(in_process, "pm_card_pendingRefund")
    assert refund["status"] == "pending"
    assert in_process.get(charge)["amount_refunded"] == 600
    in_process.pass_time(4.9)
    assert in_process.get(path)["status"] == "pending"
    in_process.pass_time(0.1)
    assert in_process.get(path)["status"] == "succeeded"
    assert in_process.get(charge)["amount_refunded"] == 600
    told = in_process.events()[-3:]
    assert told == ["refund.created", "charge.refunded", "refund.updated"]


def test_a_refund_may_fail_after_it_succeeded(in_process):
    """The money is back with the charge, and may be refunded again."""
    refund, path, charge = refunded(in_process, "pm_card_refundFail", 1500)
    assert (refund["status"], "failure_reason" in refund) == ("succeeded", False)
    assert in_process.get(charge)["refunded"]
    in_process.pass_time(5)
    failed = in_process.get(path)
    assert failed["status"] == "failed"
    assert failed["failure_reason"] == "expired_or_canceled_card"
    after = in_process.get(charge)
    assert (after["amount_refunded"], after["refunded"]) == (0, False)
    assert in_process.events()[-2:] == ["refund.updated", "refund.failed"]
    again = in_process.post("/v1/refunds", f"charge={refund['charge']}")
    assert json.loads(again.body)["amount"] == 1500


def test_a_refund_of_a_debit_takes_its_time(in_process):
    """As the debit itself does; one that is not settled has nothing to refund."""
    intent = in_process.pay("pm_usBankAccount_success")
    early = in_process.post("/v1/refunds", f"payment_intent={intent['id']}")
    assert early.status == 400
    in_process.pass_time(5)
    made = in_process.post("/v1/refunds", f"payment_intent={intent['id']}")
    refund = json.loads(made.body)
    assert refund["status"] == "pending"
    in_process.pass_time(5)
    assert in_process.get(f"/v1/refunds/{refund['id']}")["status"] == "succeeded"


def test_the_metadata_of_a_refund_is_updated(client, pay):
    """Key by key; an event tells of it."""
    intent = pay()
    made = {"payment_intent": intent.id, "metadata": {"a": "1", "b": "2"}}
    refund = client.refunds.create(made)
    updated = client.refunds.update(refund.id, {"metadata": {"b": "", "c": "3"}})
    assert updated.metadata.to_dict() == {"a": "1", "c": "3"}
    assert client.events.list({"limit": 1}).data[0].type == "refund.updated"
