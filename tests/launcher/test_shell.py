"""scripts/shell and scripts/nameko, with the settings of an instance that runs."""

from __future__ import annotations

import os
import subprocess

from launcher import ROOT


def script(name, *arguments, **options):
    return subprocess.run(
        [ROOT / "scripts" / name, *arguments],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        **options,
    )


def test_a_shell_prints_what_piped_commands_print(launched):
    shell = script("shell", "--data", launched.instance.data, input="print(6 * 7)\n")
    assert (shell.returncode, shell.stdout) == (0, "42\n")


def test_nameko_gets_the_instance_but_the_environment_wins(launched):
    shown = script(
        "nameko",
        "--data",
        launched.instance.data,
        "show-config",
        env={**os.environ, "HOLD_SECONDS": "77"},
    )
    environment = launched.instance.environment()
    assert f"NATS_URL: {environment['NATS_URL']}\n" in shown.stdout
    assert "HOLD_SECONDS: 77\n" in shown.stdout


def test_a_shell_without_an_instance_says_so(tmp_path, environ):
    shell = script("shell", "--data", tmp_path, input="print(1)\n")
    assert shell.returncode == 1
    assert shell.stdout == ""
    assert shell.stderr == (
        f"Ticketing does not run with the data folder {tmp_path}: "
        "start it with scripts/up, or name the folder with --data.\n"
    )
