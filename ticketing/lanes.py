"""Calls that come together go together, and each caller has its own outcome.

Nobody waits for company: the first call goes at once, and what comes while it is on its
way goes next, all of it at a time.
"""

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any, Generic, TypeVar

import eventlet
from eventlet.event import Event as Flag

from ticketing import spans
from ticketing.errors import UnavailableError

T = TypeVar("T")

# Calls in one batch. More only make the first one wait.
MOST = 100
# Seconds that a call waits, for the batch before it and for its own.
PATIENCE = 1.5


class Lane(Generic[T]):
    """``send`` takes a list and returns as many outcomes: values, or errors to raise.

    It runs in a green thread of the lane's own, so that a caller who is stopped takes
    nobody else along. What it does is told as the first caller's.
    """

    def __init__(self, send: Callable[[list[T]], list[Any]], name: str = "") -> None:
        self._send = send
        self._name = f"together {name}"
        self._waiting: list[tuple[T, Flag, Any]] = []
        self._is_busy = False

    def call(self, item: T) -> Any:
        """Return the item's value. Raises its error, UnavailableError after PATIENCE:
        then it was not sent, or nobody knows yet.
        """
        done = Flag()
        with spans.part(self._name):
            self._waiting.append((item, done, spans.here()))
            if not self._is_busy:
                self._is_busy = True
                eventlet.spawn_n(self._run)
            with eventlet.Timeout(PATIENCE, UnavailableError):
                outcome = self._outcome(done)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _outcome(self, done: Flag) -> Any:
        """Wait for it; who waits no more is not sent any more."""
        try:
            return done.wait()
        except BaseException:
            self._waiting = [each for each in self._waiting if each[1] is not done]
            raise

    def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            spans.go_on_from(batch[0][2])
            outcomes = self._outcomes([item for item, _, _ in batch])
            for (_, done, _), outcome in zip(batch, outcomes, strict=True):
                done.send(outcome)
        self._is_busy = False

    def _outcomes(self, items: list[T]) -> Iterable[Any]:
        try:
            return self._send(items)
        except Exception as error:  # noqa: BLE001 - whoever called raises it
            return repeat(error, len(items))
