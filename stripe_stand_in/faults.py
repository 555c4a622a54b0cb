"""What goes wrong on purpose, as networks and payment providers do it.

https://docs.stripe.com/error-low-level asks a client to be ready for lost answers and
for errors of the server; https://docs.stripe.com/webhooks#best-practices for events
that come twice, late, in another order or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any, TypeVar

from stripe_stand_in.errors import ParameterError

T = TypeVar("T")

LONGEST_SECONDS = 3600.0
MOST_COPIES = 20


@dataclass(frozen=True)
class WebhookFaults:
    """copies: how often each is sent. drop: the chance that one is lost for good.

    delay: least and most seconds it is held back at first. shuffle: whether what is due
    is sent in any order.
    """

    copies: int = 1
    shuffle: bool = False
    drop: float = 0.0
    delay: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Faults:
    """swallow, fail_after: the chance that what was done is not answered, or with 500.

    fail_before: the chance of a 500 without any effect. delay: least and most seconds
    before a request is looked at. processing: how many seconds a card takes. paths: the
    beginnings of the paths all this is limited to, except processing and webhooks.
    """

    seed: int = 0
    swallow: float = 0.0
    fail_after: float = 0.0
    fail_before: float = 0.0
    delay: tuple[float, float] = (0.0, 0.0)
    processing: float = 0.0
    paths: tuple[str, ...] = ()
    webhooks: WebhookFaults = field(default_factory=WebhookFaults)


@dataclass(frozen=True)
class Mishap:
    """What happens to one request."""

    delay: float
    fail_before: bool
    fail_after: bool
    swallow: bool


class Fate:
    """The faults in force, and the dice; may be set while requests are answered."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._lock = Lock()
        self.set(faults or Faults())

    def set(self, faults: Faults) -> None:
        with self._lock:
            self.faults = faults
            self._random = Random(faults.seed)  # noqa: S311 - repeatable on purpose

    def mishap(self, path: str) -> Mishap | None:
        """Four throws for each request concerned, so that a seed repeats a run."""
        faults = self.faults
        if faults == _NONE or not path.startswith(faults.paths or ""):
            return None
        with self._lock:
            throws = [self._random.random() for _ in range(3)]
            delay = self._random.uniform(*faults.delay)
        before, after, swallow = throws
        return Mishap(
            delay,
            before < faults.fail_before,
            after < faults.fail_after,
            swallow < faults.swallow,
        )

    def processing(self) -> float:
        return self.faults.processing

    def lag(self) -> float:
        """How many seconds a webhook is held back."""
        delay = self.faults.webhooks.delay
        if delay[1] == 0:
            return 0.0
        with self._lock:
            return self._random.uniform(*delay)

    def copies(self, *, first: bool) -> int:
        """How often an event is sent now; 0 if it is lost for good."""
        faults = self.faults.webhooks
        with self._lock:
            lost = first and faults.drop > 0 and self._random.random() < faults.drop
        return 0 if lost else faults.copies

    @property
    def shuffles(self) -> bool:
        return self.faults.webhooks.shuffle

    def shuffled(self, items: list[T]) -> list[T]:
        with self._lock:
            return self._random.sample(items, len(items))


_NONE = Faults()


def parse(raw: str | bytes) -> Faults:
    """From JSON. Raises ParameterError that names what is wrong."""
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        raise ParameterError("The faults are not valid JSON.") from None
    clean = _object(given, "faults", _RULES)
    if "webhooks" in clean:
        webhooks = _object(clean["webhooks"], "webhooks", _WEBHOOK_RULES)
        clean["webhooks"] = WebhookFaults(**webhooks)
    return Faults(**clean)


Check = Callable[[Any, str], Any]


def _object(given: Any, name: str, rules: Mapping[str, Check]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ParameterError(f"{name} has to be an object.", param=name)
    for key in given:
        if key not in rules:
            raise ParameterError(
                f"{name} has no {key[:100]}; it has {', '.join(rules)}.",
                param=key[:100],
            )
    return {key: rules[key](value, key) for key, value in given.items()}


def _number(most: float) -> Check:
    def check(value: Any, name: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= most:
            raise ParameterError(
                f"{name} has to be a number from 0 to {most:g}.", param=name
            )
        return float(value)

    return check


def _interval(value: Any, name: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ParameterError(f"{name} has to be two numbers of seconds.", param=name)
    least, most = (_number(LONGEST_SECONDS)(number, name) for number in value)
    if least > most:
        raise ParameterError(f"{name} has to begin with the smaller.", param=name)
    return least, most


def _whole(least: int, most: int) -> Check:
    def check(value: Any, name: str) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ParameterError(
                f"{name} has to be a whole number from {least} to {most}.", param=name
            )
        return value

    return check


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ParameterError(f"{name} has to be true or false.", param=name)
    return value


def _paths(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(
        isinstance(path, str) and path.startswith("/v1/") for path in value
    ):
        raise ParameterError(
            f"{name} has to be a list of paths that begin with /v1/.", param=name
        )
    return tuple(value)


_RULES: dict[str, Check] = {
    "seed": _whole(0, 2**63),
    "swallow": _number(1),
    "fail_after": _number(1),
    "fail_before": _number(1),
    "delay": _interval,
    "processing": _number(LONGEST_SECONDS),
    "paths": _paths,
    "webhooks": lambda value, _name: value,
}
_WEBHOOK_RULES: dict[str, Check] = {
    "copies": _whole(1, MOST_COPIES),
    "shuffle": _flag,
    "drop": _number(1),
    "delay": _interval,
}
