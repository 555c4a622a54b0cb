"""Events: CloudEvents headers, strict payloads, and what becomes of a failed one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ANN, ORDER, TICKET

from ticketing import contract, tracing
from ticketing.clock import from_iso
from ticketing.contract import Payload, Shape, TicketCreated, TicketUpdated
from ticketing.errors import (
    ConcurrentUpdateError,
    HopelessError,
    NotFoundError,
    UnavailableError,
    VersionGapError,
)
from ticketing.events import FIRST_DELAY, MAX_ATTEMPTS, delay_after, is_hopeless
from ticketing.messages import Event, body_of, headers_of, parse

TITLE = "Row 3 <b>é🎟️"
CREATED = TicketCreated(id=TICKET, version=0, title=TITLE, price=19.5, user_id=ANN)


def test_an_event_is_named_after_its_aggregate_and_version():
    assert Event.of(CREATED).id == f"{TICKET}:0"
    assert Event.of(CREATED).subject == "ticket.created"


def test_headers_are_cloud_events_and_the_servers_message_id():
    event = Event.of(CREATED)
    headers = headers_of(event, "tickets")
    assert headers.pop("ce-id") == headers.pop("Nats-Msg-Id") == event.id
    assert from_iso(headers.pop("ce-time"))
    assert tracing.accept(headers["traceparent"]) == headers.pop("traceparent")
    assert headers == {
        "ce-specversion": "1.0",
        "ce-type": "ticket.created",
        "ce-source": "/ticketing/tickets",
        "content-type": "application/json",
    }


def test_an_event_carries_the_trace_in_which_it_was_made():
    tracing.follow(trace := tracing.new_traceparent())
    assert headers_of(Event.of(CREATED), "tickets")["traceparent"] == trace


def test_the_body_is_the_payload_and_nothing_else():
    assert json.loads(body_of(Event.of(CREATED))) == {
        "id": TICKET,
        "version": 0,
        "title": TITLE,
        "price": 19.5,
        "currency": "usd",
        "userId": ANN,
        "layout": "1",
        "seated": False,
        "maxPerOrder": 10,
    }


@given(title=st.text(), price=st.floats(0.01, 1e6), version=st.integers(0, 2**53))
def test_a_payload_survives_the_wire(title, price, version):
    title = title.encode(errors="replace").decode()
    sent = TicketUpdated(
        id=TICKET, version=version, title=title, price=price, user_id=ANN
    )
    assert parse(TicketUpdated, body_of(Event.of(sent))) == sent


def test_a_field_that_is_unknown_here_is_ignored():
    body = json.dumps({**CREATED.json_dict(), "seat": "12"}).encode()
    assert parse(TicketCreated, body) == CREATED


def changed(**fields):
    whole = {k: v for k, v in (CREATED.json_dict() | fields).items() if v is not ...}
    return json.dumps(whole).encode()


MALFORMED = {
    "empty": b"",
    "no JSON": b"{",
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "not UTF-8": b'{"id": "\xff"}',
    "a list": b"[]",
    "nothing": b"null",
    "deep": b"[" * 100_000,
    "no id": changed(id=...),
    "an id of another form": changed(id="../x"),
    "an id with a line feed": changed(id=TICKET + "\n"),
    "a version in words": changed(version="0"),
    "a version with decimals": changed(version=0.5),
    "no version": changed(version=...),
    "a price in words": changed(price="19.5"),
    "a title that is none": changed(title=None),
    "an order for a user": changed(userId={"$gt": ""}),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_payload_is_hopeless(body):
    with pytest.raises(HopelessError, match="not a TicketCreated"):
        parse(TicketCreated, body)


def test_the_reason_names_every_wrong_field_but_not_what_stood_there():
    with pytest.raises(HopelessError) as refused:
        parse(TicketCreated, changed(id="secret", price="secret"))
    assert "id: " in str(refused.value)
    assert "price: " in str(refused.value)
    assert "secret" not in str(refused.value)


def all_shapes(base):
    for shape in base.__subclasses__():
        yield shape
        yield from all_shapes(shape)


def test_the_subjects_are_those_of_the_contract():
    shapes = [s for s in all_shapes(Shape) if hasattr(s, "subject")]
    assert {s.subject for s in shapes if s.__module__ == contract.__name__} == {
        "ticket.created",
        "ticket.updated",
        "order.created",
        "order.cancelled",
        "order.completed",
        "order.reduced",
        "order.extended",
        "expiration.complete",
        "payment.created",
        "payment.failed",
        "payment.refunded",
        "session.revoked",
    }
    assert issubclass(TicketCreated, Payload)


def test_a_message_is_tried_again_later_and_later():
    delays = [delay_after(attempt) for attempt in range(1, 12)]
    assert delays[:3] == [FIRST_DELAY, 2 * FIRST_DELAY, 4 * FIRST_DELAY]
    assert delays == sorted(delays)


@pytest.mark.parametrize("attempt", [20, 1_000, 10**9])
def test_however_often_it_failed_it_is_tried_again_in_ten_seconds(attempt):
    assert delay_after(attempt) == 10.0


@pytest.mark.parametrize("error", [UnavailableError(), ConcurrentUpdateError()])
@pytest.mark.parametrize("attempt", [1, MAX_ATTEMPTS, 10_000])
def test_what_is_away_is_waited_for_as_long_as_it_takes(error, attempt):
    assert not is_hopeless(error, attempt)
    assert not is_hopeless(VersionGapError(ORDER), attempt)


def test_a_hopeless_message_is_given_up_at_once():
    assert is_hopeless(HopelessError(), 1)


@pytest.mark.parametrize("error", [KeyError("x"), NotFoundError(), ValueError()])
def test_an_error_that_nobody_foresaw_is_given_up_at_the_eighth_delivery(error):
    assert not is_hopeless(error, 7)
    assert is_hopeless(error, 8)
