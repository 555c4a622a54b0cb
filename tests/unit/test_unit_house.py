"""The house in order, as far as it can be counted: files stay small."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
# Rooms of others: what was installed, and what was made.
OTHERS = {"node_modules", "test-results"}
MOST_LINES = 250


def modules():
    for path in ROOT.rglob("*.py"):
        *rooms, _ = path.relative_to(ROOT).parts
        if not any(room.startswith(".") or room in OTHERS for room in rooms):
            yield path


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_modules_are_small_enough_to_be_read_at_once():
    sizes = {path.relative_to(ROOT): lines(path) for path in modules()}
    assert Path("tests/unit/test_unit_house.py") in sizes
    assert {path: size for path, size in sizes.items() if size > MOST_LINES} == {}
