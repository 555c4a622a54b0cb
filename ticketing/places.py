"""Places in line: whoever was told to come back goes before those who came later.

A place tells since when somebody waits. It is signed for one person and one thing to be
done, so that nobody makes one up or hands it on, and it ends soon after the moment for
which its holder was told to come back. Any process can read it; one in which it has led
to its turn takes it no more.
"""

import hmac
import time
from collections.abc import Callable, Sequence
from itertools import takewhile

from nameko.extensions import SharedExtension

from ticketing.config import setting
from ticketing.keyring import KeyRing

COOKIE = "place"
PURPOSE = "places"
# How much too late one may come, and how long one can have waited in all, in seconds.
GRACE, LONGEST = 30, 600

Time = Callable[[], float]


class Places:
    """The first key signs, any of them proves."""

    def __init__(self, keys: Sequence[bytes], now: Time = time.time) -> None:
        self._keys = keys
        self._now = now
        # When those end that have led to their turn here.
        self._spent: dict[str, int] = {}

    def issue(self, holder: str, since: int, seconds: int) -> str:
        """Return a place for who waits ``since`` then and is back in ``seconds``."""
        told = f"{since}-{int(self._now()) + seconds + GRACE}"
        return f"{told}-{_signed(self._keys[0], holder, told)}"

    def since(self, holder: str, place: str) -> int | None:
        """Return since when its holder waits, in milliseconds since 1970.

        None where it is no place, not the holder's, was spent or has ended.
        """
        told, _, signature = place.rpartition("-")
        given = signature.encode()
        made = [_signed(key, holder, told).encode() for key in self._keys]
        is_issued = any(hmac.compare_digest(each, given) for each in made)
        if not is_issued or place in self._spent:
            return None
        since, ends = _times(place)
        now = self._now()
        return None if now > ends or now > since / 1000 + LONGEST else since

    def spend(self, place: str) -> None:
        """It has led to its turn: it does not lead to another one."""
        now = self._now()
        over = list(takewhile(lambda each: self._spent[each] < now, self._spent))
        for each in over:
            del self._spent[each]
        self._spent[place] = _times(place)[1]


def _times(place: str) -> tuple[int, int]:
    """Since when its holder waits, and when it ends, in seconds."""
    since, ends, _ = place.split("-")
    return int(since), int(ends)


def _signed(key: bytes, holder: str, told: str) -> str:
    return hmac.digest(key, f"{holder}\n{told}".encode(), "sha256").hex()


class SignedPlaces(SharedExtension):
    """Gives routes the container's ``Places``."""

    def setup(self) -> None:
        keys = setting(self.container.config, "JWT_KEYS", KeyRing.parse)
        self.places = Places(keys.derive(PURPOSE))
