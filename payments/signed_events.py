"""Which bytes Stripe has signed, and what they tell.

https://docs.stripe.com/webhooks#verify-manually
"""

import json
import time
from typing import Any

import stripe

from payments.intents import Notice
from ticketing.errors import BadRequestError

# What is raised on bytes that are no event or a signature that is no text.
_NO_EVENT = (ValueError, KeyError, AttributeError, TypeError, RecursionError)


class SignedEvents:
    """``secrets`` are separated by commas: while one replaces another, both count."""

    def __init__(self, secrets: str) -> None:
        self._secrets = [each.strip() for each in secrets.split(",") if each.strip()]

    def notice_of(self, body: bytes, signature: str) -> Notice:
        """Raises BadRequestError unless Stripe signed these very bytes just now."""
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(
                    body, signature, secret, stripe.Webhook.DEFAULT_TOLERANCE
                )
                if not _is_early(signature):
                    return _notice(json.loads(body))
            except stripe.SignatureVerificationError:
                continue
            except _NO_EVENT:
                break
        raise BadRequestError("The signature does not fit")


def _is_early(signature: str) -> bool:
    """Whether it was made in the future, which the library lets pass."""
    made = next(part for part in signature.split(",") if part.startswith("t="))
    return int(made[2:]) > time.time() + stripe.Webhook.DEFAULT_TOLERANCE


def _notice(event: dict[str, Any]) -> Notice:
    """Of all that an event tells, four things: the library's objects are not made."""
    subject = event["data"]["object"]
    kind, metadata = subject.get("object"), subject.get("metadata") or {}
    intent_id = subject.get("id" if kind == "payment_intent" else "payment_intent")
    order_id = metadata.get("order_id")
    return Notice(
        id=str(event["id"]),
        type=str(event["type"]),
        intent_id=intent_id if isinstance(intent_id, str) else None,
        order_id=order_id if isinstance(order_id, str) else None,
    )
