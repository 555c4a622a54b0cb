"""What is told of a worker: that it was waited for, and what it did."""

from types import SimpleNamespace

import eventlet
from eventlet.event import Event as Flag
from nameko.containers import ServiceContainer
from nameko.testing.services import dummy
from opentelemetry.trace import SpanKind
from trace_ids import GOOD, OTHER, TRACE, id_of, in_own_thread, parent_of

from ticketing import spans, tracing, workers
from ticketing.dependencies import Tracing
from ticketing.errors import NotFoundError


def context(**data):
    entrypoint = SimpleNamespace(method_name="get", told_as="server")
    return SimpleNamespace(data=data, service_name="shop", entrypoint=entrypoint)


def test_a_worker_tells_that_it_was_waited_for_and_what_it_did(told):
    """The time it was asked for goes no further: calls take the context along."""
    ctx = context(**spans.queued({tracing.CONTEXT_KEY: GOOD}))

    def work():
        tracer = Tracing()
        tracer.worker_setup(ctx)
        tracer.worker_result(ctx, None, (NotFoundError, NotFoundError(), None))

    in_own_thread(work)
    waited, worked = told()
    assert [waited.name, worked.name] == ["wait for a worker", "shop.get"]
    assert {parent_of(waited), parent_of(worked)} == {tracing.span_id(GOOD)}
    assert worked.kind is SpanKind.SERVER
    assert worked.attributes["error.type"] == "NotFoundError"
    assert ctx.data.keys() == {tracing.CONTEXT_KEY}
    assert tracing.span_id(ctx.data[tracing.CONTEXT_KEY]) == id_of(worked)


class Narrow:
    """Has one worker, who waits until it may go on."""

    name = "narrow"
    tracing = Tracing()
    gate = Flag()

    @dummy
    def work(self):
        self.gate.wait()


def test_who_comes_when_all_workers_are_busy_is_told_to_wait_for_one(told):
    """Until the one before has done its work."""
    container = ServiceContainer(Narrow, {"max_workers": 1})
    container.start()
    (entrypoint,) = container.entrypoints
    calls = [
        eventlet.spawn(workers.call, entrypoint, traceparent=each)
        for each in (GOOD, OTHER)
    ]
    eventlet.sleep(0)
    Narrow.gate.send(None)
    for call in calls:
        call.wait()
    container.stop()
    of = {(f"{span.context.trace_id:032x}", span.name): span for span in told()}
    first = of[TRACE, "narrow.work"]
    waited = of[tracing.trace_id(OTHER), "wait for a worker"]
    assert waited.start_time < first.end_time <= waited.end_time
    assert of[TRACE, "wait for a worker"].end_time < first.end_time


def test_what_is_left_is_told_when_a_service_stops(monkeypatch):
    flushed = []
    recorder = SimpleNamespace(flush=lambda: flushed.append(1))
    monkeypatch.setattr(spans, "recorder", recorder)
    Tracing().stop()
    assert flushed == [1]
