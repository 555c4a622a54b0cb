"""What is told to a collector of traces: requests, their parts, and other traces."""

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from trace_ids import GOOD, OTHER, TRACE, UNTOLD, id_of, in_own_thread, parent_of
from unit_doubles import Site, worker

from ticketing import service, spans, tracing
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.http import Request, route
from ticketing.span_recorder import Recorder


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
