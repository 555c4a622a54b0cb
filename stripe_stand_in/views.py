"""Entities as the JSON objects of https://docs.stripe.com/api, null fields included."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from stripe_stand_in import shapes
from stripe_stand_in.cards import CARDS, Card
from stripe_stand_in.entities import (
    Charge,
    Entity,
    Intent,
    PaymentMethod,
    Refund,
    Token,
)
from stripe_stand_in.errors import StripeError

Json = dict[str, Any]


def _billing(details: Json) -> Json:
    address = shapes.NO_ADDRESS | details.get("address", {})
    return shapes.NO_BILLING | details | {"address": address}


def _fingerprint(card: Card) -> str:
    """The same for every use of one number, as Stripe's is."""
    return sha256(card.number.encode()).hexdigest()[:16]


def _card(of: Charge | PaymentMethod, card: Card) -> Json:
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


def _token(token: Token) -> Json:
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


def _method(method: PaymentMethod) -> Json:
    card = CARDS[method.number]
    return {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(method.billing_details),
        "card": {
            **_card(method, card),
            "display_brand": card.brand,
            "generated_from": None,
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
        },
        "created": method.created,
        "customer": None,
        "livemode": False,
        "metadata": method.metadata,
        "type": "card",
    }


def _intent(intent: Intent) -> Json:
    return {
        "id": intent.id,
        "object": "payment_intent",
        **shapes.INTENT,
        "allowed_payment_method_types": intent.allowed_payment_method_types,
        "amount": intent.amount,
        "amount_received": intent.amount_received,
        "automatic_payment_methods": intent.allow_redirects
        and {"allow_redirects": intent.allow_redirects, "enabled": True},
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": intent.capture_method,
        "client_secret": intent.client_secret,
        "created": intent.created,
        "currency": intent.currency,
        "description": intent.description,
        "last_payment_error": _last_error(intent.last_payment_error),
        "latest_charge": intent.latest_charge,
        "metadata": intent.metadata,
        "next_action": intent.next_action,
        "payment_method": intent.payment_method,
        "receipt_email": intent.receipt_email,
        "status": intent.status,
    }


def _last_error(error: Json | None) -> Json | None:
    if error is None:
        return None
    return error | {"payment_method": _method(PaymentMethod(**error["payment_method"]))}


def _charge(charge: Charge) -> Json:
    card = CARDS[charge.number]
    return {
        "id": charge.id,
        "object": "charge",
        **shapes.CHARGE,
        **_result(charge, card),
        "amount": charge.amount,
        "billing_details": _billing(charge.billing_details),
        "created": charge.created,
        "currency": charge.currency,
        "description": charge.description,
        "metadata": charge.metadata,
        "payment_intent": charge.payment_intent,
        "payment_method": charge.payment_method,
        "payment_method_details": {
            "card": _card(charge, card) | {"network": card.brand},
            "type": "card",
        },
        "receipt_email": charge.receipt_email,
        "status": charge.status,
    }


def _result(charge: Charge, card: Card) -> Json:
    paid = charge.status == "succeeded"
    why = None if paid else card.decline
    return {
        "amount_captured": charge.amount if paid else 0,
        "amount_refunded": charge.amount_refunded,
        "captured": paid,
        "failure_code": why and why.code,
        "failure_message": why and why.message,
        "outcome": _outcome(card, paid=paid),
        "paid": paid,
        "refunded": paid and charge.refundable == 0,
    }


def _outcome(card: Card, *, paid: bool) -> Json:
    """https://docs.stripe.com/api/charges/object#charge_object-outcome"""
    words: tuple[str | None, ...]
    if paid or card.decline is None:
        words = "approved_by_network", None, "normal", "Payment complete.", "authorized"
    elif card.decline.blocked:
        said = "Stripe blocked this payment as too risky."
        reason = "highest_risk_level"
        words = "not_sent_to_network", reason, "highest", said, "blocked"
    else:
        said = "The bank did not return any further details with this decline."
        reason = card.decline.decline_code or card.decline.code
        words = "declined_by_network", reason, "normal", said, "issuer_declined"
    names = "network_status", "reason", "risk_level", "seller_message", "type"
    return dict(zip(names, words, strict=True))


def _refund(refund: Refund) -> Json:
    return {
        "id": refund.id,
        "object": "refund",
        **shapes.REFUND,
        "amount": refund.amount,
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency,
        "metadata": refund.metadata,
        "payment_intent": refund.payment_intent,
        "reason": refund.reason,
        "status": refund.status,
    }


_VIEWS: dict[type[Any], Callable[[Any], Json]] = {
    Token: _token,
    PaymentMethod: _method,
    Intent: _intent,
    Charge: _charge,
    Refund: _refund,
}


def render(entity: Entity) -> Json:
    return _VIEWS[type(entity)](entity)


def render_error(error: StripeError) -> Json:
    """https://docs.stripe.com/api/errors"""
    fields = error.fields()
    if error.intent is not None:
        fields["payment_intent"] = _intent(error.intent)
    if error.method is not None:
        fields["payment_method"] = _method(error.method)
    return {"error": fields}
