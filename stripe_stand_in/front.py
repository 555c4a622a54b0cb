"""Where requests arrive: to the API, where they may meet with mishaps, or beside it."""

from __future__ import annotations

import time

from stripe_stand_in.api import Api, Response, failure
from stripe_stand_in.control import Control
from stripe_stand_in.errors import ApiError
from stripe_stand_in.faults import Fate
from stripe_stand_in.router import Request

_ANY_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Request-Id",
}
_PREFLIGHT = Response(
    204,
    b"",
    {
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, "
        "Stripe-Version",
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Max-Age": "300",
    },
)


def _is_preflight(request: Request) -> bool:
    """A browser asks before it confirms a payment from a page of the shop."""
    return request.method == "OPTIONS" and request.path.startswith("/v1/")


class Front:
    """Answers requests, or lets them wait, fail or go without an answer."""

    def __init__(self, api: Api, control: Control, fate: Fate) -> None:
        self._api = api
        self._control = control
        self._fate = fate

    def answer(self, request: Request) -> Response | None:
        """None: the connection is to be closed without an answer.

        Mishaps surround the work and never touch what it saves. So whoever repeats a
        request with its idempotency key after a lost answer, or after a 500 that came
        too late, gets the true result, marked as a replay; after a 500 without effect
        the key is still free. (A 500 of Stripe's own code would be replayed as it was:
        https://docs.stripe.com/api/idempotent_requests)
        """
        if request.path.startswith("/stand-in/"):
            return self._control.answer(request)
        response = _PREFLIGHT if _is_preflight(request) else self._api_answer(request)
        if response:
            response.headers.update(_ANY_ORIGIN)
        return response

    def _api_answer(self, request: Request) -> Response | None:
        mishap = self._fate.mishap(request.path)
        if mishap is None or not request.path.startswith("/v1/"):
            return self._api.answer(request)
        if mishap.delay:
            time.sleep(mishap.delay)
        if mishap.fail_before:
            return failure(ApiError())
        response = self._api.answer(request)
        if mishap.swallow:
            return None
        return failure(ApiError()) if mishap.fail_after else response
