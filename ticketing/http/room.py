"""Room for long bodies: who sends much, and slowly, cannot take all the memory.

A body that is being read is kept until it is answered. Of each, the beginning is free,
which is all that buying takes; the rest is counted, for the process and for an address.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ticketing.http.heads import RefusedError
from ticketing.peers import DIRECT, Peers, group_of

FREE = 64 * 1024
ROOM = 64 * 1024 * 1024
# What one address may have of it, so that nobody keeps others from theirs.
SHARE = ROOM // 8


class Room:
    """What there is in a process, in bytes."""

    def __init__(
        self, peers: Peers = DIRECT, most: int = ROOM, each: int = SHARE
    ) -> None:
        self._peers = peers
        self._most, self._each = most, each
        self._taken: Counter[str] = Counter()

    def share(self, address: str) -> "Share":
        """Return what a connection from there may take of it."""
        # Proxies of our own bring what comes from many.
        is_counted = not self._peers.proxies and self._peers.counts(address)
        return Share(self, group_of(address) if is_counted else "")

    def take(self, group: str, size: int) -> None:
        """Raises RefusedError, and takes nothing then."""
        is_full = self._taken.total() + size > self._most
        if is_full or (group and self._taken[group] + size > self._each):
            raise RefusedError(503)
        self._taken[group] += size

    def give_back(self, group: str, size: int) -> None:
        self._taken[group] -= size
        if not self._taken[group]:
            del self._taken[group]


class Share:
    """What one connection has taken."""

    def __init__(self, room: Room, group: str) -> None:
        self._room = room
        self._group = group
        self._taken = 0

    def take(self, size: int, *, of: int) -> int:
        """Take room for a part of a request, ``of`` so many bytes with this part.

        Returns how much was taken: nothing of the beginning. Raises RefusedError.
        """
        counted = min(size, of - FREE)
        if counted <= 0:
            return 0
        self._room.take(self._group, counted)
        self._taken += counted
        return counted

    def give_back(self, size: int) -> None:
        if size:
            self._taken -= size
            self._room.give_back(self._group, size)

    @contextmanager
    def until_closed(self) -> Iterator["Share"]:
        """Give back all that is still taken when a connection ends."""
        try:
            yield self
        finally:
            self.give_back(self._taken)
