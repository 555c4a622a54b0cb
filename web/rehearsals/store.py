"""What is known of rehearsals, in Redis: any process of the shop can tell of them.

A lease says that one runs, and there is one lease for the whole shop. Who holds it
renews it as long as the rehearsal goes on: when it ends first, whoever ran it is gone.
"""

import json
from collections.abc import Callable
from enum import StrEnum
from time import monotonic
from typing import Any, Protocol

from ticketing.redis import own_errors
from web.rehearsals.states import Json, Phase, Run

# In seconds: how long nobody need say that a rehearsal goes on, and how long it is told
# of when it is over.
LEASE, DAY = 15, 86_400

_BEGIN = """
local owner = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[3])
if not owner then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[4])
redis.call('DEL', KEYS[3], KEYS[4])
return 1
"""
_KEEP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[4])
if redis.call('GET', KEYS[4]) == ARGV[1] then return 'stop' end
return 'go on'
"""
_END = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[4])
if ARGV[5] ~= '' then redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[4]) end
redis.call('DEL', KEYS[1], KEYS[4])
return 1
"""


class Wish(StrEnum):
    """What is to become of a rehearsal: ``LOST`` is one that has lost its lease."""

    GO_ON = "go on"
    STOP = "stop"
    LOST = "lost"


class Rehearsals(Protocol):
    """All of them raise UnavailableError."""

    def begin(self, run: Run, state: Json) -> bool:
        """Take the lease, unless a rehearsal runs: return whether it was taken."""

    def keep(self, run: Run, state: Json) -> Wish:
        """Renew the lease and tell how it stands."""

    def end(self, run: Run, state: Json, report: str = "") -> None:
        """Give the lease back, and leave what came of it; nothing without a lease."""

    def find(self, listing: str) -> Json | None:
        """Return the last state of a listing's rehearsal, if it had any."""

    def report(self, listing: str) -> str | None: ...

    def is_running(self) -> bool:
        """Whether any listing is rehearsed."""

    def stop(self, run: Run) -> None:
        """Ask whoever runs it to end it."""


class RedisRehearsals:
    """One round trip each, whole or not at all."""

    def __init__(self, client: Any, prefix: str, lease: int = LEASE) -> None:
        self._client = client
        self._prefix = prefix
        self._lease = lease
        self._begin, self._keep, self._end = (
            client.register_script(script) for script in (_BEGIN, _KEEP, _END)
        )

    def begin(self, run: Run, state: Json) -> bool:
        with own_errors():
            return bool(self._begin(*self._arguments(run, state)))

    def keep(self, run: Run, state: Json) -> Wish:
        with own_errors():
            return Wish(self._keep(*self._arguments(run, state)))

    def end(self, run: Run, state: Json, report: str = "") -> None:
        keys, values = self._arguments(run, state)
        with own_errors():
            self._end(keys, [*values, report])

    def find(self, listing: str) -> Json | None:
        with own_errors():
            kept, owner = self._client.mget(self._of(listing), self._running)
        return _as_it_is(json.loads(kept), owner) if kept else None

    def report(self, listing: str) -> str | None:
        with own_errors():
            found: str | None = self._client.get(self._report(listing))
        return found

    def is_running(self) -> bool:
        with own_errors():
            return bool(self._client.exists(self._running))

    def stop(self, run: Run) -> None:
        with own_errors():
            self._client.set(self._stop(run.listing), run.id, ex=DAY)

    def _arguments(self, run: Run, state: Json) -> tuple[list[str], list[Any]]:
        keys = [self._running, self._of(run.listing)]
        keys += [self._report(run.listing), self._stop(run.listing)]
        return keys, [run.id, json.dumps(state), self._lease, DAY]

    @property
    def _running(self) -> str:
        return f"{self._prefix}:running"

    def _of(self, listing: str) -> str:
        return f"{self._prefix}:of:{listing}"

    def _report(self, listing: str) -> str:
        return f"{self._prefix}:report:{listing}"

    def _stop(self, listing: str) -> str:
        return f"{self._prefix}:stop:{listing}"


class MemoryRehearsals:
    """The double: in a dict, by a clock of its own."""

    def __init__(
        self, now: Callable[[], float] = monotonic, lease: float = LEASE
    ) -> None:
        self._now = now
        self._lease = lease
        self._owner, self._until = "", 0.0
        self._states: dict[str, str] = {}
        self._reports: dict[str, str] = {}
        self._stopped: set[str] = set()

    def begin(self, run: Run, state: Json) -> bool:
        if self.is_running():
            return False
        self._take(run, state)
        self._reports.pop(run.listing, None)
        return True

    def keep(self, run: Run, state: Json) -> Wish:
        if self._holder != run.id:
            return Wish.LOST
        self._take(run, state)
        return Wish.STOP if run.id in self._stopped else Wish.GO_ON

    def end(self, run: Run, state: Json, report: str = "") -> None:
        if self._holder != run.id:
            return
        self._take(run, state)
        self._owner = ""
        if report:
            self._reports[run.listing] = report

    def find(self, listing: str) -> Json | None:
        kept = self._states.get(listing)
        return _as_it_is(json.loads(kept), self._holder) if kept else None

    def report(self, listing: str) -> str | None:
        return self._reports.get(listing)

    def is_running(self) -> bool:
        return bool(self._holder)

    def stop(self, run: Run) -> None:
        self._stopped.add(run.id)

    @property
    def _holder(self) -> str:
        return self._owner if self._now() < self._until else ""

    def _take(self, run: Run, state: Json) -> None:
        self._owner, self._until = run.id, self._now() + self._lease
        self._states[run.listing] = json.dumps(state)


def _as_it_is(state: Json, owner: str | None) -> Json:
    """Return a state; of one that nobody goes on with, that it is lost."""
    phase = Phase(state["phase"])
    if not phase.is_over and owner != state["run"]:
        phase = Phase.LOST
    return state | {"phase": phase}
