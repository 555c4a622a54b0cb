"""``python -m rehearsal.button``: the rehearsal that a seller starts on a page.

The shop says on its input what to do, as a line of JSON, and hears on its output how it
stands, a line each time. When the input ends, whoever asked for it is gone, and so it
ends as well; SIGTERM does the same. Nothing is left for sale then.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from rehearsal.client import LostError
from rehearsal.errors import RehearsalError
from rehearsal.files import allow_files
from rehearsal.job import Job
from rehearsal.twin import rehearse

# The services go first.
NICE = 10
# In seconds: more than the most buyers need to sign up, to buy and to be looked after.
LONGEST = 900.0
MOST_INPUT = 2**20


def main() -> int:
    os.nice(NICE)
    return asyncio.run(_main())


async def _main() -> int:
    given = await _input()
    job = Job.parse(await given.readline())
    try:
        allow_files(job.buyers)
        async with asyncio.timeout(LONGEST):
            await _until_over(job, given)
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    except TimeoutError:
        return _fail("It took too long")
    except (RehearsalError, LostError, OSError, RuntimeError) as error:
        return _fail(str(error) or type(error).__name__)
    return 0


async def _until_over(job: Job, given: asyncio.StreamReader) -> None:
    work = asyncio.create_task(rehearse(job, say))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    alone = asyncio.create_task(_until_alone(given, work))
    try:
        await work
    finally:
        alone.cancel()


async def _until_alone(given: asyncio.StreamReader, work: asyncio.Task[None]) -> None:
    while await given.read(MOST_INPUT):
        pass
    work.cancel()


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=MOST_INPUT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


def say(told: dict[str, Any]) -> None:
    try:
        print(json.dumps(told), flush=True)
    except BrokenPipeError:
        # Nobody listens any more, which ends it in a moment.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _fail(why: str) -> int:
    say({"phase": "failed", "why": why})
    return 1


if __name__ == "__main__":
    sys.exit(main())
