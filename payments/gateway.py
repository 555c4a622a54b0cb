"""Stripe, or a stand-in that speaks its API."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol

import stripe
from nameko.extensions import DependencyProvider

from payments.intents import (
    Intent,
    KeySpentError,
    Notice,
    RefusedError,
    Returned,
    Sum,
    TroubleError,
)
from payments.signed_events import SignedEvents
from payments.stripe_calls import TIMEOUT, CountingClient, one_session
from payments.stripe_shapes import failed_intent, intent_of, returned_of
from ticketing.config import optional, setting
from ticketing.errors import UnavailableError
from ticketing.public_url import public_url
from ticketing.rehearsing import check_money

# The library repeats a call with the same idempotency key on lost replies and on 409.
RETRIES = 2
PAGE = 100
AWAY = "Stripe is away; try again in a moment"


class Gateway(Protocol):
    def open(self, wanted: Sum, key: str) -> Intent: ...
    def charge(self, wanted: Sum, token: str, key: str) -> Intent: ...
    def confirm(
        self, intent_id: str, order_id: str, token: str, key: str
    ) -> Intent: ...
    def find(self, intent_id: str) -> Intent: ...
    def cancel(self, intent_id: str) -> Intent: ...
    def refund(self, intent_id: str, amount: int, number: int, key: str) -> None: ...
    def refunds(self, intent_id: str) -> list[Returned]: ...
    def search(self, order_id: str) -> Intent | None: ...
    def intents(self, since: datetime, until: datetime) -> Iterator[Intent]: ...
    def notice_of(self, body: bytes, signature: str) -> Notice: ...


class StripeGateway:
    """Takes cards with one PaymentIntent an order.

    Every command carries an idempotency key, so a call whose answer was lost can be
    made again: https://docs.stripe.com/api/idempotent_requests. What Stripe answers to
    a confirmation is the intent as it is afterwards, declined or not; a request that it
    does not take raises RefusedError, a key that was used for something else
    KeySpentError, and everything else UnavailableError: the outcome is unknown.
    """

    def __init__(
        self, secret_key: str, webhook_secrets: str, api_base: str, return_url: str
    ) -> None:
        """``return_url`` is where ``{order_id}`` goes on after 3-D Secure."""
        self._return_url = return_url
        self._events = SignedEvents(webhook_secrets)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            http_client=CountingClient(timeout=TIMEOUT, session=one_session()),
            max_network_retries=RETRIES,
        )

    @property
    def _intents(self) -> Any:
        return self._client.v1.payment_intents

    def open(self, wanted: Sum, key: str) -> Intent:
        """Make the intent of an order, for a browser to confirm."""
        return self._make(_params(wanted), key)

    def charge(self, wanted: Sum, token: str, key: str) -> Intent:
        """Make the intent of an order and confirm it, in one call."""
        confirmation = {"confirm": True, **self._confirmation(wanted.order_id, token)}
        return self._make(_params(wanted) | confirmation, key)

    def confirm(self, intent_id: str, order_id: str, token: str, key: str) -> Intent:
        params = self._confirmation(order_id, token)
        options = {"idempotency_key": key}
        return _answered(lambda: self._intents.confirm(intent_id, params, options))

    def find(self, intent_id: str) -> Intent:
        params = {"expand": ["latest_charge"]}
        return _answered(lambda: self._intents.retrieve(intent_id, params))

    def cancel(self, intent_id: str) -> Intent:
        """Cancel an intent; return it as it is then, which may be paid.

        Cancelling has one effect however often it is asked for, so that no key is
        needed: https://docs.stripe.com/api/payment_intents/cancel
        """
        return _answered(lambda: self._intents.cancel(intent_id))

    def refund(self, intent_id: str, amount: int, number: int, key: str) -> None:
        """Send ``amount`` back; done as well once nothing of the charge is left.

        Raises UnavailableError: it did not go back, or the outcome is unknown.
        """
        params: Any = {"payment_intent": intent_id, "amount": amount}
        params["metadata"] = {"refund": str(number)}
        try:
            self._client.v1.refunds.create(params, {"idempotency_key": key})
        except stripe.InvalidRequestError as error:
            if error.code != "charge_already_refunded":
                raise UnavailableError("Stripe did not take the refund") from error
        except stripe.StripeError as error:
            raise UnavailableError(AWAY) from error

    def refunds(self, intent_id: str) -> list[Returned]:
        """Return what went back of an intent. Raises UnavailableError."""
        params: Any = {"payment_intent": intent_id, "limit": PAGE}
        found = _called(lambda: self._client.v1.refunds.list(params))
        return [returned_of(each) for each in found.auto_paging_iter()]

    def search(self, order_id: str) -> Intent | None:
        """Return an order's intent that was made at least some minutes ago.

        https://docs.stripe.com/search: what is new is found a little later.
        """
        params = {"query": f"metadata['order_id']:'{order_id}'"}
        found = [intent_of(each) for each in _called(lambda: self._searched(params))]
        paid = [intent for intent in found if intent.status == "succeeded"]
        return next(iter(paid or found), None)

    def intents(self, since: datetime, until: datetime) -> Iterator[Intent]:
        """Go through the intents made in a time, newest first.

        Raises UnavailableError.
        """
        params: Any = {
            "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
            "expand": ["data.latest_charge"],
            "limit": PAGE,
        }
        page = _called(lambda: self._intents.list(params))
        while True:
            yield from map(intent_of, page.data)
            if not page.has_more:
                return
            page = _called(page.next_page)

    def notice_of(self, body: bytes, signature: str) -> Notice:
        """Check a webhook. Raises BadRequestError unless Stripe signed it just now."""
        return self._events.notice_of(body, signature)

    def _searched(self, params: Any) -> list[Any]:
        return list(self._intents.search(params).data)

    def _make(self, params: dict[str, Any], key: str) -> Intent:
        options = {"idempotency_key": key}
        return _answered(lambda: self._intents.create(params, options))

    def _confirmation(self, order_id: str, token: str) -> dict[str, Any]:
        return _method(token) | {"return_url": self._return_url.format(order_id)}


def _answered(call: Callable[[], Any]) -> Intent:
    """Return the intent that a call answers with, or tells of in its refusal."""
    try:
        return intent_of(_called(call))
    except _NotTakenError as error:
        if intent := failed_intent(error.error):
            return intent
        raise RefusedError(error.error.user_message or str(error.error)) from error


class _NotTakenError(Exception):
    """Stripe understood a request and says why it has not done it."""

    def __init__(self, error: stripe.StripeError) -> None:
        super().__init__(error)
        self.error = error


def _called(call: Callable[[], Any]) -> Any:
    """Raises _NotTakenError, KeySpentError, TroubleError, UnavailableError."""
    try:
        return call()
    except stripe.IdempotencyError as error:
        if error.http_status == 409:  # the same request is being answered just now
            raise UnavailableError(AWAY) from error
        raise KeySpentError from error
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise _NotTakenError(error) from error
    except stripe.APIConnectionError as error:
        raise UnavailableError(AWAY) from error
    except stripe.APIError as error:
        raise TroubleError from error
    except stripe.StripeError as error:
        raise UnavailableError(AWAY) from error


def _params(wanted: Sum) -> dict[str, Any]:
    return {
        "amount": wanted.amount,
        "currency": wanted.currency,
        "metadata": {"order_id": wanted.order_id},
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }


def _method(token: str) -> dict[str, Any]:
    """A card token makes a new payment method; anything else names one."""
    if token.startswith("tok_"):
        return {"payment_method_data": {"type": "card", "card": {"token": token}}}
    return {"payment_method": token}


class StripeApi(DependencyProvider):
    """Gives the worker the ``Gateway``."""

    def setup(self) -> None:
        config = self.container.config
        check_money(config)
        self._gateway = StripeGateway(
            setting(config, "STRIPE_SECRET_KEY", str),
            optional(config, "STRIPE_WEBHOOK_SECRET"),
            optional(config, "STRIPE_API_BASE"),
            f"{public_url(config)}/orders/{{}}/returned",
        )

    def get_dependency(self, worker_ctx: Any) -> Gateway:
        return self._gateway
