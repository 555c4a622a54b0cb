"""Starts the programs stage by stage, keeps them running, and stops them in reverse."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from launcher.child import Child
from launcher.program import Program

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Together less than ten seconds, whatever hangs.
LAST_STAGE_SECONDS, STAGE_SECONDS = 5.0, 2.0


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
        """Says `ready` when everything is, and goes on until a signal comes; then the
        exit code. Raises ProgramError when a program fails for good."""
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

    async def _stop_all(self) -> None:
        patience = LAST_STAGE_SECONDS
        for stage in reversed(self._stages):
            await asyncio.gather(*(child.stop(patience) for child in stage))
            patience = STAGE_SECONDS

    def _heed_signals(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task
        for number in SIGNALS:
            loop.add_signal_handler(number, self._interrupt, task, number)

    def _interrupt(self, task: asyncio.Task[int], number: signal.Signals) -> None:
        if not self._is_stopping:
            self._is_stopping, self._signal = True, number
            task.cancel()
