"""A crowd goes in one after the other; whom it would keep too long comes back later.

Whoever waits in vain has cost as much as whoever is served: when more come than can be
served, all of them waiting would be served too late, and so nobody. Those who are sent
away stand in a line too, which goes as fast as turns have ended lately: each is told
when to come back, so that they come as they can be served, and not all every second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic
from typing import ClassVar

import eventlet
from eventlet.semaphore import Semaphore

from ticketing.errors import BusyError

# Together they share round trips, and each is done long before anybody gives up. Half
# of a service's workers are left for what happens to those who are in.
AT_ONCE = 48
# How long one waits for a turn, in seconds; who would wait longer need not.
PATIENCE = 2.5
# When to come back, in seconds: at the soonest, and at the latest.
SOON, LATE = 1.0, 15.0
# Seconds from one turn's end to the next: as is assumed at first, at most, and how much
# the newest one counts.
USUAL, SLOWEST, WEIGHT = 0.02, 1.0, 0.05


class Turnstile:
    """Of one thing to be done, in one process."""

    # Who waits for a turn, at any turnstile of the process.
    _in_line: ClassVar[int] = 0

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._free = Semaphore(at_once)
        self._patience = patience
        self._pace = USUAL
        # When the last turn ended, if others waited then.
        self._ended_at = 0.0
        # When the last one of those outside comes back.
        self._back_at = 0.0

    @classmethod
    def is_crowded(cls) -> bool:
        """Whether somebody waits in this process: what has time should leave it."""
        return cls._in_line > 0

    def check(self) -> None:
        """Raise BusyError if one would wait too long: nothing else need be asked."""
        if self._waiting * self._pace > self._patience:
            raise self._busy()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Go in, after those who came before. Raises BusyError."""
        self.check()
        if not self._wait():
            raise self._busy()
        try:
            yield
        finally:
            self._end()

    @property
    def _waiting(self) -> int:
        return int(self._free.counter - self._free.balance)

    def _wait(self) -> bool:
        """Return whether it came to one's turn in time."""
        if self._free.counter > 0 and not self._waiting:
            return bool(self._free.acquire())  # without a timer, which costs more
        Turnstile._in_line += 1
        try:
            with eventlet.Timeout(self._patience, False):
                return bool(self._free.acquire())
            return False
        finally:
            Turnstile._in_line -= 1

    def _end(self) -> None:
        """Learn how fast turns end, while there are always some to come."""
        now, is_crowd = monotonic(), bool(self._waiting)
        if is_crowd and self._ended_at:
            took = min(now - self._ended_at, SLOWEST)
            self._pace += (took - self._pace) * WEIGHT
        self._ended_at = now if is_crowd else 0.0
        self._free.release()

    def _busy(self) -> BusyError:
        now = monotonic()
        self._back_at = max(self._back_at + self._pace, now + SOON)
        self._back_at = min(self._back_at, now + LATE)
        return BusyError(ceil(self._back_at - now))
