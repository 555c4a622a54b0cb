"""Counts for Prometheus, one registry a process."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from werkzeug.wrappers import Response

_requests = Counter(
    "ticketing_http_requests", "HTTP requests answered", ["method", "route", "status"]
)
_findings = Counter(
    "ticketing_payment_findings", "What did not fit between Stripe and us", ["kind"]
)


def count_request(method: str, route: str, status: int) -> None:
    """Count one answer; requests to no route share one label."""
    _requests.labels(method, route or "none", str(status)).inc()


def count_finding(kind: str) -> None:
    """Count one thing that somebody has to look into."""
    _findings.labels(kind).inc()


def exposition() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
