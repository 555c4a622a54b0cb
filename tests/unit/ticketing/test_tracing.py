"""One id follows a purchase: taken from whoever calls, kept apart by green threads."""

import re

import eventlet
import pytest
from trace_ids import GOOD, TRACE, in_own_thread

from ticketing import tracing
from ticketing.dependencies import Tracing


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
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
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
