"""Gives the worker what it can do about rehearsals."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from nameko.extensions import DependencyProvider

from ticketing.clock import Now, iso, utc_now
from ticketing.config import namespaced
from ticketing.ids import new_id
from ticketing.redis import SpareRedis
from ticketing.rehearsing import Permits
from web.rehearsals import states
from web.rehearsals.runner import Runner
from web.rehearsals.states import Json, Run
from web.rehearsals.store import RedisRehearsals, Rehearsals

# What is started, and goes on after whoever started it has answered.
Spawn = Callable[[Callable[[], None]], object]
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", None: "127.0.0.1"}  # noqa: S104


class Stage:
    """``address`` is the shop's own, as ``host:port``."""

    def __init__(
        self,
        rehearsals: Rehearsals,
        permits: Permits,
        address: str,
        spawn: Spawn,
        now: Now = utc_now,
    ) -> None:
        self._rehearsals = rehearsals
        self._permits = permits
        self._address = address
        self._spawn = spawn
        self._now = now

    def begin(self, ticket: Json, buyers: int) -> bool:
        """Start a rehearsal of a listing, unless one runs; say whether it was started.

        Raises UnavailableError.
        """
        run = Run(new_id(), ticket["id"])
        job = states.job_of(ticket, buyers)
        state = states.begun(run, buyers, job["units"], iso(self._now()))
        if not self._rehearsals.begin(run, state):
            return False
        job |= _place(self._address) | {"permit": self._permits.issue()}
        self._spawn(partial(Runner(self._rehearsals, run, state).go, job))
        return True

    def find(self, listing: str) -> Json | None:
        """Return how a listing's rehearsal stands. Raises UnavailableError."""
        return self._rehearsals.find(listing)

    def is_running(self) -> bool:
        return self._rehearsals.is_running()

    def report(self, listing: str) -> str | None:
        return self._rehearsals.report(listing)

    def stop(self, listing: str) -> None:
        """Have it end soon, if one runs. Raises UnavailableError."""
        if state := self._rehearsals.find(listing):
            self._rehearsals.stop(Run(state["run"], listing))


class RehearsalStage(DependencyProvider):
    """Gives the worker the ``Stage``."""

    redis = SpareRedis()

    def start(self) -> None:
        config = self.container.config
        prefix = namespaced(config, "web", ":")
        self._stage = Stage(
            RedisRehearsals(self.redis.client, f"{prefix}:rehearsals"),
            Permits.of(config),
            config["WEB_SERVER_ADDRESS"],
            partial(self.container.spawn_managed_thread, identifier="rehearsal"),
        )

    def get_dependency(self, worker_ctx: Any) -> Stage:
        return self._stage


def _place(address: str) -> Json:
    """Return where a shop that listens there answers this machine."""
    url = urlsplit(f"//{address}")
    return {"host": _ANYWHERE.get(url.hostname, url.hostname), "port": url.port or 80}
