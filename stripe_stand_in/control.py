"""What only the stand-in has: pages for customers, and levers for tests and demos.

Stripe has these in its Dashboard, in its test helpers and in its command line:
https://docs.stripe.com/stripe-cli. They need no key.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from stripe_stand_in import authentication, endpoints, faults
from stripe_stand_in.api import Api, Response, failure
from stripe_stand_in.authentication_page import AuthenticationPage
from stripe_stand_in.call import Call
from stripe_stand_in.entities import Intent, WebhookEndpoint
from stripe_stand_in.errors import ApiError, NotFoundError, ParameterError, StripeError
from stripe_stand_in.events import Cause, Event
from stripe_stand_in.faults import Fate
from stripe_stand_in.forms import decode
from stripe_stand_in.parameters import Table, one_of, text
from stripe_stand_in.router import Request
from stripe_stand_in.settlement import settle_intent
from stripe_stand_in.store import Store
from stripe_stand_in.transaction import Transaction

LOG = logging.getLogger(__name__)
Lever = Callable[[Request, str], Response]

_SETTLE = Table({"outcome": one_of("succeeded", "failed")}, required=("outcome",))
_SEND = Table({"webhook_endpoint": text()})
_NOTHING = Table({})


class Control:
    """Answers requests for what lies under /stand-in/."""

    def __init__(self, store: Store, api: Api, fate: Fate) -> None:
        self._store = store
        self._fate = fate
        page = AuthenticationPage(store, api)
        three_d_secure = re.escape(authentication.PAGES) + "([^/]+)"
        self._levers: list[tuple[str, re.Pattern[str], Lever]] = [
            (method, re.compile(path), lever)
            for method, path, lever in (
                ("GET", three_d_secure, page.show),
                ("POST", three_d_secure, page.act),
                ("GET", "/stand-in/faults", self._show_faults),
                ("PUT", "/stand-in/faults", self._set_faults),
                ("DELETE", "/stand-in/faults", self._clear_faults),
                ("POST", "/stand-in/payment_intents/([^/]+)/settle", self._settle),
                ("POST", "/stand-in/webhook_endpoints/([^/]+)/roll", self._roll),
                ("POST", "/stand-in/events/([^/]+)/send", self._send),
            )
        ]

    def answer(self, request: Request) -> Response:
        try:
            return self._pull(request)
        except StripeError as error:
            return failure(error)
        except Exception:
            LOG.exception("%s %s failed", request.method, request.path)
            return failure(ApiError())

    def _pull(self, request: Request) -> Response:
        for method, path, lever in self._levers:
            match = path.fullmatch(request.path)
            if match and method == request.method:
                return lever(request, *(match.groups() or ("",)))
        raise NotFoundError(
            f"The stand-in has no {request.method} {request.path[:200]}."
        )

    def _show_faults(self, request: Request, _: str) -> Response:
        return _json(asdict(self._fate.faults))

    def _set_faults(self, request: Request, _: str) -> Response:
        self._fate.set(faults.parse(request.body))
        return self._show_faults(request, _)

    def _clear_faults(self, request: Request, _: str) -> Response:
        self._fate.set(faults.Faults())
        return self._show_faults(request, _)

    def _settle(self, request: Request, intent_id: str) -> Response:
        outcome = _said(request, _SETTLE)["outcome"]
        with self._store.transaction() as tx:
            call = _call(tx, request, intent_id)
            change = settle_intent(tx, call.found(Intent), outcome)
            return _json(call.settle(change, intent_id)[1])

    def _roll(self, request: Request, endpoint_id: str) -> Response:
        """https://docs.stripe.com/webhooks#roll-endpoint-secrets"""
        _said(request, _NOTHING)
        with self._store.transaction() as tx:
            call = _call(tx, request, endpoint_id)
            endpoint = endpoints.roll(call.found(WebhookEndpoint), tx.now)
            tx.configure(endpoint)
            return _json(call.show(endpoint)[1] | {"secret": endpoint.secret})

    def _send(self, request: Request, event_id: str) -> Response:
        """Once more, to one endpoint or to all that want it.

        https://docs.stripe.com/cli/events/resend
        """
        only = _said(request, _SEND).get("webhook_endpoint")
        with self._store.transaction() as tx:
            call = _call(tx, request, event_id)
            event = call.found(Event)
            if only is None:
                wanting = [each for each in tx.endpoints if each.wants(event.type)]
            else:
                wanting = [call.named(WebhookEndpoint, "webhook_endpoint", only)]
            for endpoint in wanting:
                tx.send(event.id, endpoint.id, tx.now)
            return _json(event.as_seen_now(tx.pending(event.id)))


def _call(tx: Transaction, request: Request, entity_id: str) -> Call:
    return Call(tx, {}, entity_id, Cause(request.id))


def _said(request: Request, table: Table) -> dict[str, Any]:
    """What the body says, as JSON or as a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return table.clean(decode(request.body))
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        raise ParameterError("The request is not valid JSON.") from None
    if not isinstance(given, dict):
        raise ParameterError("The request has to be a JSON object.")
    return table.clean(given)


def _json(body: dict[str, Any]) -> Response:
    return Response(
        200, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
