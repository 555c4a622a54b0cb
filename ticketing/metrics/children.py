"""The series of a metric, each looked up once, and never too many of them."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from prometheus_client import Counter, Histogram

M = TypeVar("M", Counter, Histogram)

# Of a label whose values come from elsewhere, so many are told apart.
MOST = 500
OTHER = "other"


class Children(dict[tuple[object, ...], M], Generic[M]):
    """``children["GET", 200].inc()``: the labels' values in their order.

    Each value costs memory here and on Prometheus' disks for ever. So whatever comes
    when there are ``most`` series already is counted as ``other`` in all its labels.
    """

    def __init__(
        self, metric: M, most: int = MOST, known: Iterable[object] = ()
    ) -> None:
        """``known`` values, of a single label, are there from the start, with 0.

        Prometheus sees how much a series has grown, and not that one has come.
        """
        super().__init__()
        self._metric: M = metric
        self._most = most
        for value in known:
            self[value,] = metric.labels(value)

    def __missing__(self, values: tuple[object, ...]) -> M:
        rest = (OTHER,) * len(values)
        if len(self) >= self._most and values != rest:
            return self[rest]
        child = self[values] = self._metric.labels(*values)
        return child
