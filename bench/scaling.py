"""How much more two processes of the services sell than one, where they are the limit.

    .venv/bin/python -m bench.scaling [--share 0.25] [--buyers 128] [--seconds 20]

On a machine with few cores the servers use up what a second process would need. So
each process of the services may run for ``--share`` of the time only: it is stopped for
the rest of every few milliseconds, as if its core were so much slower, while the
servers have theirs. Starts systems of its own in temporary folders, first with one
process and then with ``--processes``; all buy from one listing.
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event as Flag
from pathlib import Path

from bench.purchases import Load, buy
from launcher.testing import Launched
from rehearsal.processes import SERVICES, services
from rehearsal.shop import running

# Seconds of one turn of running and standing still: far less than any time-out.
TURN = 0.04


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.25)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--buyers", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    load = Load(options.buyers, options.seconds, one_listing=True)
    one = rate(1, options.share, load)
    several = rate(options.processes, options.share, load)
    print(f"{options.processes} processes sell {several / one:.2f} times what one does")


def rate(processes: int, share: float, load: Load) -> float:
    """Return and print how many purchases a second so many slow processes make."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder) / "data", "--processes", str(processes)),
    ):
        shop = running(Path(folder) / "data", is_own=True)
        asyncio.run(buy(shop, load.warming))
        with slowed(services(shop.launcher), share):
            bought = asyncio.run(buy(shop, load))
    used = bought.cpu[SERVICES] * bought.rate / 10 / processes
    told = ", ".join(f"{name} {spent:.1f}" for name, spent in bought.cpu.items())
    print(f"{processes} at {share:.0%} of a core: {bought.rate:.1f} purchases a second")
    print(f"  of a core each has used {used:.0f} %; ms of CPU a purchase: {told}")
    return bought.rate


@contextmanager
def slowed(pids: Sequence[int], share: float) -> Iterator[None]:
    """Let these processes run for a share of the time."""
    context = get_context("spawn")
    over = context.Event()
    slowing = context.Process(target=take_turns, args=(pids, share, over))
    slowing.start()
    try:
        yield
    finally:
        over.set()
        slowing.join()


def take_turns(pids: Sequence[int], share: float, over: Flag) -> None:
    """Stop each for the rest of every turn, one a little later than the other.

    It runs before anybody else, or its turns would be as long as others let them.
    """
    with suppress(PermissionError):
        os.nice(-15)
    changes = sorted(
        (at % 1, number, sent)
        for number in range(len(pids))
        for at, sent in (
            (number / len(pids), signal.SIGCONT),
            (number / len(pids) + share, signal.SIGSTOP),
        )
    )
    turn = time.monotonic()
    while not over.is_set():
        for at, number, sent in changes:
            time.sleep(max(turn + at * TURN - time.monotonic(), 0))
            os.kill(pids[number], sent)
        turn = max(turn + TURN, time.monotonic() - TURN)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


if __name__ == "__main__":
    main()
