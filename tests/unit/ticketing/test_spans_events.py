"""What is told of an event: how long it waited, and that it was published."""

import pytest
from trace_ids import GOOD, UNTOLD, id_of, parent_of

from ticketing import spans, tracing
from ticketing.errors import UnavailableError
from ticketing.messages import Event


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
