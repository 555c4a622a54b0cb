"""Those whom a crowd keeps out for now, by when they came: how many are before one."""

from bisect import bisect_left, bisect_right, insort
from math import inf

# How late one may be, in seconds, before nobody reckons with him any more.
LATENESS = 3.0
# Seconds from one look for those to the next.
TIDYING = 1.0


class Outside:
    """Each stands there once, however often he asks.

    Since when he waits is in milliseconds since 1970, when he should be back in seconds
    by a clock that whoever asks has.
    """

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, float]] = {}
        self._since: list[int] = []
        self._tidy_at = -inf

    def before(self, since: int) -> int:
        """How many of them have waited for as long, or longer."""
        return bisect_right(self._since, since)

    def add(self, holder: str, since: int, back_at: float) -> None:
        self.take(holder)
        self._told[holder] = since, back_at
        insort(self._since, since)

    def take(self, holder: str) -> int | None:
        """He has come back: return since when he waits, if he was one of them."""
        if holder not in self._told:
            return None
        since, _ = self._told.pop(holder)
        del self._since[bisect_left(self._since, since)]
        return since

    def tidy(self, now: float) -> None:
        """Forget who has not come, unless that was done a moment ago."""
        if now < self._tidy_at:
            return
        self._tidy_at = now + TIDYING
        told = self._told.items()
        for holder in [each for each, (_, at) in told if at + LATENESS <= now]:
            self.take(holder)
