"""scripts/setup, as far as it goes without installing anything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from launcher import ROOT

# What setup itself is made of: with these alone there is no npm and no apt-get.
TOOLS = ("bash", "cat", "cmp", "cp", "dirname", "env", "flock", "mkdir", "mktemp")
TOOLS += ("printf", "readlink", "rm", "sh", "tail")
SERVERS = {"NATS_URL": "x", "MONGODB_URI": "x", "REDIS_URL": "x", "AMQP_URI": "x"}


@pytest.fixture
def checkout(tmp_path):
    """A copy of what setup works on."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "web").mkdir()
    shutil.copy(ROOT / "web" / "package-lock.json", tmp_path / "web")
    return tmp_path


@pytest.fixture
def packages(checkout):
    """Python's packages are there."""
    fake(checkout / ".venv" / "bin" / "python", "exit 1")
    shutil.copytree(checkout / "requirements", checkout / ".venv" / ".installed")


@pytest.fixture
def bare(packages, checkout):
    """What is on PATH of a machine where npm is not."""
    programs = checkout / "programs"
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(shutil.which(name))
    return programs


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


def test_when_all_is_there_it_just_runs_what_follows(packages, checkout):
    """From where one stands, with the arguments as they are."""
    modules = checkout / "web" / "node_modules"
    modules.mkdir()
    shutil.copy(checkout / "web" / "package-lock.json", modules / ".installed")
    done = setup(checkout, "--", "printf", "%s|", "a b", "*", PYTHON="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a b|*|", "")


# Notes how it is called and leaves what npm leaves.
NPM = 'echo "$PWD $*" >> ../asked; mkdir -p node_modules/qr'


def then(checkout, programs, *options):
    """What setup says before it runs what follows."""
    given = {"PATH": str(programs), "PYTHON": "", **SERVERS}
    done = setup(checkout, *options, "--", "printf", "%s", "Next.", **given)
    assert (done.returncode, done.stdout[-5:]) == (0, "Next."), done.stderr
    return done.stdout[:-5] + done.stderr


def test_the_pages_packages_are_installed_once_and_run_nothing(bare, checkout):
    fake(bare / "npm", NPM)
    assert [then(checkout, bare), then(checkout, bare)] == ["", ""]
    (asked,) = (checkout / "asked").read_text().splitlines()
    assert asked.startswith(f"{checkout}/web ci --ignore-scripts ")


def test_another_lock_of_the_pages_packages_is_installed(bare, checkout):
    fake(bare / "npm", NPM)
    then(checkout, bare)
    (checkout / "web" / "package-lock.json").write_text("{}")
    then(checkout, bare)
    assert len((checkout / "asked").read_text().splitlines()) == 2


def test_npm_itself_is_installed_where_that_is_allowed(bare, checkout):
    npm = fake(checkout / "package" / "npm", NPM)
    fake(bare / "sudo", 'shift; exec "$@"')
    fake(bare / "apt-get", f'case "$*" in *install*npm) cp {npm} {bare} ;; esac')
    assert then(checkout, bare) == "Installing npm with apt-get.\n"
    assert (checkout / "asked").exists()


@pytest.mark.parametrize("npm", [None, "exit 1"])
def test_without_npm_it_goes_on_and_says_what_is_missing(npm, bare, checkout):
    """And tries again at the next start."""
    if npm:
        fake(bare / "npm", npm)
    for _ in range(2):
        assert then(checkout, bare) == (
            "The reader of QR codes could not be installed with npm. Tickets can be "
            "scanned in browsers that read QR codes by themselves; everywhere else "
            "their codes are typed.\n"
        )


@pytest.fixture
def all_but_fuse(bare, checkout):
    """What is on PATH where all that tests need is there, except for that."""
    for name in ("chromium", "npm", "rabbitmq-server", "redis-server"):
        fake(bare / name, NPM if name == "npm" else "")
    (checkout / "tests" / "browser").mkdir(parents=True)
    shutil.copy(checkout / "web" / "package-lock.json", checkout / "tests" / "browser")
    fake(checkout / ".venv-checks" / "bin" / "python", "")
    locks = checkout / "requirements" / "checks.txt"
    shutil.copy(locks, checkout / ".venv-checks" / ".installed")
    return bare


def test_for_tests_fuse_is_installed_where_that_is_allowed(all_but_fuse, checkout):
    fusermount = fake(checkout / "package" / "fusermount3", "")
    give = f"cp {fusermount} {all_but_fuse}"
    fake(all_but_fuse / "sudo", 'shift; exec "$@"')
    fake(all_but_fuse / "apt-get", f'case "$*" in *install*fuse3) {give} ;; esac')
    said = [then(checkout, all_but_fuse, "--test") for _ in range(2)]
    assert said == ["Installing fuse3 with apt-get.\n", ""]


def test_without_fuse_it_goes_on_and_says_what_is_skipped(all_but_fuse, checkout):
    assert then(checkout, all_but_fuse, "--test") == (
        "FUSE could not be installed. The test of power cuts is skipped.\n"
    )


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


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("web", "dependencies"), ("tests/browser", "devDependencies")],
)
def test_the_locks_of_npms_packages_name_no_place_either(folder, kind):
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    wanted = json.loads((ROOT / folder / "package.json").read_text())[kind]
    own, *packages = lock["packages"].values()
    assert own[kind] == wanted
    assert packages
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package
