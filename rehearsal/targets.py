"""What a sale has to reach, and whether it has. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from rehearsal.figures import Figures, ms

SOLD_OUT_SECONDS, RESERVE_P99, LONGEST = 10.0, 0.5, 5.0
RATE, SERVICES_MS = 100.0, 6.0


class Target(NamedTuple):
    """``counts`` says whether missing it is a failure."""

    what: str
    found: str
    is_met: bool
    counts: bool = True


def of_sale(figures: Figures, *, killed: bool) -> Iterator[Target]:
    """Figures do not count where services were killed meanwhile."""
    took, answer = figures.took, figures.steps.get("answer")
    yield Target("everything is sold", f"{figures.sold} of {figures.units}", bool(took))
    yield Target(
        f"sold out in {SOLD_OUT_SECONDS:g} s",
        f"{took:.1f} s" if took else "not sold out",
        took is not None and took <= SOLD_OUT_SECONDS,
        not killed,
    )
    p99 = answer.p99 if answer else float("inf")
    yield Target(
        f"p99 of an answer to who reserves below {ms(RESERVE_P99)}",
        ms(p99) if answer else "none",
        p99 < RESERVE_P99,
        not killed,
    )
    yield Target(
        f"no request waits longer than {LONGEST:g} s",
        ms(figures.longest),
        figures.longest <= LONGEST,
        not killed,
    )


def of_steady(figures: Figures, *, killed: bool) -> Iterator[Target]:
    yield Target(
        f"{RATE:g} whole purchases a second",
        f"{figures.rate:.1f}",
        figures.rate >= RATE,
        not killed,
    )
    yield Target(
        f"at most {SERVICES_MS:g} ms of CPU of the services a purchase",
        f"{figures.services:.1f} ms",
        0 < figures.services <= SERVICES_MS,
        not killed,
    )
