"""A chart of what was sold when: a stepped line and the area below it. Pure: no I/O.

Its plane is 100 wide and 100 high, and is stretched to wherever it is shown; the words
stand beside it, so that they stay readable on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ticketing.clock import from_iso, iso

Json = dict[str, Any]

SIZE = 100
# Even, so that half of each is a whole number, too.
_TOPS = (2, 4, 6, 8, 10)
_SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True)
class Chart:
    """``line`` and ``area`` are SVG paths; ``scale`` runs from the top down to 0."""

    line: str
    area: str
    scale: tuple[int, int, int]
    begins: str
    ends: str


def chart(points: Sequence[Json], until: datetime) -> Chart | None:
    """Draw ``[{"at", "sold"}]``, oldest first; None when there is nothing to draw.

    The line goes on to ``until`` at the height of the last point.
    """
    if not points:
        return None
    times = [from_iso(point["at"]) for point in points]
    begins, top = times[0], _top(max(point["sold"] for point in points))
    ends = max(until, times[-1], begins + _SHORTEST)
    steps = "".join(
        f"H{_short(SIZE * ((time - begins) / (ends - begins)))}"
        f"V{_short(SIZE - SIZE * point['sold'] / top)}"
        for time, point in zip(times, points, strict=True)
    )
    line = f"M0 {SIZE}{steps}H{SIZE}"
    scale = (top, top // 2, 0)
    return Chart(line, f"{line}V{SIZE}Z", scale, iso(begins), iso(ends))


def _top(most: int) -> int:
    """Return the round number that the scale ends with."""
    power = 1
    while most > _TOPS[-1] * power:
        power *= 10
    return next(top * power for top in _TOPS if top * power >= most)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
