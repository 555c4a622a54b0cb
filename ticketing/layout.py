"""The units of a listing: each has a label, and a place in an order.

Written as runs, so that 30,000 seats are a few kilobytes: ``A-1~40;B-01~20;Box`` are
the seats A-1 to A-40, B-01 to B-20 and Box. 100 units without seats are ``1~100``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

BETWEEN_RUNS = ";"
FROM_TO = "~"

_NUMBERED = re.compile(r"(.*?)([0-9]{1,9})", re.DOTALL)


@dataclass(frozen=True)
class Layout:
    """``text`` is its one way to be written."""

    text: str

    @classmethod
    def of_quantity(cls, quantity: int) -> "Layout":
        return cls(f"1{FROM_TO}{quantity}" if quantity > 1 else "1")

    @classmethod
    def of_labels(cls, labels: Iterable[str]) -> "Layout":
        return cls(BETWEEN_RUNS.join(_written(labels)))

    @classmethod
    def parse(cls, text: str) -> "Layout":
        """Read what was written; often the same, so it is kept."""
        return _parsed(text)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(label for run in self._runs for label in _expanded(run))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each label stands, from 0."""
        return {label: place for place, label in enumerate(self.labels)}

    @property
    def _runs(self) -> list[str]:
        return self.text.split(BETWEEN_RUNS) if self.text else []

    def __len__(self) -> int:
        return sum(map(_length, self._runs))

    def __contains__(self, label: object) -> bool:
        return label in self.places

    def without(self, labels: Iterable[str]) -> "Layout":
        gone = set(labels)
        return self.of_labels(label for label in self.labels if label not in gone)

    def extended(self, more: int) -> "Layout":
        """Add so many numbered units, whose numbers were never used in it."""
        last = max(map(int, self.labels), default=0)
        added = map(str, range(last + 1, last + more + 1))
        return self.of_labels((*self.labels, *added))


ONE_UNIT = Layout("1")


@lru_cache(maxsize=64)
def _parsed(text: str) -> Layout:
    return Layout(text)


def _length(run: str) -> int:
    first, found, last = run.partition(FROM_TO)
    return int(last) - int(_split(first)[1]) + 1 if found else 1


def _expanded(run: str) -> Iterator[str]:
    first, found, last = run.partition(FROM_TO)
    if not found:
        yield run
        return
    prefix, number = _split(first)
    for following in range(int(number), int(last) + 1):
        yield prefix + str(following).zfill(len(number))


def _split(label: str) -> tuple[str, str]:
    """Part a label from the number at its end, which is "" when it has none."""
    found = _NUMBERED.fullmatch(label)
    return (found[1], found[2]) if found else (label, "")


def _written(labels: Iterable[str]) -> Iterator[str]:
    first = last = following = None
    for label in labels:
        if label != following:
            if first is not None:
                yield _run(first, last)
            first = label
        last, following = label, _next(label)
    if first is not None:
        yield _run(first, last)


def _run(first: str, last: str | None) -> str:
    if last is None or last == first:
        return first
    return f"{first}{FROM_TO}{int(_split(last)[1])}"


def _next(label: str) -> str | None:
    """Return the label that continues a run; after 999999999 begins another."""
    prefix, number = _split(label)
    following = prefix + str(int(number or 0) + 1).zfill(len(number))
    return following if number and _split(following)[0] == prefix else None
