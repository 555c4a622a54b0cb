"""The customer proves who pays before the money is taken.

https://docs.stripe.com/payments/3d-secure/authentication-flow
"""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from stripe_stand_in import outcomes
from stripe_stand_in.changes import Attempt, Change
from stripe_stand_in.entities import Intent, PaymentMethod
from stripe_stand_in.errors import StripeError

PAGES = "/stand-in/3ds/"


def require(intent: Intent, method: PaymentMethod, attempt: Attempt) -> Change:
    """Nothing is charged yet.

    With a return_url the customer is sent to a page:
    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action
    """
    known = None
    action: dict[str, Any] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    if attempt.return_url is not None:
        known = {"secret": attempt.secret, "return_url": attempt.return_url}
        page = f"http://{attempt.host}{PAGES}{intent.id}?secret={attempt.secret}"
        there = {"return_url": attempt.return_url, "url": page}
        action = {"type": "redirect_to_url", "redirect_to_url": there}
    intent = replace(
        intent, status="requires_action", next_action=action, authentication=known
    )
    return Change((method, intent), (("payment_intent.requires_action", intent),))


def admits(intent: Intent, secret: str) -> bool:
    """Whether somebody with this secret stands at the page of this payment."""
    known = intent.authentication
    return known is not None and compare_digest(
        known["secret"].encode(), secret.encode()
    )


def complete(intent: Intent, method: PaymentMethod, attempt: Attempt) -> Change:
    """The payment goes on; done a second time it has no effect."""
    if intent.status != "requires_action":
        return Change()
    return outcomes.proceed(intent, method, attempt)


def fail(intent: Intent, method: PaymentMethod) -> Change:
    """No charge is made, and another payment method may be tried.

    https://docs.stripe.com/error-codes#payment-intent-authentication-failure
    """
    if intent.status != "requires_action":
        return Change()
    error = StripeError(
        "The provided PaymentMethod has failed authentication. You can provide "
        "payment_method_data or a new PaymentMethod to attempt to fulfill this "
        "PaymentIntent again.",
        code="payment_intent_authentication_failure",
    )
    method = replace(method, spent=True)
    intent = outcomes.unpaid(intent, error, method)
    return Change((method, intent), (("payment_intent.payment_failed", intent),))


def way_back(intent: Intent) -> str:
    """The return_url with what Stripe adds to it, whatever query it already has.

    https://docs.stripe.com/payments/accept-a-payment (redirect_status)
    """
    assert intent.authentication is not None
    url = urlsplit(intent.authentication["return_url"])
    passed = intent.status in {"succeeded", "processing"}
    added = {
        "payment_intent": intent.id,
        "payment_intent_client_secret": intent.client_secret,
        "redirect_status": "succeeded" if passed else "failed",
    }
    given = [
        pair
        for pair in parse_qsl(url.query, keep_blank_values=True)
        if pair[0] not in added
    ]
    query = urlencode([*given, *added.items()])
    return quote(url._replace(query=query).geturl(), safe="%/:=&?~#+!$,;'@()*[]")
