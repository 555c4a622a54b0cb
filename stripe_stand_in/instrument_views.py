"""Tokens, cards and bank accounts as the JSON objects of https://docs.stripe.com/api"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from stripe_stand_in import debits, shapes
from stripe_stand_in.cards import CARDS, Card
from stripe_stand_in.debits import Account
from stripe_stand_in.entities import Charge, PaymentMethod, Token
from stripe_stand_in.outcomes import behind

Json = dict[str, Any]


def billing(details: Json) -> Json:
    address = shapes.NO_ADDRESS | details.get("address", {})
    return shapes.NO_BILLING | details | {"address": address}


def _fingerprint(source: Card | Account) -> str:
    """The same for every use of one number, as Stripe's is."""
    return sha256(source.number.encode()).hexdigest()[:16]


def account_of(account: Account) -> Json:
    """https://docs.stripe.com/api/payment_methods/object#payment_method_object-us_bank_account"""
    return {
        **shapes.ACCOUNT,
        "bank_name": debits.BANK_NAME,
        "fingerprint": _fingerprint(account),
        "last4": account.last4,
        "routing_number": debits.ROUTING_NUMBER,
    }


def card_of(of: Charge | PaymentMethod, card: Card) -> Json:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": of.cvc_check,
        },
        "country": card.country,
        "exp_month": of.exp_month,
        "exp_year": of.exp_year,
        "fingerprint": _fingerprint(card),
        "funding": card.funding,
        "last4": card.last4,
        "wallet": None,
    }


def token_view(token: Token) -> Json:
    card = CARDS[token.number]
    return {
        "id": token.id,
        "object": "token",
        "card": {
            "id": "card_" + token.id.removeprefix("tok_"),
            "object": "card",
            **shapes.TOKEN_CARD,
            "brand": card.brand.title(),
            "country": card.country,
            "cvc_check": "unchecked" if token.cvc_check else None,
            "exp_month": token.exp_month,
            "exp_year": token.exp_year,
            "fingerprint": _fingerprint(card),
            "funding": card.funding,
            "last4": card.last4,
            "name": token.name,
        },
        "client_ip": None,
        "created": token.created,
        "livemode": False,
        "type": "card",
        "used": token.used,
    }


def method_view(method: PaymentMethod) -> Json:
    return {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing(method.billing_details),
        "created": method.created,
        "customer": None,
        "livemode": False,
        "metadata": method.metadata,
        "type": method.type,
        method.type: _means(method),
    }


def _means(method: PaymentMethod) -> Json:
    source = behind(method)
    if isinstance(source, Account):
        return account_of(source)
    return {
        **card_of(method, source),
        "display_brand": source.brand,
        "generated_from": None,
        "networks": {"available": [source.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
    }
