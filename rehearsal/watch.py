"""Looks at the system every half second: CPU, queues, how far the sale is."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import nats.errors
from pymongo.errors import PyMongoError

from rehearsal.looks import Look
from rehearsal.processes import CpuMeter
from rehearsal.queues import OUTBOX, Queues, is_settled
from rehearsal.record import Record

EVERY = 0.5
# So many looks at empty queues, one after the other: an event may cause another.
SURE = 3
# A server that is busy is asked again.
_AWAY = (nats.errors.Error, PyMongoError, TimeoutError)


@dataclass
class Watch:
    """``own`` is the CPU of this program, in seconds."""

    record: Record
    queues: Queues
    meter: CpuMeter
    tell: Callable[[], None]
    looks: list[Look] = field(default_factory=list)
    own: float = 0.0

    async def run(self) -> None:
        """Until it is cancelled."""
        began = time.process_time()
        try:
            while True:
                await self._look()
                self.tell()
                await asyncio.sleep(EVERY)
        finally:
            self.own = time.process_time() - began

    async def until_settled(self, patience: float) -> bool:
        """Whether all events are handled before the time is over."""
        deadline = time.monotonic() + patience
        quiet = 0
        while time.monotonic() < deadline:
            latest = self.looks[-1].queues if self.looks else {OUTBOX: 1}
            quiet = quiet + 1 if is_settled(latest) else 0
            if quiet == SURE:
                return True
            await asyncio.sleep(EVERY)
        return False

    async def _look(self) -> None:
        at, sold = self.record.now(), self.record.sold
        with suppress(*_AWAY):
            lengths = await self.queues.lengths()
            self.looks.append(Look(at, sold, lengths, self.meter.look()))
