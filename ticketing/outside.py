"""Those whom a crowd keeps out for now, by when they came: how many are before one."""

from bisect import bisect_left, bisect_right, insort
from math import inf

# How late one may be, in seconds, before nobody reckons with him any more.
LATENESS = 3.0
# Seconds from one look for those to the next.
TIDYING = 1.0


class Outside:
    """Since when each waits, in milliseconds since 1970, and when he should be back.

    Other times are in seconds, by a clock that whoever asks has.
    """

    def __init__(self) -> None:
        self._told: list[tuple[int, float]] = []
        self._tidy_at = -inf

    def before(self, since: int) -> int:
        """How many of them have waited for as long, or longer."""
        return bisect_right(self._told, (since, inf))

    def tidy(self, now: float) -> None:
        """Forget who has not come, unless that was done a moment ago."""
        if now >= self._tidy_at:
            self._told = [each for each in self._told if each[1] + LATENESS > now]
            self._tidy_at = now + TIDYING

    def add(self, since: int, back_at: float) -> None:
        insort(self._told, (since, back_at))

    def remove(self, since: int) -> None:
        """He has come back, if he was one of them."""
        place = bisect_left(self._told, (since,))
        if place < len(self._told) and self._told[place][0] == since:
            del self._told[place]
