"""Options: what they mean by themselves, and one sentence about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from launcher import ROOT
from launcher.options import nameko_parser, up_parser


def test_without_options_it_is_one_process_on_port_8000():
    options = up_parser().parse_args([])
    assert (options.port, options.host, options.processes) == (8000, "127.0.0.1", 1)
    assert options.data == ROOT / ".data"
    assert (options.hold, options.fresh, options.servers_only) == (None, False, False)


def test_a_folder_is_taken_from_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert up_parser().parse_args(["--data", "x"]).data == tmp_path / "x"
    assert up_parser().parse_args(["--data", "/y"]).data == Path("/y")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "0"],
        ["--port", "65536"],
        ["--port", "eighty"],
        ["--port", "-1"],
        ["--port", "8e3"],
        ["--port", "٣"],
        ["--port", "9" * 5000],
        ["--port"],
        ["--processes", "65"],
        ["--hold", "0"],
        ["--hold", "1.5"],
        ["--host", "192.0.2.1"],
        ["--host", "no such host"],
        ["--host", "a" * 300],
        ["--data", ""],
        ["--data", "a\nb"],
        ["--hol", "3"],
        ["extra"],
    ],
)
def test_a_wrong_option_is_answered_in_one_sentence(arguments, capsys):
    with pytest.raises(SystemExit) as ending:
        up_parser().parse_args(arguments)
    assert ending.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("scripts/up: ")
    assert said.endswith(". Try scripts/up --help.\n")
    assert said.count("\n") == 1


def test_namekos_own_options_are_left_to_it():
    options = nameko_parser("nameko").parse_args(
        ["--data", "/d", "run", "--config", "c"]
    )
    assert options.data == Path("/d")
    assert options.arguments == ["run", "--config", "c"]
