"""Kills processes of the services on the way; whoever keeps them starts them again."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from random import Random

from rehearsal import processes
from rehearsal.record import Record

# The launcher gives up on a program that dies five times in half a minute.
APART = 10.0
POLL = 0.05


async def kill(
    record: Record, launcher: int, random: Random, is_due: Callable[[int], bool]
) -> None:
    """Whenever the next one ``is_due``, as if its power went. Until it is cancelled."""
    while True:
        await asyncio.sleep(POLL)
        if is_due(len(record.kills)) and (found := processes.services(launcher)):
            with suppress(ProcessLookupError):
                os.kill(random.choice(found), signal.SIGKILL)
                record.kills.append(record.now())
            await asyncio.sleep(APART)


def by_share(share: Callable[[], float]) -> Callable[[int], bool]:
    """A first one when a third is done, a second when two thirds are."""
    return lambda kills: kills < 2 and share() >= (kills + 1) / 3


def by_time(now: Callable[[], float], seconds: float) -> Callable[[int], bool]:
    """One in every ten seconds, the first a third of the way there."""
    first = min(seconds / 3, APART)
    return lambda kills: first + kills * APART <= now() < seconds
