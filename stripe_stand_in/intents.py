"""The endpoints of https://docs.stripe.com/api/payment_intents"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hmac import compare_digest
from secrets import token_hex
from typing import Any

from stripe_stand_in import debits, models
from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.changes import Attempt, Change
from stripe_stand_in.debits import KNOWN_TYPES
from stripe_stand_in.entities import Intent, PaymentMethod
from stripe_stand_in.errors import ParameterError, StripeError
from stripe_stand_in.expansion import expand
from stripe_stand_in.ids import new_id
from stripe_stand_in.instruments import METHOD_DATA, given
from stripe_stand_in.mandates import MANDATE
from stripe_stand_in.parameters import (
    Rule,
    Table,
    address,
    array,
    boolean,
    currency,
    integer,
    metadata,
    one_of,
    text,
    unknown,
)

_TYPES_SINCE = "2026-07-29"
_TYPES_UNTIL = "2026-09-30"


def _check_version(params: Mapping[str, Any], version: str) -> None:
    """Which list of payment method types a version of the API takes.

    https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter
    https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
    """
    if "allowed_payment_method_types" in params and version < _TYPES_SINCE:
        raise unknown("allowed_payment_method_types")
    if "payment_method_types" in params and version >= _TYPES_UNTIL:
        raise ParameterError(
            "The `payment_method_types` parameter is no longer supported. Use dynamic "
            "payment methods, or `allowed_payment_method_types` to limit them.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )


def _check_create(params: Mapping[str, Any], version: str) -> None:
    _check_version(params, version)
    for name in ("return_url", "mandate_data"):
        if name in params and params.get("confirm") != "true":
            raise ParameterError(
                f"The parameter `{name}` can only be used with `confirm=true`.",
                param=name,
            )


def _types(value: Any, name: str) -> list[str]:
    """Types the stand-in does not know are left out; at least one has to remain."""
    types = [kind for kind in array(text())(value, name) if kind in KNOWN_TYPES]
    if not types:
        raise ParameterError(
            "No valid payment method types for this Payment Intent: the stand-in for "
            f"Stripe knows only {' and '.join(KNOWN_TYPES)}.",
            param=name,
        )
    return list(dict.fromkeys(types))


def _accepted(params: Mapping[str, Any]) -> list[str]:
    names = "allowed_payment_method_types", "payment_method_types"
    chosen = next((params[name] for name in names if name in params), KNOWN_TYPES)
    return debits.accepted(chosen, params["currency"])


def _allow_redirects(params: Mapping[str, Any]) -> str | None:
    """Without any choice the Dashboard's methods apply, and they may redirect.

    https://docs.stripe.com/upgrades#2023-08-16
    """
    if params.keys() & {"payment_method_types", "allowed_payment_method_types"}:
        return None
    chosen = params.get("automatic_payment_methods", {"enabled": True})
    return str(chosen.get("allow_redirects", "always")) if chosen["enabled"] else None


def _create(call: Call) -> Answer:
    params = call.params
    intent_id = new_id("pi")
    intent = Intent(
        id=intent_id,
        created=call.tx.now,
        amount=params["amount"],
        currency=params["currency"],
        client_secret=new_id(f"{intent_id}_secret"),
        capture_method=params.get("capture_method", "automatic_async"),
        description=params.get("description"),
        receipt_email=params.get("receipt_email"),
        metadata=params.get("metadata", {}),
        allow_redirects=_allow_redirects(params),
        allowed_payment_method_types=params.get("allowed_payment_method_types"),
        payment_method_types=_accepted(params),
    )
    instrument = given(call)
    if instrument.method:
        intent = models.attach(intent, instrument.method)
    change = Change(instrument.kept).then(models.create(intent))
    if params.get("confirm"):
        change = change.then(models.confirm(intent, instrument.method, _attempt(call)))
    return call.settle(change, intent.id)


def _attempt(call: Call) -> Attempt:
    around = call.around
    return Attempt(
        charge_id=new_id("ch"),
        now=call.tx.now,
        return_url=call.params.get("return_url"),
        host=around.host,
        secret=token_hex(16),
        mandate="mandate_data" in call.params,
        processing=around.processing,
        settling=around.settling,
    )


def _retrieve(call: Call) -> Answer:
    return call.show(_opened(call))


def _opened(call: Call) -> Intent:
    """The intent in the path; a client_secret has to be its own.

    https://docs.stripe.com/api/payment_intents/retrieve
    """
    intent = call.found(Intent)
    secret = call.params.get("client_secret", intent.client_secret)
    if not compare_digest(secret.encode(), intent.client_secret.encode()):
        raise StripeError(
            "The client_secret provided does not match the client_secret associated "
            "with the PaymentIntent.",
            code="payment_intent_invalid_parameter",
            param="client_secret",
        )
    return intent


def _confirm(call: Call) -> Answer:
    intent = _opened(call)
    models.check_confirmable(intent)
    instrument = given(call)
    method = instrument.method
    if method is None and intent.payment_method:
        method = call.tx.find(PaymentMethod, intent.payment_method)
    email = call.params.get("receipt_email", intent.receipt_email)
    intent = replace(intent, receipt_email=email)
    change = models.confirm(intent, method, _attempt(call))
    return call.settle(Change(instrument.kept).then(change), intent.id)


def _cancel(call: Call) -> Answer:
    reason = call.params.get("cancellation_reason")
    change = models.cancel(call.found(Intent), reason, call.tx.now)
    return call.settle(change, call.id)


_EXPAND: dict[str, Rule] = {"expand": expand(Intent)}
_SECRET: dict[str, Rule] = {"client_secret": text()}
_PAYING: dict[str, Rule] = {
    "mandate_data": MANDATE,
    "payment_method": text(),
    "payment_method_data": METHOD_DATA,
    "receipt_email": text(800),
    "return_url": address,
}
_ONE_METHOD = ("payment_method", "payment_method_data")

ENDPOINTS = {
    "POST payment_intents": Endpoint(
        Table(
            {
                "allowed_payment_method_types": _types,
                "amount": integer(1),
                "automatic_payment_methods": Table(
                    {
                        "allow_redirects": one_of("always", "never"),
                        "enabled": boolean,
                    },
                    required=("enabled",),
                ),
                "capture_method": one_of("automatic", "automatic_async"),
                "confirm": boolean,
                "currency": currency,
                "description": text(),
                "metadata": metadata,
                "payment_method_types": _types,
                **_PAYING,
                **_EXPAND,
            },
            required=("amount", "currency"),
            exclusive=(
                _ONE_METHOD,
                (
                    "automatic_payment_methods",
                    "payment_method_types",
                    "allowed_payment_method_types",
                ),
            ),
        ),
        _create,
        _check_create,
    ),
    "GET payment_intents/*": Endpoint(Table({**_SECRET, **_EXPAND}), _retrieve),
    "POST payment_intents/*/confirm": Endpoint(
        Table({**_SECRET, **_PAYING, **_EXPAND}, exclusive=(_ONE_METHOD,)), _confirm
    ),
    "POST payment_intents/*/cancel": Endpoint(
        Table(
            {
                "cancellation_reason": one_of(
                    "duplicate", "fraudulent", "requested_by_customer", "abandoned"
                ),
                **_EXPAND,
            }
        ),
        _cancel,
    ),
}
