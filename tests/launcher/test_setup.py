"""scripts/setup, as far as it goes without installing anything."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from launcher import ROOT


@pytest.fixture
def checkout(tmp_path):
    """A copy of what setup works on."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def setup(checkout, *arguments, **environment):
    return subprocess.run(
        [checkout / "scripts" / "setup", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
        text=True,
        timeout=30,
    )


def fake(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_wrong_python_is_answered_in_one_sentence(checkout):
    wrong = fake(checkout / "python2", "exit 1")
    done = setup(checkout, PYTHON=str(wrong))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Ticketing needs Python 3.11, 3.12 or 3.13, and {wrong} is not one: install "
        "one of these, or name it like this: PYTHON=/path/to/python3.12\n"
    )
    assert not (checkout / ".venv").exists()


def test_when_all_is_there_it_just_runs_what_follows(checkout, tmp_path):
    """From where one stands, with the arguments as they are."""
    fake(checkout / ".venv" / "bin" / "python", "exit 1")
    stamps = checkout / ".venv" / ".installed"
    shutil.copytree(checkout / "requirements", stamps)
    done = setup(checkout, "--", "printf", "%s|", "a b", "*", PYTHON="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a b|*|", "")


def test_an_unknown_option_is_refused(checkout):
    done = setup(checkout, "--tset")
    assert done.returncode == 2
    assert done.stderr == (
        "scripts/setup: --tset is not an option; there is only --test.\n"
    )


def test_the_locks_pin_everything_and_name_no_place():
    """Exact versions with hashes, to be had from wherever packages come from."""
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [lock.name for lock in locks] == [
        "base.txt",
        "checks.txt",
        "mongodb.txt",
        "servers.txt",
        "test.txt",
    ]
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert all("==" in line or "--hash=sha256:" in line for line in lines)
