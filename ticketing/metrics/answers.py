"""How requests by HTTP were answered, and how soon."""

from prometheus_client import Counter, Histogram

from ticketing.metrics.children import Children

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NO_ROUTE = "none"

_requests = Children(
    Counter(
        "ticketing_http_requests",
        "HTTP requests answered; 429 and 503 are refusals",
        ["method", "route", "status"],
    ),
    most=2000,
)
_seconds = Children(
    Histogram(
        "ticketing_http_seconds",
        "From a whole request to its answer",
        ["method", "route"],
        buckets=_BUCKETS,
    )
)
_malformed = Children(
    Counter("ticketing_http_malformed", "What was no request that is taken", ["status"])
)
_unforeseen = Counter("ticketing_http_unforeseen", "Requests that ended in a 500")
_sockets = Counter(
    "ticketing_http_sockets_refused", "Sockets beyond what one address may have open"
)


def count_answer(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer; requests to no route share one label."""
    route = route or _NO_ROUTE
    _requests[method, route, status].inc()
    _seconds[method, route].observe(seconds)


def count_unforeseen() -> None:
    _unforeseen.inc()


def count_socket_refused() -> None:
    _sockets.inc()


def count_malformed(status: int) -> None:
    """Count bytes that were refused before there was a request."""
    _malformed[status,].inc()
