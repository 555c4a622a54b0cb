"""What a decision about an aggregate comes to. Pure: models import it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ticketing.messages import Event


class Versioned(Protocol):
    """What every aggregate has: an id, and how often it has changed since 0."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


A = TypeVar("A", bound=Versioned)


@dataclass(frozen=True)
class Change(Generic[A]):
    """What a decision comes to: the next state and the event that tells of it."""

    state: A
    event: Event | None = None


Decision = Callable[[A], Change[A] | None]
