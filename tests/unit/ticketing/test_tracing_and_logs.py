"""One id follows a purchase, and every line of the log is JSON with that id."""

import json
import logging
import re
import sys

import eventlet
import pytest

from ticketing import tracing
from ticketing.dependencies import Tracing
from ticketing.logs import JsonFormatter

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def in_own_thread(run, *arguments):
    return eventlet.spawn(run, *arguments).wait()


def test_a_well_formed_trace_is_carried_on():
    assert tracing.accept(GOOD) == GOOD


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "evil",
        GOOD + "x",
        GOOD.upper(),
        GOOD + "\n",
        GOOD[3:],
        "00-" + "é" * 50,
    ],
)
def test_any_other_value_begins_a_new_trace(value):
    begun = tracing.accept(value)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)
    assert begun != tracing.accept(value)


def test_outside_a_trace_there_is_none():
    assert in_own_thread(tracing.current) == ""


def test_each_green_thread_has_its_own_trace():
    seen = {}

    def follow(name, traceparent):
        tracing.follow(traceparent)
        eventlet.sleep(0)
        seen[name] = tracing.current()

    threads = [eventlet.spawn(follow, name, name * 3) for name in "ab"]
    for thread in threads:
        thread.wait()
    assert seen == {"a": "aaa", "b": "bbb"}


class Context:
    def __init__(self, **data):
        self.data = data


@pytest.mark.parametrize("data", [{"traceparent": GOOD}, {}, {"traceparent": "evil"}])
def test_a_worker_joins_the_trace_of_its_message_or_begins_one(data):
    context = Context(**data)

    def work():
        Tracing().worker_setup(context)
        return tracing.current()

    current = in_own_thread(work)
    assert current == context.data["traceparent"] == tracing.accept(current)
    assert (current == GOOD) == (data.get("traceparent") == GOOD)


def line(message="told", *arguments, level=logging.INFO, error=None, **extra):
    record = logging.LogRecord("a.b", level, "f", 1, message, arguments, error)
    vars(record).update(extra)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_says_what_when_where_and_how_bad():
    told = line("%d of %s", 3, "x", level=logging.WARNING)
    assert (told["message"], told["level"], told["logger"]) == (
        "3 of x",
        "warning",
        "a.b",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z", told["time"])


def test_a_line_carries_the_trace_and_what_was_added():
    def work():
        tracing.follow(GOOD)
        return line(action="relay", order_id="5")

    told = in_own_thread(work)
    assert told["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736"
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
