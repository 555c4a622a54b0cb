"""Every request to Stripe: told, counted and timed by operation and by its outcome."""

import re
from collections.abc import Mapping
from functools import lru_cache
from time import perf_counter
from typing import Any

import requests
import stripe
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from ticketing import spans
from ticketing.metrics.watches import Watch

TIMEOUT = 5.0
CONNECTIONS = 50
OTHER = "other"
# The calls of ``payments.gateway``; whatever else has one name together.
_OPERATIONS = {
    ("post", ""): "open",
    ("get", ""): "list",
    ("get", "/search"): "search",
    ("get", "/:id"): "find",
    ("post", "/:id/confirm"): "confirm",
    ("post", "/:id/cancel"): "cancel",
}

_calls = Watch("ticketing_stripe_calls", "Requests to Stripe", ["operation"])


class CountingClient(stripe.RequestsClient):
    """What the library asks by; its repetitions are requests of their own."""

    name = "requests"

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        began, outcome = perf_counter(), "no_answer"
        try:
            answer = super().request(method, url, headers, post_data)
            outcome = outcome_of(answer[1])
        finally:
            seconds = perf_counter() - began
            _calls.count((operation_of(method, url),), outcome, seconds)
        return answer


class _Session(requests.Session):
    """Each try of a call is told as one.

    The library would read the environment and merge settings for each call, at a third
    of what one costs here; proxies are looked up once a host instead.
    """

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        timeout: Any = TIMEOUT,
        **more: Any,
    ) -> Any:
        with spans.outside(method, url):
            prepared = requests.Request(method, url, headers, data=data).prepare()
            proxies = _proxies("/".join(url.split("/", 3)[:3]))
            return self.send(
                prepared,
                timeout=timeout,
                proxies=proxies,
                allow_redirects=False,
                **more,
            )


@lru_cache
def _proxies(host: str) -> dict[str, str]:
    """Return those that the environment names for ``scheme://host``."""
    return dict(get_environ_proxies(host))


def one_session() -> requests.Session:
    """One session for all green threads: the library would make one for each."""
    session = _Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    return session


def operation_of(method: str, url: str) -> str:
    """Return the name of a call, without the id that its address may have in it."""
    path = url.partition("?")[0]
    if path.endswith("/v1/refunds"):
        return "refund" if method == "post" else "refunds"
    _, found, rest = path.partition("/v1/payment_intents")
    if not found:
        return OTHER
    if rest != "/search":
        rest = re.sub(r"^/[^/]+", "/:id", rest)
    return _OPERATIONS.get((method.lower(), rest), OTHER)


def outcome_of(status: int) -> str:
    """``declined`` is a bank's no, ``refused`` one to us, ``trouble`` Stripe's own."""
    if status < 400:
        return "done"
    if status == 402:
        return "declined"
    return "trouble" if status >= 500 or status == 429 else "refused"
