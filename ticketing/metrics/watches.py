"""Counting and timing what is asked of others, by what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Counter, Histogram

from ticketing.errors import HopelessError, TicketingError, UnavailableError
from ticketing.metrics.children import Children

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Watch:
    """``with watch("orders", "get_order"):`` counts and times what is in it.

    Exports ``<name>_total`` with the label ``outcome`` beside those given, and
    ``<name>_seconds`` without it.
    """

    def __init__(self, name: str, about: str, labels: list[str]) -> None:
        counter = Counter(name, f"{about}, by outcome", [*labels, "outcome"])
        seconds = f"{name}_seconds"
        histogram = Histogram(seconds, f"{about}: how long", labels, buckets=_BUCKETS)
        self._total = Children(counter)
        self._seconds = Children(histogram)

    @contextmanager
    def __call__(self, *labels: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        except BaseException as error:
            self.count(labels, outcome_of(error), perf_counter() - began)
            raise
        self.count(labels, "done", perf_counter() - began)

    def count(self, labels: tuple[str, ...], outcome: str, seconds: float) -> None:
        self._total[(*labels, outcome)].inc()
        self._seconds[labels].observe(seconds)


def outcome_of(error: BaseException) -> str:
    """``away`` may pass, ``refused`` is an answer, ``failed`` nobody foresaw."""
    if isinstance(error, UnavailableError):
        return "away"
    if isinstance(error, HopelessError):
        return "hopeless"
    return "refused" if isinstance(error, TicketingError) else "failed"


rpc_calls = Watch("ticketing_rpc_calls", "Calls of services", ["service", "method"])
