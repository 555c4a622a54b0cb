"""One program, started, waited for, and started again whenever it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from asyncio import subprocess
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from launcher.errors import ProgramError
from launcher.leash import leash
from launcher.program import Program

POLL_SECONDS = 0.05
# Waited before the first, second, ... start after a death of the last half minute.
BACKOFF_SECONDS = (0.1, 0.5, 1.0, 2.0)
DEATHS, WITHIN_SECONDS = 5, 30.0
TAIL_LINES = 20


class Child:
    """`ready` is set once the program has answered for the first time."""

    def __init__(
        self, program: Program, logs: Path, say: Callable[[str], None]
    ) -> None:
        self.program = program
        self.ready = asyncio.Event()
        self._log = logs / f"{program.name}.log"
        self._say = say
        self._process: subprocess.Process | None = None
        self._deaths: deque[float] = deque(maxlen=DEATHS)

    async def run(self) -> None:
        """Runs until cancelled; raises ProgramError when going on is no use."""
        seconds = await self._start()
        self.ready.set()
        if self.program.is_announced:
            self._say(f"  {self.program.title}: ready after {seconds:.1f} s")
        while True:
            how = await self._died()
            self._say(f"{self.program.title} died ({how}), starting again.")
            await asyncio.sleep(self._next_wait())
            with suppress(ProgramError):
                seconds = await self._start()
                self._say(f"{self.program.title}: ready again after {seconds:.1f} s")

    async def stop(self, patience_seconds: float) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience_seconds)
        await self._kill()

    async def _start(self) -> float:
        """The seconds it took to be ready. It is dead when this raises ProgramError."""
        began = time.monotonic()
        self._process = await self._spawn()
        try:
            async with asyncio.timeout(self.program.patience_seconds):
                await self._answered(self._process)
        except TimeoutError as error:
            await self._kill()
            raise self._fault(
                f"was not ready within {self.program.patience_seconds:g} s"
            ) from error
        return time.monotonic() - began

    async def _spawn(self) -> subprocess.Process:
        try:
            with self._log.open("ab") as log:
                return await asyncio.create_subprocess_exec(
                    *self.program.command,
                    cwd=self.program.directory,
                    env=self.program.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # The terminal's Ctrl-C is for the launcher, which stops in order.
                    start_new_session=True,
                    preexec_fn=leash(),
                )
        except OSError as error:
            raise self._fault(f"could not be started: {error.strerror}") from error

    async def _answered(self, process: subprocess.Process) -> None:
        while not await self.program.answers(process.pid):
            if process.returncode is not None:
                raise self._fault(f"did not start ({_ending(process.returncode)})")
            await asyncio.sleep(POLL_SECONDS)

    async def _died(self) -> str:
        assert self._process
        code = await self._process.wait()
        self._deaths.append(time.monotonic())
        span = self._deaths[-1] - self._deaths[0]
        if len(self._deaths) == DEATHS and span < WITHIN_SECONDS:
            raise self._fault(f"died {DEATHS} times within {span:.0f} s")
        return _ending(code)

    def _next_wait(self) -> float:
        now = time.monotonic()
        recent = sum(now - death < WITHIN_SECONDS for death in self._deaths)
        return BACKOFF_SECONDS[min(recent, len(BACKOFF_SECONDS)) - 1]

    async def _kill(self) -> None:
        """Ends the process with all that it started, helpers of its own included."""
        assert self._process
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    def _fault(self, what: str) -> ProgramError:
        sentence = f"{self.program.title} {what}; its log is {self._log}."
        return ProgramError("\n".join([*_tail(self._log), sentence]))


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _tail(log: Path) -> list[str]:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [f"  | {line}" for line in lines[-TAIL_LINES:]]
