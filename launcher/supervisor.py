"""Starts the programs stage by stage, keeps them running, and stops them in reverse."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from launcher.child import Child
from launcher.program import Program

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# For the last stage, the one before, and so on: less than ten seconds, whatever hangs.
STOP_SECONDS = (5.0, 3.5, 1.0)


class Supervisor:
    """The programs of a stage start at once, when all of the stage before are ready."""

    def __init__(
        self, stages: list[list[Program]], logs: Path, say: Callable[[str], None]
    ) -> None:
        self._stages = [[Child(each, logs, say) for each in stage] for stage in stages]
        self._signal: signal.Signals | None = None
        self._is_ready = self._is_stopping = False
        self._say = say

    async def run(self, ready: str) -> int:
        """Says `ready` when everything is; returns the exit code after a signal.

        Raises ProgramError when a program fails for good.
        """
        self._heed_signals()
        try:
            await self._keep_all(ready)
        except asyncio.CancelledError:
            self._say("Stopping.")
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            self._is_stopping = True
            await self._stop_all()
        return 0 if self._is_ready or not self._signal else 128 + self._signal

    async def _keep_all(self, ready: str) -> None:
        async with asyncio.TaskGroup() as group:
            for stage in self._stages:
                for child in stage:
                    group.create_task(child.run())
                for child in stage:
                    await child.ready.wait()
            self._is_ready = True
            self._say(ready)
            await asyncio.Event().wait()

    async def _stop_all(self) -> None:
        for stage, patience in zip(reversed(self._stages), STOP_SECONDS, strict=False):
            await asyncio.gather(*(child.stop(patience) for child in stage))

    def _heed_signals(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task
        for number in SIGNALS:
            if signal.getsignal(number) == signal.SIG_IGN and number == signal.SIGHUP:
                continue  # nohup
            loop.add_signal_handler(number, self._interrupt, task, number)

    def _interrupt(self, task: asyncio.Task[int], number: signal.Signals) -> None:
        if not self._is_stopping:
            self._is_stopping, self._signal = True, number
            task.cancel()
