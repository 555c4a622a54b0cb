"""Entities as the JSON objects of https://docs.stripe.com/api, null fields included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_stand_in import shapes
from stripe_stand_in.cards import Card, Decline
from stripe_stand_in.debits import Account
from stripe_stand_in.entities import (
    Charge,
    Entity,
    Intent,
    PaymentMethod,
    Refund,
    Token,
    WebhookEndpoint,
)
from stripe_stand_in.errors import StripeError
from stripe_stand_in.instrument_views import (
    account_of,
    billing,
    card_of,
    method_view,
    token_view,
)
from stripe_stand_in.outcomes import behind

Json = dict[str, Any]


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
        "payment_method_types": intent.payment_method_types,
        "receipt_email": intent.receipt_email,
        "status": intent.status,
    }


def _last_error(error: Json | None) -> Json | None:
    if error is None:
        return None
    return error | {
        "payment_method": method_view(PaymentMethod(**error["payment_method"]))
    }


def _charge(charge: Charge) -> Json:
    source = behind(charge)
    if isinstance(source, Card):
        paid_with = card_of(charge, source) | {"network": source.brand}
    else:
        paid_with = account_of(source)
    return {
        "id": charge.id,
        "object": "charge",
        **shapes.CHARGE,
        **_result(charge, source),
        "amount": charge.amount,
        "billing_details": billing(charge.billing_details),
        "created": charge.created,
        "currency": charge.currency,
        "description": charge.description,
        "metadata": charge.metadata,
        "payment_intent": charge.payment_intent,
        "payment_method": charge.payment_method,
        "payment_method_details": {
            charge.type: paid_with,
            "type": charge.type,
        },
        "receipt_email": charge.receipt_email,
        "status": charge.status,
    }


def _result(charge: Charge, source: Card | Account) -> Json:
    paid = charge.status == "succeeded"
    why = source.decline if charge.status == "failed" else None
    return {
        "amount_captured": charge.amount if paid else 0,
        "amount_refunded": charge.amount_refunded,
        "captured": paid,
        "failure_code": charge.failure_code or (why and why.code),
        "failure_message": charge.failure_message or (why and why.message),
        "outcome": _outcome(why, failed=charge.status == "failed"),
        "paid": paid,
        "refunded": paid and charge.refundable == 0,
    }


def _outcome(why: Decline | None, *, failed: bool) -> Json:
    """https://docs.stripe.com/api/charges/object#charge_object-outcome"""
    words: tuple[str | None, ...]
    if not failed:
        words = "approved_by_network", None, "normal", "Payment complete.", "authorized"
    elif why and why.blocked:
        said = "Stripe blocked this payment as too risky."
        reason = "highest_risk_level"
        words = "not_sent_to_network", reason, "highest", said, "blocked"
    else:
        said = "The bank did not return any further details with this decline."
        reason = (why and (why.decline_code or why.code)) or "generic_decline"
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
        **({"failure_reason": refund.failure_reason} if refund.failure_reason else {}),
        "metadata": refund.metadata,
        "payment_intent": refund.payment_intent,
        "reason": refund.reason,
        "status": refund.status,
    }


def _endpoint(endpoint: WebhookEndpoint) -> Json:
    """Without the secret, which is shown once."""
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "api_version": endpoint.api_version,
        "application": None,
        "created": endpoint.created,
        "description": endpoint.description,
        "enabled_events": endpoint.enabled_events,
        "livemode": False,
        "metadata": endpoint.metadata,
        "status": endpoint.status,
        "url": endpoint.url,
    }


_VIEWS: dict[type[Any], Callable[[Any], Json]] = {
    Token: token_view,
    PaymentMethod: method_view,
    Intent: _intent,
    Charge: _charge,
    Refund: _refund,
    WebhookEndpoint: _endpoint,
}


def render(entity: Entity) -> Json:
    return _VIEWS[type(entity)](entity)


def render_error(error: StripeError) -> Json:
    """https://docs.stripe.com/api/errors"""
    fields = error.fields()
    if error.intent is not None:
        fields["payment_intent"] = _intent(error.intent)
    if error.method is not None:
        fields["payment_method"] = method_view(error.method)
    return {"error": fields}
