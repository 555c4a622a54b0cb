"""What happened in a sale, as its buyers saw it. Times are seconds since it opened."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Asked(NamedTuple):
    """One request: ``status`` is 0 when there was no answer; ``why`` what it said."""

    at: float
    step: str
    took: float
    status: int
    why: str = ""


class Step(NamedTuple):
    """One thing that a buyer wanted, until it was answered, however often asked."""

    at: float
    name: str
    took: float


class Bought(NamedTuple):
    """One whole purchase, at the time when its buyer knew of it."""

    at: float
    order: str
    units: tuple[str, ...]
    took: float


@dataclass
class Record:
    """``broken`` is what must not be and a buyer saw; ``ends`` how many ended how."""

    asked: list[Asked] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    bought: list[Bought] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    reserved: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    kills: list[float] = field(default_factory=list)
    sold: int = 0
    opened: float = field(default_factory=time.perf_counter)

    def now(self) -> float:
        return time.perf_counter() - self.opened

    def request(self, step: str, began: float, status: int, why: str = "") -> None:
        self.asked.append(Asked(began, step, self.now() - began, status, why))

    def step(self, name: str, began: float) -> None:
        self.steps.append(Step(began, name, self.now() - began))

    def purchase(self, order: str, units: tuple[str, ...], began: float) -> None:
        now = self.now()
        self.bought.append(Bought(now, order, units, now - began))
        self.sold += len(units)

    def restart(self) -> None:
        """The sale opens now. What was before keeps its place, before it."""
        shift, self.opened = self.now(), time.perf_counter()
        self.asked = [each._replace(at=each.at - shift) for each in self.asked]
        self.steps = [each._replace(at=each.at - shift) for each in self.steps]
