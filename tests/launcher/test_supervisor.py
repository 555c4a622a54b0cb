"""The supervisor on small programs made for the purpose."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time

import pytest
from launched_processes import wait_until

from launcher import child, probes
from launcher.errors import ProgramError
from launcher.ports import free_port
from launcher.program import Program
from launcher.supervisor import Supervisor

SLEEP = "import time; time.sleep(60)"
IGNORE = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


async def at_once(_process):
    return True


async def never(_process):
    return False


def program(name, code, directory, *, answers=at_once, patience_seconds=30.0):
    return Program(
        name=name,
        title=name.capitalize(),
        command=(sys.executable, "-c", code),
        directory=directory,
        environment=os.environ,
        answers=answers,
        patience_seconds=patience_seconds,
    )


def marked(path):
    """Answers once the program has written that file."""

    async def answers(_process):
        return path.exists() and path.stat().st_size > 0

    return answers


class Run:
    """A supervisor, interrupted as soon as `until` holds of what it has said."""

    def __init__(self, stages, logs, until=lambda _said: False):
        self.said = []
        self._until = until
        self._supervisor = Supervisor(stages, logs, self._say)
        self.code = asyncio.run(self._supervisor.run("All ready."))

    def _say(self, line):
        self.said.append(line)
        if self._until(line):
            os.kill(os.getpid(), signal.SIGTERM)


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_stages_start_in_order_and_stop_in_reverse(tmp_path):
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        "def note(what):\n"
        f"    with open({str(order)!r}, 'a') as file: file.write(what + '\\n')\n"
        "def stop(*_): note('stop ' + NAME); sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "note('start ' + NAME)\n"
        "open(READY, 'w').write('ready')\n"
        "time.sleep(60)\n"
    )

    def stage(name):
        ready = tmp_path / f"{name}.ready"
        filled = f"NAME, READY = {name!r}, {str(ready)!r}\n{code}"
        return [program(name, filled, tmp_path, answers=marked(ready))]

    run = Run(
        [stage("first"), stage("second")], tmp_path, lambda line: line == "All ready."
    )
    assert run.code == 0
    assert run.said[-2:] == ["All ready.", "Stopping."]
    lines = order.read_text().split("\n")[:-1]
    assert lines == ["start first", "start second", "stop second", "stop first"]


def test_a_program_that_never_becomes_ready_says_its_last_lines(tmp_path):
    broken = program("broken", "print('no disk'); exit(3)", tmp_path, answers=never)
    with pytest.raises(ProgramError) as failure:
        Run([[broken]], tmp_path)
    log = tmp_path / "broken.log"
    sentence = f"Broken did not start (exit code 3); its log is {log}."
    assert str(failure.value) == f"  | no disk\n{sentence}"


def test_a_start_that_takes_too_long_is_given_up(tmp_path):
    slow = program("slow", SLEEP, tmp_path, answers=never, patience_seconds=0.3)
    with pytest.raises(
        ProgramError, match=r"^Slow was not ready within 0\.3 s; its log"
    ):
        Run([[slow]], tmp_path)


def test_a_program_that_cannot_be_run_says_why(tmp_path):
    missing = Program("gone", "Gone", ("/none",), tmp_path, os.environ, at_once)
    with pytest.raises(ProgramError, match=r"^Gone could not be started: No such file"):
        Run([[missing]], tmp_path)


def test_when_one_fails_for_good_the_others_are_stopped(tmp_path):
    ready = tmp_path / "ready"
    code = (
        f"import os, time; open({str(ready)!r}, 'w').write(str(os.getpid()))\n{SLEEP}"
    )
    healthy = program("healthy", code, tmp_path, answers=marked(ready))
    broken = program("broken", "exit(1)", tmp_path, answers=never)
    with pytest.raises(ProgramError, match=r"^Broken did not start"):
        Run([[healthy], [broken]], tmp_path)
    assert not is_alive(int(ready.read_text()))


def test_one_that_dies_is_started_again_until_it_dies_too_often(tmp_path, monkeypatch):
    monkeypatch.setattr(child, "BACKOFF_SECONDS", (0.01,))
    ready = tmp_path / "ready"
    code = f"print('hello'); open({str(ready)!r}, 'w').write('ready')"
    failing = program("failing", code, tmp_path, answers=marked(ready))
    said = []
    supervisor = Supervisor([[failing]], tmp_path, said.append)
    died = r"Failing died 5 times within \d+ s; its log"
    with pytest.raises(ProgramError, match=died):
        asyncio.run(supervisor.run("All ready."))
    assert said.count("Failing died (exit code 0), starting again.") == 4


def test_one_that_ignores_the_request_to_stop_is_killed(tmp_path, monkeypatch):
    """With everything that it started itself."""
    monkeypatch.setattr("launcher.supervisor.STOP_SECONDS", (0.3,))
    helper = tmp_path / "helper"
    code = (
        f"{IGNORE}import subprocess, sys\n"
        f"helper = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"open({str(helper)!r}, 'w').write(str(helper.pid))\n"
        "time.sleep(60)"
    )
    stubborn = program("stubborn", code, tmp_path, answers=marked(helper))
    asked = []

    def is_ready(line):
        asked.append(time.monotonic())
        return line == "All ready."

    Run([[stubborn]], tmp_path, is_ready)
    assert time.monotonic() - asked[-1] < 5
    wait_until(lambda: not is_alive(int(helper.read_text())))


def test_the_terminals_ctrl_c_does_not_reach_the_programs(tmp_path):
    """They lead sessions of their own."""
    ready = tmp_path / "ready"
    code = f"import os; open({str(ready)!r}, 'w').write(str(os.getsid(0)))\n{SLEEP}"
    one = program("one", code, tmp_path, answers=marked(ready))
    Run([[one]], tmp_path, lambda line: line == "All ready.")
    assert int(ready.read_text()) != os.getsid(0)


def test_who_listens_on_a_shared_port_is_known():
    """One process listening there does not make another ready."""
    port = free_port()
    assert not probes.listens(os.getpid(), port)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        assert probes.listens(os.getpid(), port)
        assert not probes.listens(os.getppid(), port)
    assert not probes.listens(os.getpid(), port)
