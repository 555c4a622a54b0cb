"""Declines by banks, whoever asked, we or a browser; and what people must look into."""

from prometheus_client import Counter

from payments.books.findings import Kind
from payments.models import Payment
from ticketing.metrics.children import Children

_declines = Children(
    Counter("ticketing_declines", "Attempts to pay that a bank declined", ["code"]),
    most=100,
)
_findings = Children(
    Counter(
        "ticketing_payment_findings", "What did not fit between Stripe and us", ["kind"]
    ),
    known=[kind.value for kind in Kind],
)


def count_finding(kind: Kind) -> None:
    """Count one thing that somebody has to look into."""
    _findings[kind.value,].inc()


def count_declines(before: Payment, after: Payment) -> None:
    """Count the attempts that were declined between two states of a payment."""
    known = {attempt.ref for attempt in before.attempts}
    for attempt in after.attempts:
        if attempt.ref and attempt.ref not in known:
            _declines[attempt.code or "unknown",].inc()
