"""One purchase is one trace, with all that it waits for."""

import json

import pytest
from system_collector import Collector
from system_control import eventually
from system_gate import Gate
from system_people import Member
from system_traced import ADDRESS, KINDS, PARTS, SERVER, Bought


@pytest.fixture(scope="module")
def collector():
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def gate(collector):
    """The door before the collector."""
    gate = Gate(collector.url).open()
    yield gate
    gate.end()


@pytest.fixture(scope="module")
def watched(systems, gate):
    """Three processes that tell the collector all they do."""
    groups = [("web", "auth"), ("orders",), ("payments", "tickets", "expiration")]
    return systems(
        *groups,
        OTEL_EXPORTER_OTLP_ENDPOINT=gate.url,
        OTEL_EXPORTER_OTLP_HEADERS="x-shop=ours, authorization=Bearer%20sesame",
        TRUSTED_PROXIES="1",
    ).up()


@pytest.fixture(scope="module")
def bought(watched, collector):
    return Bought(watched, collector)


def test_a_purchase_is_one_trace_from_its_page_to_its_mail(bought):
    """Each span is a part of the one that caused it, and one is of none."""
    ids = {span.id: (span.service, span.name) for span in bought.spans}
    for child, parent in PARTS.items():
        assert ids[bought.named[child].parent] == parent, child
    (root,) = [span for span in bought.spans if span.parent not in ids]
    assert (root.name, root.parent) == ("POST /tickets/<ticket_id>/reserve", "")
    kinds = {span.name: span.kind for span in bought.spans if span.name in KINDS}
    assert kinds == KINDS
    assert not [span for span in bought.spans if span.is_error]


def test_what_is_waited_for_is_told(bought):
    """In the outbox, on the bus and for a worker, each until what it waits for."""
    for service, subject, owner in (
        ("tickets", "order.created", "orders"),
        ("payments", "order.created", "orders"),
        ("expiration", "order.created", "orders"),
        ("orders", "payment.created", "payments"),
        ("web", "order.completed", "orders"),
    ):
        outbox = bought.named[owner, f"outbox {subject}"]
        sent = bought.named[owner, f"publish {subject}"]
        bus = bought.named[service, f"bus {subject}"]
        handler = f"{service}.on_{subject.replace('.', '_')}"
        handled = bought.named[service, handler]
        (queue,) = [
            span
            for span in bought.spans
            if span.name == "wait for a worker"
            and span.service == service
            and span.parent == sent.id
        ]
        assert outbox.parent == sent.parent
        assert outbox.began < outbox.ended <= sent.began < bus.began
        assert bus.ended <= queue.began <= queue.ended
        assert handled.began <= queue.ended <= handled.ended
        assert bus.facts["messaging.destination.name"] == subject


def test_the_request_to_pay_is_linked_to_the_purchase(bought, collector):
    """It is a request of its own, until it is known what it pays for."""

    def told():
        found = {span.name: span for span in collector.of(bought.payment_trace)}
        return found if "payments.pay" in found else None

    paying = eventually(told)
    assert bought.payment_trace != bought.trace
    assert bought.named["payments", "goes on"].links == (paying["payments.pay"].id,)
    assert "publish payment.created" not in paying


def test_the_log_names_the_same_ids(bought, watched):
    lines = [
        json.loads(line)
        for process in set(watched.processes.values())
        for line in process.log().splitlines()
        if bought.trace in line
    ]
    assert [line["before"] for line in lines if line.get("action") == "goes_on"] == [
        bought.payment_trace
    ]
    lines = [line for line in lines if line["trace"] == bought.trace]
    told = {line["span"]: line["message"] for line in lines}
    root = bought.named["web", "POST /tickets/<ticket_id>/reserve"]
    assert told[root.id] == "POST /tickets/<ticket_id>/reserve: 303"
    assert told.keys() <= {span.id for span in bought.spans}


def test_the_trace_of_the_caller_is_gone_on_with(watched, collector):
    """Whatever it says about being told: that is decided here."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    header = {"traceparent": f"00-{trace}-00f067aa0ba902b7-00"}
    with watched.client(headers=header) as client:
        assert client.get("/api/tickets").status_code == 200
    spans = eventually(lambda: [s for s in collector.of(trace) if s.kind == SERVER])
    assert [span.parent for span in spans] == ["00f067aa0ba902b7"]


def test_an_answer_that_is_an_error_is_told_as_what_it_is(watched, collector):
    """A refusal is an answer; what nobody foresaw or could help is an error."""
    with watched.client() as client:
        refused = client.get("/api/orders").headers["X-Request-Id"]
        missing = client.get("/api/orders/x").headers["X-Request-Id"]
    for trace in (refused, missing):
        (span,) = eventually(lambda trace=trace: collector.of(trace))
        assert span.facts["http.response.status_code"] == 401
        assert not span.is_error


def test_the_collector_is_told_who_we_are(bought, collector):
    assert collector.headers[0]["x-shop"] == "ours"
    assert collector.headers[0]["authorization"] == "Bearer sesame"


def test_timers_tell_nothing_by_themselves(bought, collector):
    """They look four times a second whether a hold is over."""
    assert not [span for span in collector.spans if span.name == "expiration.poll"]


def test_nothing_personal_is_told(bought, collector):
    """No address, password, cookie, card, title; ids, and what everybody may know."""
    raw = b"".join(collector.raw)
    assert b"mail" in raw
    for person in bought.people:
        for text in (person.email, person.credentials["password"], person.token):
            assert text.encode() not in raw
    for text in ("tok_visa", "@example.com", "A seat", ADDRESS, "httpx", "sesame"):
        assert text.encode() not in raw


def told_of_the_collector(system):
    """What the process of the pages has said about the collector, in its order."""
    process = system.processes["web"]
    lines = [line for line in process.log().splitlines() if "collector" in line]
    actions = (json.loads(line)["action"] for line in lines)
    return [action for action in actions if action.startswith("collector_")]


def test_nothing_is_lost_but_spans_while_the_collector_is_away(
    watched, collector, gate, bought
):
    """It is said once that it is away, once that it is back, and selling goes on."""
    with Member(watched) as seller, Member(watched) as buyer:
        with gate.away():
            buyer.buy(seller.sell())
            eventually(lambda: told_of_the_collector(watched))
            buyer.buy(seller.sell())
            assert told_of_the_collector(watched) == ["collector_away"]

        trace = buyer.http.get("/").headers["X-Request-Id"]
        eventually(lambda: collector.of(trace))
        eventually(lambda: len(told_of_the_collector(watched)) > 1)
        assert told_of_the_collector(watched) == ["collector_away", "collector_back"]


def test_nobody_waits_for_a_collector_that_says_nothing(watched, gate, bought):
    with gate.held(), Member(watched) as seller, Member(watched) as buyer:
        for _ in range(3):
            buyer.buy(seller.sell())


def test_a_process_tells_what_is_left_before_it_ends(watched, collector, bought):
    with watched.client() as client:
        trace = client.get("/").headers["X-Request-Id"]
    assert watched.processes["web"].stop() == 0
    assert [span for span in collector.of(trace) if span.service == "web"]
