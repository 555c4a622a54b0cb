"""Webhooks as Stripe signs them."""

import hmac
import json
import secrets
import time
from hashlib import sha256

URL = "/api/payments/webhook"


def signed(system, body, at=None, secret=None):
    """https://docs.stripe.com/webhooks#verify-manually"""
    at = int(time.time() if at is None else at)
    secret = secret or system.settings["STRIPE_WEBHOOK_SECRET"]
    digest = hmac.new(secret.encode(), b"%d.%b" % (at, body), sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}"}


def event_of(order_id, kind="payment_intent.succeeded"):
    """An event of which the bytes are ours, and the claims as well."""
    intent = {"id": "pi_claimed", "object": "payment_intent", "amount_received": 1}
    intent["metadata"] = {"order_id": order_id}
    return json.dumps(
        {
            "id": f"evt_{secrets.token_hex(8)}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "type": kind,
            "data": {"object": intent},
        }
    ).encode()
