"""`scripts/logs`: the lines of all processes, by time."""

import json
import sys

import pytest

from launcher.__main__ import main
from launcher.logs import Log

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def line(second, message, **more):
    told = {"time": f"2027-03-01T19:00:{second:02d}.000Z", "level": "info"}
    return json.dumps(told | {"logger": "a.b", "message": message} | more) + "\n"


@pytest.fixture
def data(tmp_path):
    """Two processes have written, and a server of which nobody wants to know."""
    logs = tmp_path / "logs"
    logs.mkdir()
    first = line(1, "one") + line(4, "four", trace=TRACE) + "  no JSON\n"
    (logs / "services-1.log").write_text(first)
    (logs / "services-2.log").write_text(line(2, "two") + line(3, "three"))
    (logs / "services-1.log.old").write_text(line(0, "before"))
    (logs / "nats.log").write_text("noise\n")
    return tmp_path


def shown(capsys, data, *options):
    assert main(["logs", "--data", str(data), *options]) == 0
    return capsys.readouterr().out.splitlines()


def test_lines_of_all_processes_are_in_their_order(data, capsys):
    """As they were written; what is no line of a log comes after the one before it."""
    *lines, last = shown(capsys, data)
    messages = [json.loads(each)["message"] for each in lines]
    assert (messages, last) == (["one", "two", "three", "four"], "  no JSON")


def test_a_trace_is_picked_out(data, capsys):
    (only,) = shown(capsys, data, "--trace", TRACE)
    assert json.loads(only)["message"] == "four"


def test_on_a_terminal_they_are_for_people(data, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    (data / "logs" / "services-2.log").write_text("\x1b[31mfree\n")
    lines = shown(capsys, data)
    assert lines[0] == r"\x1b[31mfree"
    assert lines[1] == "19:00:01.000 INFO    one  a.b"


def test_where_nothing_was_written_it_is_said(tmp_path, capsys):
    assert main(["logs", "--data", str(tmp_path)]) == 1
    assert "No service has written anything in" in capsys.readouterr().err


def test_what_comes_is_read_once_and_by_whole_lines(tmp_path):
    path = tmp_path / "services.log"
    log = Log(path)
    assert log.new_lines() == []
    with path.open("a", encoding="utf-8") as file:
        file.write(line(1, "one") + "half")
        file.flush()
        assert len(log.new_lines()) == 1
        assert log.new_lines() == []
        file.write(" and half\n")
    assert log.new_lines() == [("2027-03-01T19:00:01.000Z", "half and half")]


def test_a_file_that_is_begun_anew_is_read_from_its_start(tmp_path):
    """As at each start of scripts/up."""
    path = tmp_path / "services.log"
    path.write_text(line(1, "one"))
    log = Log(path)
    log.new_lines()
    path.replace(tmp_path / "services.log.old")
    path.write_text(line(2, "two") * 3)
    assert len(log.new_lines()) == 3
