"""Asks the buckets, and knows what to do when they cannot be asked."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from time import monotonic

from ticketing.errors import BadRequestError, TooManyRequestsError, UnavailableError
from ticketing.limits.buckets import Buckets
from ticketing.limits.rules import Bucket, Guard, Limit
from ticketing.metrics.turned_away import count_refused, count_uncounted
from ticketing.peers import Peers, group_of

# Who may go on without limits does not wait for them again so soon, in seconds.
REST = 5.0


class Limiter:
    """Without ``buckets`` nothing is limited."""

    def __init__(
        self, buckets: Buckets | None, limits: Mapping[str, Limit], peers: Peers
    ) -> None:
        self._buckets = buckets
        self._limits = limits
        self._peers = peers
        self._rests_until = 0.0

    def check(self, guard: Guard, user_id: str, address: str) -> None:
        """Count one request. Raises TooManyRequestsError, UnavailableError."""
        if guard.opens and monotonic() < self._rests_until:
            return
        counted = group_of(address) if self._peers.counts(address) else ""
        try:
            self._take(guard.buckets(self._limits, user_id, counted))
        except UnavailableError:
            if not guard.opens:
                raise
            count_uncounted()
            self._rests_until = monotonic() + REST

    def bucket(self, name: str, subject: str) -> Bucket:
        return Bucket(name, subject, self._limits[name])

    @contextmanager
    def failures(self, buckets: Sequence[Bucket]) -> Iterator[None]:
        """Count what is done meanwhile, if it fails by whoever asks for it.

        It is counted before, so that many at once are counted as well. Raises
        TooManyRequestsError, UnavailableError.
        """
        self._take(buckets)
        try:
            yield
        except BadRequestError:
            raise
        except BaseException:
            self._give_back(buckets)
            raise
        self._give_back(buckets)

    def _take(self, buckets: Sequence[Bucket]) -> None:
        if self._buckets is None or not buckets:
            return
        if wait := self._buckets.take(buckets):
            count_refused(buckets[0].name)
            raise TooManyRequestsError(math.ceil(wait))

    def _give_back(self, buckets: Sequence[Bucket]) -> None:
        if self._buckets is not None:
            with suppress(UnavailableError):  # then it counts
                self._buckets.give_back(buckets)
