"""A line of the log is JSON with the id of its trace, or for people on a terminal."""

import json
import logging
import re
import sys

import pytest
from trace_ids import GOOD, TRACE, in_own_thread

from ticketing import tracing
from ticketing.logs import JsonFormatter, TerminalFormatter, formatter, has_colours


def record_of(message="told", *arguments, level=logging.INFO, error=None, **extra):
    record = logging.LogRecord("a.b", level, "f", 1, message, arguments, error)
    vars(record).update(extra)
    return record


def line(*arguments, **options):
    text = JsonFormatter().format(record_of(*arguments, **options))
    assert "\n" not in text
    return json.loads(text)


def shown(*arguments, colours=False, **options):
    return TerminalFormatter(colours=colours).format(record_of(*arguments, **options))


def test_a_line_says_what_when_where_and_how_bad():
    told = line("%d of %s", 3, "x", level=logging.WARNING)
    assert (told["message"], told["level"], told["logger"]) == (
        "3 of x",
        "warning",
        "a.b",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z", told["time"])


def test_a_line_has_the_time_of_what_it_tells():
    """Not of when it is written; of the next second as well."""
    formatter = JsonFormatter()
    times = []
    for created in (1_700_000_000.25, 1_700_000_000.75, 1_700_000_001.0):
        record = record_of(created=created, msecs=created % 1 * 1000)
        times.append(json.loads(formatter.format(record))["time"])
    assert times == [
        "2023-11-14T22:13:20.250Z",
        "2023-11-14T22:13:20.750Z",
        "2023-11-14T22:13:21.000Z",
    ]


def test_a_line_carries_the_trace_and_what_was_added():
    def work():
        tracing.follow(GOOD)
        return line(action="relay", order_id="5")

    told = in_own_thread(work)
    assert told["trace"] == TRACE
    assert told["span"] == "00f067aa0ba902b7"
    assert (told["action"], told["order_id"]) == ("relay", "5")
    assert "trace" not in in_own_thread(line)


def test_a_line_holds_a_whole_error():
    try:
        {}["lost"]
    except KeyError:
        told = line("failed", error=sys.exc_info())
    assert told["error"].endswith("KeyError: 'lost'")


def test_what_is_no_json_is_told_in_words():
    assert line(thing={1, 2}.__class__)["thing"] == "<class 'set'>"
    assert line("a\nb \ud800 é")["message"] == "a\nb \ud800 é"


def test_on_a_terminal_a_line_is_for_people():
    def work():
        tracing.follow(GOOD)
        return shown("%d of %s", 3, "x", action="relay", order_id="5")

    text = in_own_thread(work)
    assert re.fullmatch(
        r"[\d:]{8}\.\d{3} INFO    3 of x  a\.b "
        r"trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7 order_id=5",
        text,
    )


@pytest.mark.parametrize(
    ("level", "colour"), [(logging.INFO, "32"), (logging.ERROR, "31")]
)
def test_colours_tell_how_bad_it_is(level, colour):
    assert f"\x1b[{colour}m" in shown(level=level, colours=True)
    assert "\x1b" not in shown(level=level)


def test_an_error_on_a_terminal_is_told_line_by_line():
    try:
        {}["lost"]
    except KeyError:
        text = shown("failed", error=sys.exc_info())
    assert text.splitlines()[-1] == "KeyError: 'lost'"


@pytest.mark.parametrize("colours", [True, False])
def test_no_text_from_elsewhere_steers_the_terminal(colours):
    """Neither its colours and title, nor the order of its letters, nor its lines."""
    bad = "\x1b]0;title\x07\r\n\x9b31m\u202eabc"
    text = shown(bad, thing=bad, colours=colours)
    plain = shown("x", thing="x", colours=colours)
    found = re.findall(r"[^\x20-\x7e]", text)
    assert found == re.findall(r"[^\x20-\x7e]", plain)
    assert r"\x1b]0;title\x07\r\n\x9b31m\u202eabc" in text


class Stream:
    def __init__(self, is_terminal):
        self.isatty = lambda: is_terminal


@pytest.mark.parametrize(
    ("way", "is_terminal", "kind"),
    [
        ("auto", True, TerminalFormatter),
        ("auto", False, JsonFormatter),
        ("json", True, JsonFormatter),
        ("json", False, JsonFormatter),
    ],
)
def test_lines_are_for_people_where_somebody_watches(way, is_terminal, kind):
    assert type(formatter(way, Stream(is_terminal))) is kind


def test_another_format_is_none():
    with pytest.raises(SystemExit, match="LOG_FORMAT is not valid: 'xml'"):
        formatter("xml")


@pytest.mark.parametrize(
    ("environment", "answer"),
    [
        ({}, True),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm"}, True),
    ],
)
def test_who_wants_no_colours_has_none(environment, answer):
    assert has_colours(environment) is answer
