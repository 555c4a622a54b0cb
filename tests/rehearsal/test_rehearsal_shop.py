"""There is no rehearsal where real money could move, or with wrong options."""

import os
import subprocess
import sys

import pytest

from launcher import folder
from launcher.instance import write_environment
from rehearsal import processes
from rehearsal.errors import RehearsalError
from rehearsal.options import parse
from rehearsal.processes import CpuMeter
from rehearsal.shop import running


def environment(key):
    base = {"WEB_SERVER_ADDRESS": "127.0.0.1:8000", "STRIPE_API_BASE": "http://x"}
    return base | ({"STRIPE_SECRET_KEY": key} if key else {})


@pytest.mark.parametrize(
    "key", ["sk_live_1", "rk_live_1", "", "pk_test_1", "x_sk_test_"]
)
def test_real_money_is_refused(tmp_path, key):
    """Whatever else stands there, only a secret key of Stripe's tests will do."""
    with folder.claimed(tmp_path / "data"):
        write_environment(tmp_path / "data", environment(key))
        with pytest.raises(RehearsalError, match="real money"):
            running(tmp_path / "data")


@pytest.mark.parametrize("key", ["sk_test_standin", "rk_test_1"])
def test_test_money_is_not(tmp_path, key):
    with folder.claimed(tmp_path / "data"):
        write_environment(tmp_path / "data", environment(key))
        shop = running(tmp_path / "data")
    assert (shop.url, shop.launcher) == ("http://127.0.0.1:8000", os.getpid())
    assert not shop.is_own


def test_nothing_runs_there(tmp_path):
    """Whoever named a folder where nothing runs is told how to go on."""
    with pytest.raises(RehearsalError, match="scripts/up"):
        running(tmp_path)
    with (
        folder.claimed(tmp_path / "data"),
        pytest.raises(RehearsalError, match="scripts/up"),
    ):
        running(tmp_path / "data")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--units", "0"],
        ["--buyers", "1e3"],
        ["--seconds", "-1"],
        ["--most", "11"],
        ["--own", "--data", "/tmp/x"],
        ["--unit", "3"],
        ["--seats", "--seconds", "5"],
        ["--seats", "--units", "50001"],
        ["surplus"],
    ],
)
def test_wrong_options(arguments, capsys):
    """One sentence, exit code 2, and nothing is started."""
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("scripts/rehearse: ")


def test_the_usual_buyers():
    """Fewer come when they come again and again."""
    assert parse([]).buyers == 3000
    assert parse(["--seconds", "5"]).buyers == 64
    assert parse(["--seconds", "5", "--buyers", "7"]).buyers == 7


def test_help_names_every_option(capsys):
    with pytest.raises(SystemExit):
        parse(["--help"])
    told = capsys.readouterr().out
    for name in (
        "units",
        "buyers",
        "seconds",
        "kill",
        "check",
        "own",
        "data",
        "report",
    ):
        assert f"--{name}" in told


def test_what_a_dead_process_used_still_counts():
    """Its CPU is kept as it was when it was last seen."""
    busy = (
        "import time\nwhile time.process_time() < 0.4: pass\nprint(flush=True)\ninput()"
    )
    meter = CpuMeter(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        assert child.pid in {each.pid for each in processes.below(os.getpid())}
        for _ in range(10):
            before = sum(meter.look().values())
        child.kill()
    assert before > 0.3
    assert sum(meter.look().values()) >= before


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/usr/bin/python /x/.venv/bin/nameko run --config config.yaml", "services"),
        ("/x/secantusd-py --host 127.0.0.1", "mongodb"),
        ("/usr/lib/erlang/erts-13/bin/beam.smp -W w", "rabbitmq"),
        ("python -P -m launcher up --port 8000", "launcher"),
        ("python -P -m stripe_stand_in --port 1", "stripe stand-in"),
        ("bash", "other"),
    ],
)
def test_processes_are_named_by_what_they_run(command, name):
    assert processes.label(command) == name
