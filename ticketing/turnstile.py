"""A crowd goes in one after the other; whom it would keep too long comes back later.

Whoever waits in vain has cost as much as whoever is served: when more come than can be
served, all of them waiting would be served too late, and so nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import SystemRandom
from typing import ClassVar

import eventlet
from eventlet.semaphore import Semaphore

from ticketing.errors import BusyError

# Together they share round trips, and each is done long before anybody gives up. Half
# of a service's workers are left for what happens to those who are in.
AT_ONCE = 48
# How long one waits for a turn, in seconds; more than can have one by then need not.
PATIENCE = 2.5
MOST_WAITING = 1000
# When to come back, in seconds: not all at once.
BACK_AFTER = 1, 4
_random = SystemRandom()


class Turnstile:
    """Of one thing to be done, in one process."""

    # Who waits for a turn, at any turnstile of the process.
    _in_line: ClassVar[int] = 0

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._free = Semaphore(at_once)
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Go in, after those who came before. Raises BusyError."""
        if self._free.balance <= -MOST_WAITING:
            raise _busy()
        Turnstile._in_line += 1
        try:
            with eventlet.Timeout(self._patience, _busy()):
                self._free.acquire()
        finally:
            Turnstile._in_line -= 1
        try:
            yield
        finally:
            self._free.release()

    @classmethod
    def is_crowded(cls) -> bool:
        """Whether somebody waits in this process: what has time should leave it."""
        return cls._in_line > 0


def _busy() -> BusyError:
    return BusyError(_random.randint(*BACK_AFTER))
