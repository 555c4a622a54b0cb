"""What is changed after it was made, and metadata as an update changes it.

https://docs.stripe.com/api/payment_intents/update
https://docs.stripe.com/api/refunds/update
https://docs.stripe.com/metadata: what is named is set, an empty value takes the key
away, the rest stays; an empty string in place of the hash takes all of it away.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stripe_stand_in import currencies, debits, models
from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.changes import Change
from stripe_stand_in.entities import Intent, Refund
from stripe_stand_in.errors import ParameterError
from stripe_stand_in.expansion import expand
from stripe_stand_in.parameters import Table, currency, integer, metadata, text

MAX_KEYS = 50


def metadata_change(value: Any, name: str) -> dict[str, str] | None:
    """The keys to set, an empty value for one to take away; None takes all away."""
    if value == "":
        return None
    return {key: "" for key in value if isinstance(value, dict)} | metadata(value, name)


def merged(old: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    if change is None:
        return {}
    new = {key: value for key, value in (old | change).items() if value != ""}
    if len(new) > MAX_KEYS:
        raise ParameterError(
            f"Metadata can have at most {MAX_KEYS} keys", param="metadata"
        )
    return new


def _update_intent(call: Call) -> Answer:
    """No event tells of it: https://docs.stripe.com/api/events/types"""
    intent = call.found(Intent)
    given = {key: value for key, value in call.params.items() if key != "expand"}
    if "metadata" in given:
        given["metadata"] = merged(intent.metadata, given["metadata"])
    updated = replace(intent, **given)
    if {"amount", "currency"} & given.keys():
        models.check_repriceable(intent)
        currencies.check(updated.amount, updated.currency)
        updated = replace(updated, payment_method_types=_accepted(updated))
    return call.settle(Change((updated,)), intent.id)


def _accepted(intent: Intent) -> list[str]:
    automatic = debits.KNOWN_TYPES if intent.allow_redirects else None
    types = intent.allowed_payment_method_types or automatic
    return debits.accepted(types or intent.payment_method_types, intent.currency)


def _update_refund(call: Call) -> Answer:
    refund = call.found(Refund)
    if "metadata" in call.params:
        changed = merged(refund.metadata, call.params["metadata"])
        refund = replace(refund, metadata=changed)
    return call.settle(Change((refund,), (("refund.updated", refund),)), refund.id)


ENDPOINTS = {
    "POST payment_intents/*": Endpoint(
        Table(
            {
                "amount": integer(1),
                "currency": currency,
                "description": text(),
                "expand": expand(Intent),
                "metadata": metadata_change,
                "receipt_email": text(800),
            }
        ),
        _update_intent,
    ),
    "POST refunds/*": Endpoint(
        Table({"expand": expand(Refund), "metadata": metadata_change}), _update_refund
    ),
}
