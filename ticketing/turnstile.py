"""A crowd goes in one after the other; whom it would keep too long comes back later.

Whoever waits in vain has cost as much as whoever is served: when more come than can be
served, all of them waiting would be served too late, and so nobody. Those who are sent
away stand in a line too, which goes as fast as turns have ended lately: each is told
when to come back, so that they come as they can be served, and not all every second,
and then goes before those who came later (``ticketing.places``). While nobody waits,
anybody may go in, for who was told may not come.

Whoever holds tickets pays first: others get theirs no sooner if those have to wait.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic, time
from typing import ClassVar

import eventlet
from eventlet.event import Event as Flag

from ticketing.errors import BusyError
from ticketing.outside import Outside

# Together they share round trips, and each is done long before anybody gives up. Half
# of a service's workers are left for what happens to those who are in.
AT_ONCE = 48
# So many while somebody waits who goes first: never none, for he may wait for Stripe.
GIVING_WAY = 4
# How long one waits for a turn, in seconds; who would wait longer need not. Others are
# told soon when to come back; whoever holds tickets is not sent away if need not be.
PATIENCE, OF_HOLDERS = 0.25, 2.5
# When to come back, in seconds: at the soonest, and at the latest.
SOON, LATE = 1.0, 15.0
# Seconds from one turn's end to the next: as is assumed at first, at most, and how much
# the newest one counts.
USUAL, SLOWEST, WEIGHT = 0.02, 1.0, 0.05


class _Waiting:
    """Somebody in line, and when he first came; the flag is raised to let him in."""

    def __init__(self, came: int) -> None:
        self.came = came
        self.flag = Flag()


def _came(each: _Waiting) -> int:
    return each.came


class Turnstile:
    """Of one thing to be done, in one process.

    A ``holder`` is who wants to do it. When he first came is in milliseconds since
    1970, as his place tells it to other processes.
    """

    # Who waits for a turn, at any turnstile of the process; and those who go first.
    _in_line: ClassVar[int] = 0
    _ahead: ClassVar[int] = 0

    def __init__(
        self,
        at_once: int = AT_ONCE,
        patience: float | None = None,
        *,
        goes_first: bool = False,
    ) -> None:
        self._at_once = at_once
        usual = OF_HOLDERS if goes_first else PATIENCE
        self._patience = usual if patience is None else patience
        self._goes_first = goes_first
        self._inside = 0
        self._line: list[_Waiting] = []
        self._pace = USUAL
        # When the last turn ended, if others waited then.
        self._ended_at = 0.0
        self._outside = Outside()

    @classmethod
    def is_crowded(cls) -> bool:
        """Whether somebody waits in this process: what has time should leave it."""
        return cls._in_line > 0

    def check(self, holder: str, since: int | None = None) -> int:
        """Return since when somebody waits, who was told it with the error or is new.

        Raise BusyError if he would wait too long: nothing else need be asked.
        """
        known = self._outside.take(holder)
        came = since or known or int(time() * 1000)
        self._check(holder, came)
        return came

    @contextmanager
    def turn(self, holder: str, came: int) -> Iterator[None]:
        """Go in, after those who came before. Raises BusyError."""
        self._check(holder, came)
        if not self._go_in(came):
            raise self._busy(holder, came)
        try:
            yield
        finally:
            self._end()

    def _check(self, holder: str, came: int) -> None:
        if self._before(came) * self._pace > self._patience:
            raise self._busy(holder, came)

    def _before(self, came: int) -> int:
        """How many in line have waited for as long, or longer."""
        return bisect_right(self._line, came, key=_came)

    @property
    def _has_room(self) -> bool:
        most = self._at_once
        if Turnstile._ahead and not self._goes_first:
            most = min(most, GIVING_WAY)
        return self._inside < most

    def _go_in(self, came: int) -> bool:
        """Return whether it came to one's turn in time."""
        if self._has_room and not self._line:
            self._inside += 1  # without a timer, which costs more
            return True
        place = _Waiting(came)
        insort(self._line, place, key=_came)
        self._count(+1)
        try:
            with eventlet.Timeout(self._patience, False):
                place.flag.wait()
            return place.flag.ready()
        except BaseException:  # stopped as it was let in, and nobody else would end it
            if place.flag.ready():
                self._end()
            raise
        finally:
            self._count(-1)
            if not place.flag.ready():
                self._line.remove(place)

    def _count(self, change: int) -> None:
        Turnstile._in_line += change
        Turnstile._ahead += change if self._goes_first else 0

    def _end(self) -> None:
        """Learn how fast turns end, while there are always some to come."""
        now, is_crowd = monotonic(), bool(self._line)
        if is_crowd and self._ended_at:
            took = min(now - self._ended_at, SLOWEST)
            self._pace += (took - self._pace) * WEIGHT
        self._ended_at = now if is_crowd else 0.0
        self._inside -= 1
        while self._line and self._has_room:
            self._inside += 1
            self._line.pop(0).flag.send(None)

    def _busy(self, holder: str, came: int) -> BusyError:
        """Tell when to come back: as soon as those who came before can have gone in."""
        now = monotonic()
        self._outside.tidy(now)
        ahead = self._before(came) + self._outside.before(came)
        seconds = min(max(ahead * self._pace, SOON), LATE)
        self._outside.add(holder, came, now + seconds)
        return BusyError(ceil(seconds), came, ahead)
