"""Rehearsals in each of their states, written down as whoever runs them would."""

import redis

from rehearsal.figures import figures
from rehearsal.looks import Look
from rehearsal.record import Record
from rehearsal.report import Story, html
from rehearsal.twin import outcome_of, standing
from web.rehearsals.states import Phase, Run, begun, told
from web.rehearsals.store import RedisRehearsals

UNITS = 20
BROKEN = ["Unit 7 of 64b7f0c2a1b2c3d4e5f60718 is in 2 orders."]


def record():
    """A sale in which somebody met everything that can happen."""
    made = Record()
    for number in range(UNITS):
        made.request("reserve", 0.0, (201, 503, 0)[number % 3])
        for step in ("page", "map", "reserve", "pay", "complete"):
            made.step(step, 0.0)
        made.purchase(f"o{number}", (str(number),), 0.0)
    made.ends.update({"too late": 1200, "declined": 3, "let go": 2})
    return made


def story(sale, broken=()):
    seen = [Look(0.0, 0), Look(1.0, UNITS)]
    found = figures(sale, seen, UNITS, None)
    return Story("Rehearsal: Seats", found, sale, seen, [], broken, ["20 units"])


def states():
    """What the program says in each state of the page."""
    sale = record()
    selling = {"phase": Phase.SELLING, "sale": standing(sale)}
    done = selling | {"phase": Phase.DONE}
    kept, broken = (
        outcome_of(story(sale).figures, sale, found) for found in ([], BROKEN)
    )
    return {
        "begun": {},
        "signing": {"phase": Phase.SIGNING, "done": 120, "of": 301},
        "selling": selling,
        "done": done | {"outcome": kept},
        "broken": done | {"outcome": broken},
        "stopped": {"phase": Phase.STOPPED},
        "failed": {"phase": Phase.FAILED, "why": "A sign-up had no answer."},
        "lost": {"phase": Phase.LOST},
    }


class Rehearsals:
    """Of a shop with these settings."""

    # Longer than anybody looks at a page.
    LEASE = 600

    def __init__(self, settings):
        self._client = redis.Redis.from_url(
            settings["REDIS_URL"], decode_responses=True
        )
        self._kept = RedisRehearsals(self._client, "web:rehearsals", self.LEASE)

    def show(self, listing, state):
        """Let the rehearsal of a listing be in a state, and no other one run."""
        self._client.delete("web:rehearsals:running", f"web:rehearsals:of:{listing}")
        if state is None:
            return
        run = Run("r1", listing)
        now = told(begun(run, 300, UNITS, "2026-01-31T12:00:00.000Z"), states()[state])
        self._kept.begin(run, now)
        if Phase(now["phase"]).is_over:
            self._kept.end(run, now, html(story(record())))


def rehearsed(state, of="seats", then=None):
    """Look at the page again when a rehearsal is in that state."""

    def act(page):
        page.rehearsals.show(page.ids[of], state)
        page.reload()
        if then:
            then(page)

    return act
