"""Small things a service is given: the time, its trace, its settings."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from nameko.extensions import DependencyProvider

from ticketing import spans, tracing
from ticketing.clock import Now, utc_now
from ticketing.config import setting

T = TypeVar("T")


class Setting(DependencyProvider, Generic[T]):
    """``hold = Setting("HOLD_SECONDS", positive)``: read and checked at start."""

    def __init__(self, key: str, cast: Callable[[Any], T]) -> None:
        self._key = key
        self._cast = cast

    def setup(self) -> None:
        self._value = setting(self.container.config, self._key, self._cast)

    def get_dependency(self, worker_ctx: Any) -> T:
        return self._value


class Clock(DependencyProvider):
    """Gives the worker a function that tells the time."""

    def get_dependency(self, worker_ctx: Any) -> Now:
        return utc_now


class Tracing(DependencyProvider):
    """Makes each worker part of the trace that its message belongs to."""

    def bind(self, container: Any, attr_name: str) -> "Tracing":
        """Before anything is set up, so that all of it can be watched."""
        spans.configure(container.config)
        bound: Tracing = super().bind(container, attr_name)
        return bound

    def stop(self) -> None:
        spans.flush()

    def worker_setup(self, worker_ctx: Any) -> None:
        spans.enter(worker_ctx.data.get(tracing.CONTEXT_KEY), is_inside=True)
        spans.begin_work(worker_ctx)
        worker_ctx.data[tracing.CONTEXT_KEY] = tracing.current()
        entrypoint = getattr(worker_ctx, "entrypoint", None)
        tracing.act_for(getattr(entrypoint, "cause", ""))

    def worker_result(
        self, worker_ctx: Any, result: Any = None, exc_info: Any = None
    ) -> None:
        spans.end_work(worker_ctx, exc_info[1] if exc_info else None)
