"""Row 15: whatever goes wrong in a simulated world, all of this holds.

Each world is a seed: the services' own code on their in-memory doubles, with people who
buy, click twice and give up, and with faults at every step, in time that only passes
when all wait (`tests/simulation`). The story of one is told by
`.venv/bin/python tests/simulation/simulate.py --seed N`.
"""

import os
import subprocess
import sys
from pathlib import Path

from simulate import missed, simulate

FULL, SLICE, CONTROL = 100_000, 2_000, 100
PROGRAM = Path(__file__).parents[1] / "simulation" / "simulate.py"


def test_no_world_has_a_violation(row):
    found = dict(simulate(row.seed, row.size))
    row.figures["worlds"] = row.size
    if found:
        first = min(found)
        row.note(f"story-of-{first}.txt", told(first))
    row.expect_none([f"seed {n}: {'; '.join(found[n])}" for n in sorted(found)])


def test_control_each_guard_is_missed_in_some_world(row):
    found = missed(range(row.seed, row.seed + CONTROL))
    for guard, first in found.items():
        row.figures[guard] = f"seed {first[0]}: {first[1][0][:60]}" if first else "-"
    assert all(found.values()), "a guard is not missed: this row does not test it"


def test_a_seed_tells_the_same_story_again(row):
    """In another process, where nothing is hashed or allocated as in this one."""
    assert told(row.seed, "1") == told(row.seed, "2")


def told(seed, hashed="0"):
    command = [sys.executable, PROGRAM, "--seed", str(seed)]
    environment = os.environ | {"PYTHONHASHSEED": hashed}
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout
