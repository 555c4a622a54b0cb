"""How a rehearsal stands, as it is kept and as its page tells it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ticketing.layout import Layout

Json = dict[str, Any]

# Of what is for sale, and of who wants it: enough to see, and a machine bears it.
MOST_UNITS = 1000
MOST_BUYERS, USUAL_BUYERS = 1000, 300


# What the program that rehearses tells, beside its phase, as it is before.
_TOLD: Json = {"done": 0, "of": 1, "sale": None, "twin": None}
_TOLD |= {"outcome": None, "why": ""}


class Phase(StrEnum):
    """``LOST`` is one that ended before its time, and could not say so."""

    BEGINS = "begins"
    SIGNING = "signing"
    LOOKING = "looking"
    SELLING = "selling"
    CHECKING = "checking"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"

    @property
    def is_broken_off(self) -> bool:
        return self in {Phase.STOPPED, Phase.FAILED, Phase.LOST}

    @property
    def is_over(self) -> bool:
        return self is Phase.DONE or self.is_broken_off


@dataclass(frozen=True)
class Run:
    """One rehearsal of a listing."""

    id: str
    listing: str


def begun(run: Run, buyers: int, units: int, at: str) -> Json:
    state: Json = {"run": run.id, "phase": Phase.BEGINS, "began": at}
    return state | {"buyers": buyers, "units": units} | _TOLD


def told(state: Json, line: Json) -> Json:
    """Return a state with what the program that rehearses has said meanwhile."""
    known = {"phase", *_TOLD}
    return state | {name: line[name] for name in known & line.keys()}


def ended(state: Json, *, is_stopped: bool) -> Json:
    """Return the last state of a program that says nothing any more."""
    if Phase(state["phase"]).is_over:
        return state
    return state | {"phase": Phase.STOPPED if is_stopped else Phase.LOST}


def job_of(ticket: Json, buyers: int) -> Json:
    """Return what to rehearse: a twin of a listing, as far as that is enough."""
    seats = Layout.parse(ticket["layout"]).labels if ticket["seated"] else ()
    return {
        "title": ticket["title"],
        "price": ticket["price"],
        "currency": ticket["currency"],
        "most": ticket["maxPerOrder"],
        "units": min(ticket["quantity"], MOST_UNITS),
        "seats": seats[:MOST_UNITS],
        "buyers": buyers,
    }
