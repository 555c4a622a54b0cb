"""Counts for Prometheus, one registry a process."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from werkzeug.wrappers import Response

_requests = Counter(
    "ticketing_http_requests", "HTTP requests answered", ["method", "route", "status"]
)


def count_request(method: str, route: str, status: int) -> None:
    """Count one answer; requests to no route share one label."""
    _requests.labels(method, route or "none", str(status)).inc()


def exposition() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
