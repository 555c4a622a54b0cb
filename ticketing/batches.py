"""Calls about the same thing, made together.

The first call about a thing is made at once; those that come while it lasts wait and
form the next one. So a hot thing costs one write after another, however many want it.
"""

from collections.abc import Callable, Hashable
from typing import Any

from eventlet.event import Event as Flag
from eventlet.semaphore import Semaphore
from nameko.extensions import DependencyProvider

from ticketing import spans
from ticketing.errors import UnavailableError

Items = list[Any]


class _Batch:
    def __init__(self, turn: Semaphore) -> None:
        self.turn = turn
        self.items: Items = []
        self.done = Flag()


class Batches:
    """``join`` returns when the batch that its item went with has been handled."""

    def __init__(self) -> None:
        self._forming: dict[Hashable, _Batch] = {}
        self._turns: dict[Hashable, Semaphore] = {}

    def join(self, key: Hashable, item: Any, handle: Callable[[Items], None]) -> None:
        """Handle an item with others of its key. Raises what ``handle`` does."""
        batch = self._forming.get(key)
        if batch is None:
            turn = self._turns.setdefault(key, Semaphore())
            batch = self._forming[key] = _Batch(turn)
            batch.items.append(item)
            self._lead(key, batch, handle)
        else:
            batch.items.append(item)
            with spans.part("wait for a batch"):
                batch.done.wait()

    def _lead(
        self, key: Hashable, batch: _Batch, handle: Callable[[Items], None]
    ) -> None:
        error: BaseException | None = UnavailableError("Ended before its turn came")
        try:
            with batch.turn:
                self._close(key, batch)
                handle(batch.items)
            error = None
        except Exception as raised:
            error = raised
            raise
        finally:
            self._close(key, batch)
            batch.done.send_exception(error) if error else batch.done.send(None)
            if key not in self._forming and not batch.turn.locked():
                self._turns.pop(key, None)

    def _close(self, key: Hashable, batch: _Batch) -> None:
        """Take no more items into a batch."""
        if self._forming.get(key) is batch:
            del self._forming[key]


class Batching(DependencyProvider):
    """Gives the worker the container's ``Batches``."""

    def setup(self) -> None:
        self._batches = Batches()

    def get_dependency(self, worker_ctx: Any) -> Batches:
        return self._batches
