"""A hold that is made longer, once, while the bank has not answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from unit_doubles import BOB, HOLD, NOW, ORDER, TICKET

from orders import lifecycle
from orders.models import NotYetError, Order, Reason, Status

END = NOW + HOLD
LATER = END + timedelta(minutes=5)
CREATED = Order(ORDER, BOB, Status.CREATED, END, TICKET, "Row 3", 1950, ("1", "2"))
EXTENDED = lifecycle.extend(CREATED, LATER).state
COMPLETE = lifecycle.complete(CREATED, 3900, "usd", lambda: "P").state
EXPIRED = lifecycle.expire(CREATED, END).state
MOMENT = timedelta(milliseconds=1)


def test_a_longer_hold_is_told_with_its_end():
    event = lifecycle.extend(CREATED, LATER).event
    assert event.subject == "order.extended"
    assert event.data == {
        "id": ORDER,
        "version": 1,
        "ticket": {"id": TICKET},
        "units": ["1", "2"],
        "expiresAt": "2026-01-31T12:20:00.000Z",
    }
    assert (EXTENDED.expires_at, EXTENDED.status) == (LATER, Status.CREATED)
    assert EXTENDED.holds


@pytest.mark.parametrize("order", [EXTENDED, COMPLETE, EXPIRED])
def test_a_hold_is_made_longer_once_while_it_runs(order):
    assert lifecycle.extend(order, LATER + HOLD) is None


@pytest.mark.parametrize(("order", "end"), [(CREATED, END), (EXTENDED, LATER)])
def test_a_hold_that_is_announced_too_early_is_announced_again(order, end):
    """The clock that watches it may be ahead of the one that ends it."""
    with pytest.raises(NotYetError):
        lifecycle.is_due(order, end - MOMENT)
    with pytest.raises(NotYetError):
        lifecycle.expire(order, end - MOMENT)
    assert lifecycle.expire(order, end).state.reason == Reason.EXPIRED


@pytest.mark.parametrize("order", [COMPLETE, EXPIRED])
def test_what_is_over_is_never_due(order):
    assert not lifecycle.is_due(order, NOW)
    assert not lifecycle.is_due(replace(order, extended=True), LATER)


@pytest.mark.parametrize("end", [lifecycle.cancel, lifecycle.fail, lifecycle.withdraw])
def test_a_longer_hold_ends_as_any_other_does(end):
    assert end(EXTENDED).state.status is Status.CANCELLED
    assert lifecycle.complete(EXTENDED, 3900, "usd", lambda: "P").state.holds
