"""Starts the program that rehearses, and writes down what it says until it ends.

It runs beside the services, as buyers do, not among them: its own process, with nothing
but the shop's address and a permit. It ends when this process does, for nobody would
write down what it says.
"""

import json
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import eventlet
from eventlet.green import subprocess
from eventlet.queue import Empty, LightQueue

from ticketing.errors import UnavailableError
from web.rehearsals.states import Json, Phase, Run, ended, told
from web.rehearsals.store import LEASE, Rehearsals, Wish

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-P", "-m", "rehearsal.button")
# Nothing of the services' own settings, which have the keys of all servers.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
# In seconds: between two looks, how long Redis may be away, and for how long it may
# still put things in order when it was told to stop.
EVERY, PATIENCE, ORDERLY = 1.0, LEASE, 30.0
# Longer than any rehearsal, which ends by itself before.
LONGEST = 1100.0


class Runner:
    """Of one rehearsal, by whoever began it."""

    def __init__(self, rehearsals: Rehearsals, run: Run, state: Json) -> None:
        self._rehearsals = rehearsals
        self._run = run
        self._state = state
        self._report = ""
        self._is_stopped = False

    def go(self, job: Json) -> None:
        """Return when it is over and that is written down, whatever came of it."""
        try:
            self._follow(job)
        except Exception:  # or the whole service would end
            log.exception("No rehearsal", extra={"action": "rehearsal_failed"})
            self._state |= {"phase": Phase.FAILED}
        finally:
            self._end()

    def _follow(self, job: Json) -> None:
        with self._started(job) as child:
            lines = LightQueue()
            reader = eventlet.spawn(_read, child.stdout, lines)
            try:
                self._listen(child, lines)
            finally:
                reader.kill()
                with suppress(OSError):
                    child.kill()

    def _started(self, job: Json) -> Any:
        given = {k: os.environ[k] for k in _INHERITED if k in os.environ}
        child = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=given | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # It stays open: when it is closed, whoever reads it has to end.
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.flush()
        return child

    def _listen(self, child: Any, lines: LightQueue) -> None:
        """Until it says nothing any more, or has to end and does not."""
        heard = monotonic()
        until = heard + LONGEST
        while monotonic() < until and self._hear_next(lines):
            wish = self._kept()
            heard = heard if wish is None else monotonic()
            if wish is Wish.LOST or monotonic() > heard + PATIENCE:
                return
            if wish is Wish.STOP and not self._is_stopped:
                self._is_stopped, until = True, monotonic() + ORDERLY
                child.terminate()

    def _hear_next(self, lines: LightQueue) -> bool:
        """Return whether there may be more to hear."""
        with suppress(Empty):
            line = lines.get(timeout=EVERY)
            if line is None:
                return False
            self._hear(line)
        return True

    def _hear(self, line: bytes) -> None:
        said = json.loads(line)
        self._report = said.pop("report", self._report)
        self._state = told(self._state, said)

    def _kept(self) -> Wish | None:
        try:
            return self._rehearsals.keep(self._run, self._state)
        except UnavailableError:
            return None

    def _end(self) -> None:
        last = ended(self._state, is_stopped=self._is_stopped)
        with suppress(UnavailableError):
            self._rehearsals.end(self._run, last, self._report)


def _read(pipe: Any, lines: LightQueue) -> None:
    try:
        for line in pipe:
            lines.put(line)
    finally:
        lines.put(None)
