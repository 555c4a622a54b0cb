"""Counting: once each, by names that stand in the code, and cheap."""

from contextlib import suppress

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter
from unit_doubles import limiter

from orders.models import Reason
from ticketing import errors
from ticketing.contract import OrderCancelled, OrderCompleted, OrderCreated
from ticketing.limits import RESERVING
from ticketing.messages import Event
from ticketing.metrics.children import OTHER, Children
from ticketing.metrics.trade import ENDINGS, count_change
from ticketing.metrics.watches import rpc_calls


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.fixture
def grown():
    """How much a series has grown since it was looked at first."""
    seen = {}

    def grown(name, **labels):
        key = name, *sorted(labels.items())
        return value(name, **labels) - seen.setdefault(key, value(name, **labels))

    return grown


def event(shape, **data):
    return Event(shape.subject, "x:1", data)


def test_labels_that_never_end_share_one_series():
    """Whatever ids somebody puts there, memory and Prometheus stay small."""
    registry = CollectorRegistry()
    children = Children(Counter("c", "c", ["a", "b"], registry=registry), most=3)
    for number in range(100):
        children[number, "x"].inc()
    assert registry.get_sample_value("c_total", {"a": "2", "b": "x"}) == 1
    assert registry.get_sample_value("c_total", {"a": "3", "b": "x"}) is None
    assert registry.get_sample_value("c_total", {"a": OTHER, "b": OTHER}) == 97
    assert len(children) == 4


def test_known_values_are_there_before_anything_happens():
    registry = CollectorRegistry()
    Children(Counter("c", "c", ["a"], registry=registry), known=["x"])
    assert registry.get_sample_value("c_total", {"a": "x"}) == 0


def test_orders_are_counted_by_what_became_of_them(grown):
    for change in ("held", "sold", "expired"):
        grown("ticketing_orders_total", change=change)
        grown("ticketing_units_total", change=change)
    count_change(event(OrderCreated, units=["1", "2"]))
    count_change(event(OrderCompleted, units=["1", "2"]))
    count_change(event(OrderCancelled, units=[], reason=Reason.EXPIRED.value))
    count_change(None)
    assert grown("ticketing_orders_total", change="held") == 1
    assert grown("ticketing_orders_total", change="sold") == 1
    assert grown("ticketing_orders_total", change="expired") == 1
    assert grown("ticketing_units_total", change="sold") == 2


def test_every_reason_for_the_end_of_an_order_has_a_name():
    assert ENDINGS.keys() == {reason.value for reason in Reason}


def test_what_an_event_lacks_is_no_reason_to_fail():
    """What was saved was saved."""
    for subject in ("order.created", "order.cancelled", "payment.created", "thing.x"):
        count_change(Event(subject, "x:1", {}))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "done"),
        (errors.UnavailableError(), "away"),
        (errors.NotFoundError(), "refused"),
        (errors.HopelessError(), "hopeless"),
        (KeyError(), "failed"),
    ],
)
def test_a_call_is_counted_by_its_outcome_and_timed(error, outcome, grown):
    total = "ticketing_rpc_calls_total"
    labels = {"service": "orders", "method": "look", "outcome": outcome}
    timed = "ticketing_rpc_calls_seconds_count"
    grown(total, **labels), grown(timed, service="orders", method="look")
    with suppress(type(error)), rpc_calls("orders", "look"):
        if error:
            raise error
    assert grown(total, **labels) == 1
    assert grown(timed, service="orders", method="look") == 1


class Buckets:
    """Have nothing left, or cannot be asked."""

    def __init__(self, error=None):
        self.error = error

    def take(self, buckets):
        if self.error:
            raise self.error
        return 7


def test_who_is_told_to_wait_is_counted_by_limit(grown):
    grown("ticketing_limits_refused_total", limit="LIMIT_RESERVATIONS")
    with pytest.raises(errors.TooManyRequestsError):
        limiter(Buckets()).check(RESERVING, "ann", "192.0.2.1")
    assert grown("ticketing_limits_refused_total", limit="LIMIT_RESERVATIONS") == 1


def test_that_nothing_is_limited_is_counted(grown):
    grown("ticketing_limits_uncounted_total")
    limiter(Buckets(errors.UnavailableError())).check(RESERVING, "ann", "192.0.2.1")
    assert grown("ticketing_limits_uncounted_total") == 1
