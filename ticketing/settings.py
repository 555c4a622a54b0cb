"""A configured value as a dependency of a service."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from nameko.extensions import DependencyProvider

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
