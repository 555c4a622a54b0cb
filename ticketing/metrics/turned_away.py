"""Who was told to wait, and when nobody could count."""

from prometheus_client import Counter

from ticketing.metrics.children import Children

_refused = Children(
    Counter("ticketing_limits_refused", "Refusals, by the first limit asked", ["limit"])
)
_uncounted = Counter(
    "ticketing_limits_uncounted", "Times that Redis was away and nothing was limited"
)


def count_refused(limit: str) -> None:
    _refused[limit,].inc()


def count_uncounted() -> None:
    _uncounted.inc()
