"""Stripe, or a stand-in that speaks its API."""

import time
from typing import Any, Protocol

import requests
import stripe
from nameko.extensions import DependencyProvider
from requests.adapters import HTTPAdapter

from payments.models import Charged, Declined, Outcome
from ticketing.config import optional, setting
from ticketing.errors import BadRequestError, UnavailableError

CURRENCY = "usd"
TIMEOUT = 5.0
# The library repeats a call with the same idempotency key on lost replies and on 409.
RETRIES = 2
# What the library raises on bytes that are no event or a signature that is no text.
_NO_EVENT = (ValueError, AttributeError, TypeError, RecursionError)
CONNECTIONS = 50


class Gateway(Protocol):
    def charge(self, order_id: str, amount: int, token: str, key: str) -> Outcome: ...
    def refund(self, stripe_id: str, amount: int, key: str) -> None: ...
    def order_of_event(self, body: bytes, signature: str) -> dict[str, Any]: ...


class StripeGateway:
    """Charges cards with PaymentIntents, confirmed as they are created.

    Every command carries an idempotency key, so a call whose answer was lost can be
    made again: https://docs.stripe.com/api/idempotent_requests
    """

    def __init__(self, secret_key: str, webhook_secret: str, api_base: str) -> None:
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            http_client=stripe.RequestsClient(timeout=TIMEOUT, session=_session()),
            max_network_retries=RETRIES,
        )

    def charge(self, order_id: str, amount: int, token: str, key: str) -> Outcome:
        """Charge ``amount`` cents. Raises UnavailableError: the outcome is unknown."""
        params: Any = {
            "amount": amount,
            "currency": CURRENCY,
            "confirm": True,
            "metadata": {"order_id": order_id},
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            **_method(token),
        }
        try:
            intent = self._client.v1.payment_intents.create(
                params, {"idempotency_key": key}
            )
        except stripe.CardError as error:
            return Declined(error.user_message or "Your card was declined.")
        except stripe.StripeError as error:
            return _refused(error)
        if intent.status != "succeeded":
            return Declined("This card needs a step that is not offered here.")
        return Charged(intent.id)

    def refund(self, stripe_id: str, amount: int, key: str) -> None:
        """Send ``amount`` cents back; done as well once nothing of the charge is left.

        Raises UnavailableError: it did not go back, or the outcome is unknown.
        """
        try:
            self._client.v1.refunds.create(
                {"payment_intent": stripe_id, "amount": amount},
                {"idempotency_key": key},
            )
        except stripe.InvalidRequestError as error:
            if error.code != "charge_already_refunded":
                raise UnavailableError("Stripe did not take the refund") from error
        except stripe.StripeError as error:
            raise UnavailableError("Stripe is away; try again in a moment") from error

    def order_of_event(self, body: bytes, signature: str) -> dict[str, Any]:
        """Check a webhook and return ``{"id", "type", "orderId"}``.

        Raises BadRequestError unless Stripe signed these very bytes a moment ago.
        """
        try:
            event = stripe.Webhook.construct_event(
                body, signature, self._webhook_secret
            )
            subject = event.data.object.to_dict()
        except (*_NO_EVENT, stripe.SignatureVerificationError):
            raise BadRequestError("The signature does not fit") from None
        if not self._webhook_secret or _is_early(signature):
            raise BadRequestError("The signature does not fit")
        metadata = subject.get("metadata") or {}
        return {
            "id": event.id,
            "type": event.type,
            "orderId": metadata.get("order_id"),
        }


def _session() -> requests.Session:
    """One session for all green threads: the library would make one for each."""
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    return session


def _is_early(signature: str) -> bool:
    """Whether it was made in the future, which the library lets pass."""
    made = next(part for part in signature.split(",") if part.startswith("t="))
    return int(made[2:]) > time.time() + stripe.Webhook.DEFAULT_TOLERANCE


def _method(token: str) -> dict[str, Any]:
    """A card token makes a new payment method; anything else names one."""
    if token.startswith("tok_"):
        return {"payment_method_data": {"type": "card", "card": {"token": token}}}
    return {"payment_method": token}


def _refused(error: stripe.StripeError) -> Declined:
    """What Stripe understood and refused. Raises UnavailableError otherwise."""
    if isinstance(error, stripe.InvalidRequestError):
        return Declined(error.user_message or str(error), counts=False)
    raise UnavailableError("Stripe is away; try again in a moment") from error


class StripeApi(DependencyProvider):
    """Gives the worker the ``Gateway``."""

    def setup(self) -> None:
        config = self.container.config
        self._gateway = StripeGateway(
            setting(config, "STRIPE_SECRET_KEY", str),
            optional(config, "STRIPE_WEBHOOK_SECRET"),
            optional(config, "STRIPE_API_BASE"),
        )

    def get_dependency(self, worker_ctx: Any) -> Gateway:
        return self._gateway
