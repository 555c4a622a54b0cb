"""What Ticketing is made of: each part has a reason and a hash, from any index."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Known to every reader, or the types of a library that has a line.
OBVIOUS = re.compile(r"types-.*")


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]


def wanted():
    extras = project()["optional-dependencies"].values()
    every = [*project()["dependencies"], *(each for extra in extras for each in extra)]
    return {re.match(r"[\w.-]+", each)[0].lower() for each in every}


def test_each_dependency_has_a_line_that_says_why():
    """In the README, and none stands there that is gone."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("## What it stands on, and why")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE)[1:]
    names = {
        re.match(r"[\w.-]+", name.strip())[0].lower(): why
        for cell, why in rows
        if "(npm)" not in cell
        for name in cell.split(",")
    }
    assert all(why.strip() for why in names.values())
    assert {name for name in wanted() if not OBVIOUS.fullmatch(name)} == names.keys()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_has_hashes_and_names_no_other_place(lock):
    """Every line an exact version with its hashes, from whatever index one has."""
    text = lock.read_text(encoding="utf-8")
    entries = re.findall(
        r"^(\S+?)==\S+((?: ; .*?)?(?: \\\n    --hash=sha256:\w{64})+)$",
        text,
        re.MULTILINE,
    )
    lines = [line for line in text.splitlines() if re.match(r"[\w.-]+", line)]
    assert len(entries) == len(lines) > 0
    assert not re.search(r"https?://|--(extra-)?index|--find-links|@ ", text)
