"""From a request to its answer, in one transaction: https://docs.stripe.com/api"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stripe_stand_in import idempotency, router
from stripe_stand_in.call import Call, Endpoint, Surroundings
from stripe_stand_in.errors import (
    ApiError,
    IdempotencyError,
    LockTimeoutError,
    StripeError,
)
from stripe_stand_in.events import Cause
from stripe_stand_in.idempotency import Key, KeysInUse, Saved
from stripe_stand_in.parameters import missing
from stripe_stand_in.router import Request
from stripe_stand_in.store import Store
from stripe_stand_in.transaction import Transaction
from stripe_stand_in.views import render_error

SETTLING_SECONDS = 5.0
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """A request that is understood and waits to be executed."""

    endpoint: Endpoint
    params: Mapping[str, Any]
    entity_id: str
    cause: Cause
    key: Key | None
    around: Surroundings


class Api:
    """Answers requests, from many threads at once.

    settling: after how many seconds a debit or a refund is settled. processing: how
    many seconds a card takes just now.
    """

    def __init__(
        self,
        store: Store,
        settling: float = SETTLING_SECONDS,
        processing: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._store = store
        self._keys = KeysInUse()
        self._settling = settling
        self._processing = processing

    def answer(self, request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            secret = router.api_key(request)
            version = headers["Stripe-Version"] = router.api_version(request)
            around = self.around(request, public=router.is_publishable(secret))
            response = self._execute(_understood(request, secret, version, around))
        except StripeError as error:
            response = failure(error)
        except Exception:
            LOG.exception("%s %s failed", request.method, request.path)
            response = failure(ApiError())
        response.headers.update(headers)
        return response

    def around(self, request: Request, *, public: bool = False) -> Surroundings:
        host = router.host(request)
        return Surroundings(host, public, self._processing(), self._settling)

    def _execute(self, work: Work) -> Response:
        if work.key is None:
            return self._perform(work)
        with self._keys.hold(work.key):
            response = self._perform(work)
        response.headers["Idempotency-Key"] = work.key.value
        return response

    def _perform(self, work: Work) -> Response:
        """Saves the result together with its effect; a refusal has no effect."""
        try:
            with self._store.transaction() as tx:
                if work.key and (saved := tx.recall(work.key)):
                    return _replay(saved, work.key)
                call = Call(tx, work.params, work.entity_id, work.cause, work.around)
                status, body = work.endpoint.handle(call)
                return _saved(work, tx, status, json.dumps(body))
        except (IdempotencyError, LockTimeoutError):
            raise
        except StripeError as error:
            refusal = error
        except Exception:
            LOG.exception("%s failed", work.cause.request_id)
            refusal = ApiError()
        with self._store.transaction() as tx:
            return _saved(work, tx, refusal.status, json.dumps(render_error(refusal)))


def _understood(
    request: Request, secret: str, version: str, around: Surroundings
) -> Work:
    endpoint, entity_id = router.endpoint(request)
    raw = router.parameters(request)
    if around.public and "client_secret" not in raw:
        raise missing("client_secret")
    value = request.headers.get("idempotency-key") or None
    key = None
    if value and request.method == "POST":
        key = idempotency.key(secret, value, request.path, raw)
    endpoint.check(raw, version)
    params = endpoint.spec.clean(raw)
    return Work(endpoint, params, entity_id, Cause(request.id, value), key, around)


def _saved(work: Work, tx: Transaction, status: int, body: str) -> Response:
    if work.key:
        request_id = work.cause.request_id or ""
        saved = Saved(work.key.fingerprint, status, body, request_id)
        tx.remember(work.key, saved)
    return _response(status, body, {})


def _replay(saved: Saved, key: Key) -> Response:
    saved.check(key)
    return _response(
        saved.status,
        saved.body,
        {"Idempotent-Replayed": "true", "Original-Request": saved.request_id},
    )


def failure(error: StripeError) -> Response:
    """An answer that is saved nowhere; a conflict may be tried again at once."""
    passing = error.status in {409, 429}
    headers = {"Stripe-Should-Retry": "true"} if passing else {}
    return _response(error.status, json.dumps(render_error(error)), headers)


def _response(status: int, body: str, headers: dict[str, str]) -> Response:
    return Response(
        status, body.encode(), {"Content-Type": "application/json"} | headers
    )
