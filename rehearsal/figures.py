"""The figures of a rehearsal, from what was recorded and seen. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rehearsal.looks import SERVICES, Look
from rehearsal.record import Asked, Record

STEPS = (
    "page",
    "map",
    "answer",
    "reserve",
    "pay",
    "complete",
    "order",
    "look",
    "let go",
)
LOAD = "this program"
# Milliseconds that would be shown as none.
NOTHING = 0.005


class Times(NamedTuple):
    """Seconds, of so many as there were."""

    number: int
    p50: float
    p90: float
    p99: float
    longest: float


@dataclass(frozen=True)
class Figures:
    """``steps`` have the time until it is known what came of it, however often somebody
    asked, and as ``answer`` that of each request to reserve; ``longest`` is that of one
    request in the sale. ``took`` are the seconds from the gate to the last unit, None
    if some are left; ``cpu`` are the milliseconds of each purchase, by process.
    """

    units: int
    sold: int
    purchases: int
    rate: float
    took: float | None
    steps: dict[str, Times]
    longest: float
    cpu: dict[str, float] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    seconds: float | None = None

    @property
    def services(self) -> float:
        return self.cpu.get(SERVICES, 0.0)

    def dearest(self) -> list[tuple[str, float]]:
        """What cost CPU, the dearest first, without what is next to none."""
        seen = [(name, cost) for name, cost in self.cpu.items() if cost >= NOTHING]
        return sorted(seen, key=lambda item: -item[1])

    def line(self) -> str:
        """All that counts, in one line."""
        sold_out = f"sold out in {self.took:.1f} s" if self.took else "not sold out"
        end = f"in {self.seconds:g} s" if self.seconds else sold_out
        none = Times(0, 0, 0, 0, 0)
        answer, known = self.steps.get("answer", none), self.steps.get("reserve", none)
        return (
            f"{self.purchases} purchases of {self.sold} units, {self.rate:.1f} a second"
            f", {end}; reserve: an answer p50 {ms(answer.p50)}, p99 {ms(answer.p99)}, "
            f"known p50 {ms(known.p50)}, p99 {ms(known.p99)}; "
            f"longest request {ms(self.longest)}; CPU a purchase: services "
            f"{self.services:.1f} ms, all {sum(self.cpu.values()):.1f} ms; "
            f"{sum(self.errors.values())} errors"
        )


def figures(
    record: Record,
    looks: Sequence[Look],
    units: int,
    seconds: float | None,
    own: float | None = None,
) -> Figures:
    """``seconds`` is how long a sale was meant to go on, None until all is sold;
    ``own`` are the seconds of CPU of this program, None where nobody looked at CPU.
    """
    bought = [each for each in record.bought if not seconds or each.at <= seconds]
    last = max((each.at for each in record.bought), default=0.0)
    over = seconds or last
    is_sold_out = record.sold == units and not seconds
    used = (looks[-1].cpu if looks else {}) | ({} if own is None else {LOAD: own})
    count = len(record.bought)
    return Figures(
        units=units,
        sold=record.sold,
        purchases=count,
        rate=len(bought) / over if over else 0.0,
        took=last if is_sold_out else None,
        steps=_steps(record),
        longest=max((each.took for each in record.asked if each.at >= 0), default=0.0),
        cpu={k: v / count * 1000 for k, v in used.items()} if count else {},
        errors=dict(Counter(map(_error, filter(_is_error, record.asked)))),
        letters=looks[-1].queues.get("letters", 0) if looks else 0,
        seconds=seconds,
    )


def times(took: Sequence[float]) -> Times:
    """Percentiles by rank: each is one that was really seen."""
    ranked = sorted(took)

    def at(share: float) -> float:
        return ranked[min(int(share * len(ranked)), len(ranked) - 1)]

    return Times(len(ranked), at(0.5), at(0.9), at(0.99), ranked[-1])


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _steps(record: Record) -> dict[str, Times]:
    took = {"answer": [a.took for a in record.asked if a.step == "reserve"]}
    for step in record.steps:
        took.setdefault(step.name, []).append(step.took)
    return {step: times(took[step]) for step in STEPS if took.get(step)}


def _is_error(asked: Asked) -> bool:
    return asked.status in {0, 429} or asked.status >= 500


def _error(asked: Asked) -> str:
    if not asked.status:
        return f"{asked.step}: no answer"
    return f"{asked.step}: {asked.status} {asked.why}".rstrip()
