"""What is told to a collector of traces, and that nothing is without one."""

import subprocess
import sys
from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event as Flag
from nameko.containers import ServiceContainer
from nameko.testing.services import dummy
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from unit_doubles import Site, worker

from ticketing import service, spans, tracing, workers
from ticketing.dependencies import Tracing
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.http import Request, route
from ticketing.messages import Event
from ticketing.span_recorder import Recorder

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GOOD = f"00-{TRACE}-00f067aa0ba902b7-01"
UNTOLD = f"{GOOD[:-2]}00"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
COLLECTOR = "http://127.0.0.1:9"


class Shop(service.Service):
    name = "shop"

    @route("GET", "/things/<thing>")
    def get_thing(self, request: Request, thing: str):
        if thing == "none":
            raise NotFoundError
        return {"thing": 1 / int(thing)}


@pytest.fixture
def shop():
    return Site(worker(Shop))


@pytest.fixture
def told(monkeypatch):
    """What a collector is told, as soon as it is over."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(spans, "recorder", Recorder(SimpleSpanProcessor(exporter)))
    return exporter.get_finished_spans


def in_own_thread(run, *arguments):
    return eventlet.spawn(run, *arguments).wait()


def parent_of(span):
    return f"{span.parent.span_id:016x}" if span.parent else ""


def id_of(span):
    return f"{span.context.span_id:016x}"


def test_a_request_without_a_trace_is_the_first_span_of_a_new_one(shop, told):
    """Its answer and the log have named the ids of that span before it was told."""
    answer = shop.get("/things/1")
    (span,) = told()
    assert (span.name, parent_of(span)) == ("GET /things/<thing>", "")
    assert answer.headers["X-Request-Id"] == f"{span.context.trace_id:032x}"
    assert span.resource.attributes["service.name"] == "shop"
    assert dict(span.attributes) == {
        "http.request.method": "GET",
        "http.route": "/things/<thing>",
        "http.response.status_code": 200,
    }


@pytest.mark.parametrize(
    ("thing", "status", "is_ok"), [("none", 404, True), ("0", 500, False)]
)
def test_only_what_nobody_foresaw_is_an_error(shop, told, thing, status, is_ok):
    assert shop.get(f"/things/{thing}").status == status
    (span,) = told()
    assert span.attributes["http.response.status_code"] == status
    assert span.status.is_ok is is_ok


def test_an_address_that_leads_nowhere_is_not_told(shop, told):
    assert shop.get("/nothing").status == 404
    assert told() == ()


@pytest.mark.parametrize(("share", "count"), [(0, 0), (1, 2)])
def test_the_share_decides_where_a_trace_enters(shop, monkeypatch, share, count):
    """Whatever the caller says about it."""
    exporter = InMemorySpanExporter()
    recorder = Recorder(SimpleSpanProcessor(exporter), share)
    monkeypatch.setattr(spans, "recorder", recorder)
    for traceparent in (GOOD, UNTOLD):
        shop.get("/things/1", traceparent=traceparent)
    assert len(exporter.get_finished_spans()) == count


@pytest.mark.parametrize(("traceparent", "count"), [(GOOD, 1), (UNTOLD, 0)])
def test_inside_that_is_decided_already(told, traceparent, count):
    def work():
        spans.enter(traceparent, is_inside=True)
        with spans.part("mail"):
            return tracing.current()

    within = in_own_thread(work)
    assert tracing.trace_id(within) == TRACE
    assert len(told()) == count
    assert all(tracing.span_id(within) == id_of(span) for span in told())


def test_a_part_is_over_when_it_is_and_its_error_told_by_its_kind_alone(told):
    def fail(error):
        spans.enter(GOOD)
        with pytest.raises(type(error)), spans.part("mail"):
            raise error
        return tracing.current()

    for error in (KeyError("secret"), UnavailableError("secret"), NotFoundError()):
        assert in_own_thread(fail, error) == GOOD
    kinds = [span.attributes["error.type"] for span in told()]
    assert kinds == ["KeyError", "UnavailableError", "NotFoundError"]
    assert [span.status.is_ok for span in told()] == [False, False, True]
    assert not [span for span in told() if "secret" in span.to_json()]


def test_whatever_is_asked_outside_is_told_without_what_names_a_thing(told):
    """A path with its ids would be another name for each payment."""

    def ask():
        spans.enter(GOOD)
        address = "https://api.stripe.com/v1/payment_intents/pi_3Q9/confirm?a=b@c.de"
        with spans.outside("post", address):
            pass

    in_own_thread(ask)
    (span,) = told()
    assert span.name == "POST /v1/payment_intents/:id/confirm"
    assert span.attributes["server.address"] == "api.stripe.com"
    assert "pi_3Q9" not in span.to_json()
    assert "b@c.de" not in span.to_json()


class Publisher:
    """Takes events, or does not."""

    source = "orders"

    def __init__(self, error=None):
        self.error = error
        self.taken = []

    @spans.published
    def publish_groups(self, groups):
        self.taken = [event for group in groups for event in group]
        if self.error:
            raise self.error


def event(traceparent=GOOD, retold=""):
    time = "2026-01-31T12:00:00.000Z"
    return Event("order.created", "5:0", {"a": "b@c.de"}, time, traceparent, retold)


def test_an_event_is_told_as_it_waited_and_was_published(told):
    """Whoever hears it goes on from its publishing."""
    publisher = Publisher()
    publisher.publish_groups([[event()], [event(UNTOLD)], [event("")]])
    waited, sent = told()
    assert [waited.name, sent.name] == ["outbox order.created", "publish order.created"]
    assert {parent_of(waited), parent_of(sent)} == {tracing.span_id(GOOD)}
    assert waited.end_time <= sent.start_time
    first, *others = publisher.taken
    assert tracing.span_id(first.traceparent) == id_of(sent)
    assert others == [event(UNTOLD), event("")]
    assert "b@c.de" not in waited.to_json() + sent.to_json()


def test_an_event_that_is_told_once_more_has_not_waited_since_then(told):
    Publisher().publish_groups([[event(retold="7")]])
    assert [span.name for span in told()] == ["publish order.created"]


def test_what_the_bus_did_not_take_is_an_error(told):
    with pytest.raises(UnavailableError):
        Publisher(UnavailableError("away")).publish_groups([[event()]])
    assert [span.status.is_ok for span in told()] == [True, False]


@pytest.mark.parametrize("traceparent", ["", GOOD, UNTOLD])
def test_nothing_is_joined_where_there_is_no_other_trace(told, traceparent):
    def work():
        spans.enter(GOOD)
        with spans.part_of(traceparent):
            return tracing.current()

    assert in_own_thread(work) == GOOD
    assert told() == ()


def test_another_trace_is_gone_on_with_for_a_while(told):
    """Both know of each other: by a link, and by what the span is a part of."""

    def work():
        spans.enter(GOOD)
        with spans.part_of(OTHER):
            within = tracing.current()
        return within, tracing.current()

    within, after = in_own_thread(work)
    (mark,) = told()
    assert tracing.trace_id(within) == tracing.trace_id(OTHER)
    assert (tracing.span_id(within), after) == (id_of(mark), GOOD)
    assert parent_of(mark) == tracing.span_id(OTHER)
    (link,) = mark.links
    assert f"{link.context.span_id:016x}" == tracing.span_id(GOOD)


def test_without_a_collector_the_trace_is_gone_on_with_as_well():
    def work():
        spans.enter(GOOD)
        spans.join(OTHER)
        return tracing.current()

    assert in_own_thread(work) == OTHER


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


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (spans.ENDPOINT, "127.0.0.1:4318", "no address"),
        (spans.HEADERS, "sesame", "name=value"),
        (spans.SHARE, "2", "not from 0 to 1"),
        (spans.SHARE, "all", "could not convert"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name, value, words, monkeypatch):
    """Without a word of what may be a secret."""
    monkeypatch.setattr(spans, "recorder", None)
    config = {spans.ENDPOINT: COLLECTOR, name: value}
    with pytest.raises(SystemExit, match=f"{name} is not valid.*{words}") as refused:
        spans.configure(config)
    assert "sesame" not in str(refused.value)
    assert spans.recorder is None


# Every service as it is before it is started, with the settings of config.yaml.
BUILD = """
import os, sys
os.environ["EVENTLET_HUB"] = "asyncio"
import eventlet
eventlet.monkey_patch()
from importlib import import_module
import yaml
from nameko.cli.main import setup_yaml_parser
from nameko.containers import ServiceContainer
setup_yaml_parser()
config = yaml.safe_load(open("config.yaml"))
for name in ("auth", "tickets", "orders", "expiration", "payments", "web"):
    module = import_module(f"{name}.service")
    ServiceContainer(getattr(module, f"{name.title()}Service"), config)
foreign = ("opentelemetry", "google.protobuf")
print(sorted(name for name in sys.modules if name.startswith(foreign)))
"""


@pytest.mark.parametrize("endpoint", ["", COLLECTOR])
def test_nothing_of_opentelemetry_is_loaded_unless_it_is_wanted(endpoint):
    """Neither by us nor by a library that would use it if it is installed."""
    env = {"PYTHONPATH": ".", "SESSION_COOKIE_SECURE": "false"}
    built = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BUILD],
        env=env | {spans.ENDPOINT: endpoint},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("opentelemetry.sdk.trace" in built.stdout) is bool(endpoint)
    assert endpoint or built.stdout.strip() == "[]"
