"""Small things a service is given: the time, its trace, its settings."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from nameko.extensions import DependencyProvider

from ticketing import tracing
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

    def worker_setup(self, worker_ctx: Any) -> None:
        traceparent = tracing.accept(worker_ctx.data.get(tracing.CONTEXT_KEY))
        worker_ctx.data[tracing.CONTEXT_KEY] = traceparent
        tracing.follow(traceparent)
        entrypoint = getattr(worker_ctx, "entrypoint", None)
        tracing.act_for(getattr(entrypoint, "cause", ""))
