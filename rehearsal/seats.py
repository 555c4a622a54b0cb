"""A hall, and picking seats on its map: some that are free, beside each other."""

from random import Random
from typing import Any

from ticketing.layout import Layout

FREE = "."
IN_A_ROW = 40
_RANDOM = Random()  # noqa: S311 - who sits where


def picked(told: dict[str, Any], quantity: int, random: Random = _RANDOM) -> list[str]:
    """Return so many free seats, or what there is, from somewhere on.

    ``told`` is ``{"layout", "states"}``.
    """
    labels = Layout.parse(told["layout"]).labels
    states = zip(labels, told["states"], strict=True)
    free = [label for label, state in states if state == FREE]
    last = max(len(free) - quantity, 0)
    begins = random.randint(0, last)
    return free[begins : begins + quantity]


def hall(seats: int) -> tuple[str, ...]:
    """Return the labels of so many seats, row by row."""
    places = (divmod(number, IN_A_ROW) for number in range(seats))
    return tuple(f"{row + 1:03}-{place + 1}" for row, place in places)
