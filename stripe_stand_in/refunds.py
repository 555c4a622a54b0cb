"""The endpoints of https://docs.stripe.com/api/refunds and of single charges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripe_stand_in import refunding
from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.entities import Charge, Intent, Refund
from stripe_stand_in.errors import ParameterError, StripeError
from stripe_stand_in.expansion import expand
from stripe_stand_in.ids import new_id
from stripe_stand_in.parameters import Table, integer, metadata, one_of, text


def _check(params: Mapping[str, Any], _version: str) -> None:
    if not params.keys() & {"payment_intent", "charge"}:
        raise ParameterError(
            "One of the following params should be provided for this request: "
            "payment_intent or charge.",
            code="parameter_missing",
            param="payment_intent",
        )


def _charge(call: Call) -> Charge:
    """By `charge`, by `payment_intent`, or by both if they belong together."""
    charge_id = call.params.get("charge")
    intent_id = call.params.get("payment_intent")
    if intent_id is not None:
        intent = call.named(Intent, "payment_intent", intent_id)
        if charge_id is None and intent.latest_charge is None:
            raise _nothing_to_refund(intent_id)
        charge_id = charge_id or intent.latest_charge
    assert charge_id is not None
    charge = call.named(Charge, "charge", charge_id)
    if charge.status != "succeeded":
        raise _nothing_to_refund(charge.payment_intent)
    if intent_id not in {None, charge.payment_intent}:
        raise StripeError(
            f"Charge {charge.id} does not belong to PaymentIntent {intent_id}.",
            param="charge",
        )
    return charge


def _nothing_to_refund(intent_id: str) -> StripeError:
    return StripeError(
        f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
    )


def _create(call: Call) -> Answer:
    charge = _charge(call)
    refund = Refund(
        id=new_id("re"),
        created=call.tx.now,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        amount=call.params.get("amount", charge.refundable),
        currency=charge.currency,
        reason=call.params.get("reason"),
        metadata=call.params.get("metadata", {}),
    )
    return call.settle(
        refunding.refund(charge, refund, call.around.settling), refund.id
    )


ENDPOINTS = {
    "POST refunds": Endpoint(
        Table(
            {
                "amount": integer(1),
                "charge": text(),
                "expand": expand(Refund),
                "metadata": metadata,
                "payment_intent": text(),
                "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
            }
        ),
        _create,
        _check,
    ),
    "GET refunds/*": Endpoint(
        Table({"expand": expand(Refund)}), lambda call: call.show(call.found(Refund))
    ),
    "GET charges/*": Endpoint(
        Table({"expand": expand(Charge)}), lambda call: call.show(call.found(Charge))
    ),
}
