"""Calls that come together go together, and each caller has its own outcome.

Nobody waits for company: the first call goes at once, and what comes while it is on its
way goes next, all of it at a time. A lane outlives its callers; ``ticketing.batches``
works in one of them, who may be stopped, and tells all of a batch the same.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import eventlet
from eventlet.event import Event as Flag

from ticketing import spans
from ticketing.errors import UnavailableError

T = TypeVar("T")

# Calls in one batch. More only make the first one wait.
MOST = 100


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
        """Return the item's value. Raises its error.

        UnavailableError also when those before have waited in vain: it was not sent.
        """
        done = Flag()
        with spans.part(self._name):
            self._waiting.append((item, done, spans.here()))
            if not self._is_busy:
                self._is_busy = True
                eventlet.spawn_n(self._run)
            outcome = done.wait()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            spans.go_on_from(batch[0][2])
            try:
                outcomes = self._send([item for item, _, _ in batch])
            except Exception as error:  # noqa: BLE001 - whoever called raises it
                outcomes = self._fail(batch, error)
            for (_, done, _), outcome in zip(batch, outcomes, strict=True):
                done.send(outcome)
        self._is_busy = False

    def _fail(self, batch: list[Any], error: Exception) -> list[Exception]:
        """An error of all. Who came meanwhile need not wait for it once more."""
        if isinstance(error, UnavailableError):
            batch += self._waiting
            self._waiting = []
        return [error] * len(batch)
