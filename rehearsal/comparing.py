"""Holds what a sale left behind against what was promised, until it has settled."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from rehearsal import checker
from rehearsal.books import Books
from rehearsal.record import Record

# For payments whose outcome nobody knew: a round that looks after them is due each
# minute.
MENDED, AGAIN = 150.0, 5.0


async def compared(
    record: Record,
    read: Callable[[], Awaitable[Books]],
    away: tuple[type[Exception], ...],
) -> list[str]:
    """What is wrong, and stays so: the shop mends what was cut off, each minute.

    What was sold twice stays wrong, even if it was mended. ``away`` are the errors that
    say that nobody can be asked right now.
    """
    deadline, twice = time.monotonic() + MENDED, dict[str, None]()
    while True:
        try:
            found = await read()
            twice |= dict.fromkeys(checker.oversold(found))
            broken = checker.broken(found, record)
        except away as error:
            broken = [f"The books cannot be read: {error or type(error).__name__}."]
        if not broken or time.monotonic() > deadline:
            return list(twice | dict.fromkeys(broken))
        await asyncio.sleep(AGAIN)
