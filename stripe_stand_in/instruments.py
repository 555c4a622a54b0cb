"""Cards as clients hand them over: tokens, payment methods, numbers.

https://docs.stripe.com/api/tokens/create_card
https://docs.stripe.com/api/payment_methods/create
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from stripe_stand_in import cards, debits
from stripe_stand_in.call import Answer, Call, Endpoint
from stripe_stand_in.changes import Change
from stripe_stand_in.entities import Entity, PaymentMethod, Token
from stripe_stand_in.errors import StripeError
from stripe_stand_in.expansion import expand
from stripe_stand_in.ids import new_id
from stripe_stand_in.parameters import (
    Table,
    integer,
    metadata,
    missing,
    one_of,
    text,
)

_DETAILS = ("number", "exp_month", "exp_year")
_CARD = Table(
    {
        "token": text(),
        "number": text(40),
        "exp_month": integer(),
        "exp_year": integer(),
        "cvc": text(10),
    },
    exclusive=(("token", "number"),),
)
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_BILLING = Table(
    {
        "address": Table(dict.fromkeys(_ADDRESS, text())),
        "email": text(800),
        "name": text(),
        "phone": text(),
    }
)


def _card(value: Any, name: str) -> dict[str, Any]:
    given = _CARD(value, name)
    for detail in _DETAILS:
        if "token" not in given and detail not in given:
            raise missing(f"{name}[{detail}]")
    return given


METHOD_DATA = Table(
    {
        "type": one_of("card"),
        "card": _card,
        "billing_details": _BILLING,
        "metadata": metadata,
    },
    required=("type", "card"),
)


@dataclass(frozen=True)
class Instrument:
    """The payment method of a request, and what has to be kept for it."""

    method: PaymentMethod | None = None
    kept: tuple[Entity, ...] = ()


def given(call: Call) -> Instrument:
    """From `payment_method` or `payment_method_data`, if the request has either."""
    if data := call.params.get("payment_method_data"):
        return _from_data(call, data)
    name = call.params.get("payment_method")
    if name is None:
        return Instrument()
    if name in cards.METHODS:
        method = _fresh(call, cards.METHODS[name])
        return Instrument(method, (method,))
    if name in debits.METHODS:
        method = _account(call, debits.METHODS[name])
        return Instrument(method, (method,))
    return Instrument(call.named(PaymentMethod, "payment_method", name))


def _fresh(call: Call, card: cards.Card, **more: Any) -> PaymentMethod:
    """A test card by name is valid until the end of next year."""
    details: dict[str, Any] = {
        "exp_month": 12,
        "exp_year": _today(call)[0] + 1,
        "cvc_check": "pass",
    }
    return PaymentMethod(
        id=new_id("pm"), created=call.tx.now, number=card.number, **(details | more)
    )


def _account(call: Call, account: debits.Account) -> PaymentMethod:
    return PaymentMethod(
        id=new_id("pm"),
        created=call.tx.now,
        number=account.number,
        type=debits.TYPE,
        billing_details={"name": "Jenny Rosen", "email": "jenny@example.com"},
    )


def _today(call: Call) -> tuple[int, int]:
    today = datetime.fromtimestamp(call.tx.now, UTC)
    return today.year, today.month


def _from_data(call: Call, data: Mapping[str, Any]) -> Instrument:
    extra = {
        "billing_details": data.get("billing_details", {}),
        "metadata": data.get("metadata", {}),
    }
    name = data["card"].get("token")
    if name is None:
        card, details = _checked(call, data["card"])
        method = _fresh(call, card, **details, **extra)
        return Instrument(method, (method,))
    if name in cards.TOKENS:
        method = _fresh(call, cards.TOKENS[name], **extra)
        return Instrument(method, (method,))
    return _from_token(call, name, extra)


def _from_token(call: Call, name: str, extra: dict[str, Any]) -> Instrument:
    """A token can be used once: https://docs.stripe.com/error-codes#token-already-used"""
    token = call.named(Token, "payment_method_data[card][token]", name)
    if token.used:
        raise StripeError(
            f"You cannot use a Stripe token more than once: {token.id}.",
            code="token_already_used",
        )
    details = {"exp_month": token.exp_month, "exp_year": token.exp_year}
    card = cards.CARDS[token.number]
    method = _fresh(call, card, **details, cvc_check=token.cvc_check, **extra)
    return Instrument(method, (replace(token, used=True), method))


def _checked(call: Call, data: Mapping[str, Any]) -> tuple[cards.Card, dict[str, Any]]:
    card = cards.check_number(data["number"])
    year = cards.check_expiry(data["exp_month"], data["exp_year"], _today(call))
    return card, {
        "exp_month": data["exp_month"],
        "exp_year": year,
        "cvc_check": cards.check_cvc(data.get("cvc"), card.brand),
    }


def _create_method(call: Call) -> Answer:
    made = _from_data(call, call.params)
    assert made.method is not None
    return call.settle(Change(made.kept), made.method.id)


def _create_token(call: Call) -> Answer:
    data = call.params["card"]
    card, details = _checked(call, data)
    token = Token(
        id=new_id("tok"),
        created=call.tx.now,
        number=card.number,
        name=data.get("name"),
        **details,
    )
    return call.settle(Change((token,)), token.id)


_TOKEN_CARD = Table(
    {key: rule for key, rule in _CARD.fields.items() if key != "token"}
    | {"name": text()},
    required=_DETAILS,
)

ENDPOINTS = {
    "POST tokens": Endpoint(
        Table({"card": _TOKEN_CARD, "expand": expand(Token)}, required=("card",)),
        _create_token,
    ),
    "GET tokens/*": Endpoint(
        Table({"expand": expand(Token)}), lambda call: call.show(call.found(Token))
    ),
    "POST payment_methods": Endpoint(
        Table(
            {**METHOD_DATA.fields, "expand": expand(PaymentMethod)},
            required=METHOD_DATA.required,
        ),
        _create_method,
    ),
    "GET payment_methods/*": Endpoint(
        Table({"expand": expand(PaymentMethod)}),
        lambda call: call.show(call.found(PaymentMethod)),
    ),
}
