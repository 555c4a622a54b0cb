"""Simulates worlds, by default one, and tells its story.

PYTHONPATH=. .venv/bin/python tests/simulation/simulate.py --seed 17
PYTHONPATH=. .venv/bin/python tests/simulation/simulate.py --seed 0 --count 100000
"""

import gc
import logging
import os
import sys
import warnings
from argparse import ArgumentParser
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context

# eventlet says at each start that it is not for new projects.
warnings.filterwarnings("ignore", module="eventlet")
warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")

from simulation_guards import GUARDS
from simulation_nature import nature
from simulation_run import run

# So many seeds are one piece of work; garbage is collected after each.
PIECE = 50


def simulate(first, count, *, processes=None, without=()):
    """Go through many seeds on all cores; each ``seed, [violation]`` as it is found."""
    every = range(first, first + count)
    pieces = [every[start : start + PIECE] for start in range(0, count, PIECE)]
    with pool(processes) as workers:
        for each in workers.imap(partial(violations_of, without=without), pieces):
            yield from each.items()


def missed(seeds):
    """``{guard: (seed, [violation])}``: the first seed that misses each guard."""
    with pool() as workers:
        found = workers.map(partial(first_missing, seeds), GUARDS, chunksize=1)
    return dict(zip(GUARDS, found, strict=True))


def violations_of(seeds, without=()):
    with unguarded(without):
        found = {seed: run(seed).witness.violations for seed in seeds}
    gc.collect()
    return {seed: violations for seed, violations in found.items() if violations}


def first_missing(seeds, guard):
    found = (violations_of([seed], [guard]) for seed in seeds)
    return next((pair for each in found for pair in each.items()), None)


def pool(processes=None):
    return get_context("spawn").Pool(processes or os.cpu_count(), quieten)


def story_of(seed, without=()):
    with unguarded(without):
        return run(seed, telling=True).story


@contextmanager
def unguarded(without):
    with ExitStack() as stack:
        stack.enter_context(nature())
        for guard in without:
            stack.enter_context(GUARDS[guard]())
        yield


def quieten():
    """Thousands of worlds have much to warn of; garbage has its time, and is not looked
    for in the program itself.
    """
    gc.disable()
    gc.freeze()
    logging.disable(logging.CRITICAL)


def main():
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--processes", type=int, help="by default one for each core")
    parser.add_argument("--without", action="append", default=[], choices=GUARDS)
    asked = parser.parse_args()
    quieten()
    if asked.count == 1:
        print("\n".join(story_of(asked.seed, asked.without)))
        return
    found = 0
    options = {"processes": asked.processes, "without": asked.without}
    for seed, violations in simulate(asked.seed, asked.count, **options):
        print(f"seed {seed}: {'; '.join(violations)}", flush=True)
        found += 1
    print(f"{asked.count} worlds, {found} with violations")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
