"""Small rehearsals on the real servers, as somebody at a terminal starts them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launcher import ROOT
from launcher.program import project_environment
from launcher.testing import Launched


def rehearse(report, *arguments):
    """Return the exit code and the lines that were said."""
    command = [sys.executable, "-P", "-m", "rehearsal", "--report", str(report)]
    ended = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=project_environment({}),
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
    )
    return ended.returncode, (ended.stdout + ended.stderr).splitlines()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Launched(tmp_path_factory.mktemp("rehearsed") / "data") as launched:
        yield launched


def test_a_sale_with_kills(tmp_path):
    """Of a system of its own: several processes sell all, and every promise is kept."""
    report = tmp_path / "reports" / "kill.html"
    own = ("--own", "--kill", "--check", "--processes", "2")
    code, said = rehearse(report, *own, "--units", "30", "--buyers", "60")
    assert code == 0, said
    assert said[-1].endswith("; all kept")
    assert any("everything is sold: 30 of 30" in line for line in said)
    page = report.read_text()
    assert "killed at" in page
    assert "</html>" in page


def test_a_shop_that_runs(shop, tmp_path):
    """Its buyers sign up as anybody; a second rehearsal goes as well as the first."""
    data = ("--data", str(shop.instance.data))
    sale = ("--units", "8", "--buyers", "16", "--rush", "2")
    for number in range(2):
        _, said = rehearse(tmp_path / f"{number}.html", *data, *sale)
        assert any("17 of 17 signed in" in line for line in said), said
        assert any("nothing sold twice" in line for line in said), said
    assert shop.process.poll() is None


def test_a_target_that_is_missed(shop, tmp_path):
    """Two buyers cannot buy a hundred times a second, and --check says so."""
    data = ("--data", str(shop.instance.data))
    steady = ("--seconds", "2", "--buyers", "2")
    code, said = rehearse(tmp_path / "steady.html", *data, *steady, "--check")
    assert code == 1, said
    assert said[-1].endswith("; missed something")
    assert any("✗ 100 whole purchases a second" in line for line in said)
    assert any("✓ nothing sold twice" in line for line in said)


def processes_in(folder):
    """The command lines in which something below a folder is named."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in command and process.name != str(os.getpid()):
            yield command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_on_the_way(tmp_path, number):
    """Whatever it has started ends with it, and its folder is gone."""
    command = [sys.executable, "-P", "-m", "rehearsal", "--own", "--rush", "60"]
    own = project_environment(os.environ | {"TMPDIR": str(tmp_path)})
    with subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE) as going:
        while b"signed in" not in going.stdout.readline():
            assert going.poll() is None
        assert list(processes_in(tmp_path))
        going.send_signal(number)
        assert going.wait() == 128 + number
    deadline = time.monotonic() + 30  # helpers of servers end a moment after these
    while list(processes_in(tmp_path)):
        assert time.monotonic() < deadline, list(processes_in(tmp_path))
        time.sleep(0.05)
    assert not list(tmp_path.glob("rehearsal-*"))


def test_nothing_runs_there(tmp_path):
    code, said = rehearse(tmp_path / "none.html", "--data", str(tmp_path / "none"))
    assert code == 2
    assert "scripts/up" in said[-1]
    assert not (tmp_path / "none.html").exists()
