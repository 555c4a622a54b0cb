"""A shop in which sellers may rehearse, and what the program that does so would say."""

from web_fakes import STAND_IN

from web.rehearsals.states import Run

OFFERED = STAND_IN | {"REHEARSALS": "on"}
SALE = {
    "seconds": 2.5,
    "sold": 1234,
    "bought": 700,
    "rate": 31.5,
    "late": 3,
    "declined": 2,
    "letGo": 0,
    "waited": 12,
    "failed": 0,
    "perSecond": [3, 0, 7],
}
TIMES = {"p50": 12, "p90": 20, "p99": 34, "longest": 2056}
OUTCOME = {
    "units": 8,
    "sold": 8,
    "purchases": 5,
    "took": 3.25,
    "rate": 1.5,
    "steps": {"reserve": TIMES, "pay": TIMES},
    "ends": {},
    "broken": [],
}


def start(seller, path, buyers="20"):
    return seller.post(path, {"buyers": buyers})


def now(world, listing, **state):
    """Let the program that rehearses say how it stands."""
    run = Run(world.rehearsals.find(listing["id"])["run"], listing["id"])
    known = world.rehearsals.find(listing["id"])
    world.rehearsals.keep(run, known | state)
    return run


def over(world, listing, report="", **state):
    run = now(world, listing, **state)
    known = world.rehearsals.find(listing["id"])
    world.rehearsals.end(run, known, report)
