"""Holds end on time: never early, never twice, and not once their orders are paid."""

from datetime import timedelta

import pytest
from expiration_orders import END, announced, cancelled, completed, created, extended
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import NOW, ORDER, OTHER_ORDER

from expiration import commands
from expiration.deadlines import LEASE_MS
from ticketing.clock import iso
from ticketing.errors import UnavailableError


def test_a_hold_is_announced_when_it_ends_and_not_before(hold):
    hold.clock.now = END - timedelta(milliseconds=1)
    hold.rpc.poll()
    assert announced(hold) == []
    hold.clock.now = END
    hold.rpc.poll()
    assert announced(hold) == [ORDER]


def test_the_announcement_is_an_event_of_the_contract(hold):
    hold.clock.now = END
    hold.rpc.poll()
    (event,) = hold.publisher.published
    claimed = commands.milliseconds(END)
    assert event.subject == "expiration.complete"
    assert event.id == f"{ORDER}:expiration:{claimed}"
    assert event.data == {"orderId": ORDER}


def test_what_was_announced_is_forgotten(hold):
    hold.clock.now = END
    for _ in range(3):
        hold.rpc.poll()
        hold.clock.advance(minutes=1)
    assert announced(hold) == [ORDER]
    assert hold.rpc.pending() == []


def test_a_hold_that_became_longer_is_announced_again(hold):
    """Each end has an event of its own: the bus forgets one that comes twice."""
    hold.clock.now = END
    hold.rpc.poll()
    later = END + timedelta(minutes=5)
    hold.rpc.on_order_extended(extended(later))
    hold.rpc.poll()
    assert announced(hold) == [ORDER]
    hold.clock.now = later
    hold.rpc.poll()
    assert announced(hold) == [ORDER, ORDER]
    assert hold.rpc.pending() == []


def test_a_hold_that_became_longer_while_it_was_announced_is_not_forgotten(hold):
    """The order was faster than the poll that told it."""
    later = END + timedelta(minutes=5)
    publish = hold.publisher.publish_groups

    def overtaken(groups):
        hold.rpc.on_order_extended(extended(later))
        return publish(groups)

    hold.publisher.publish_groups = overtaken
    hold.clock.now = END
    hold.rpc.poll()
    assert hold.rpc.pending() == [{"orderId": ORDER, "at": iso(later)}]


@pytest.mark.parametrize("ending", ["cancelled", "completed"])
def test_an_order_that_has_ended_is_not_announced(hold, ending):
    if ending == "cancelled":
        hold.rpc.on_order_cancelled(cancelled())
    else:
        hold.rpc.on_order_completed(completed())
    hold.clock.now = END
    hold.rpc.poll()
    assert announced(hold) == []


def test_what_the_bus_did_not_take_is_announced_after_the_lease(hold):
    hold.clock.now = END
    hold.publisher.away = True
    with pytest.raises(UnavailableError):
        hold.rpc.poll()
    hold.publisher.away = False
    hold.rpc.poll()
    assert announced(hold) == []
    hold.clock.advance(milliseconds=LEASE_MS)
    hold.rpc.poll()
    assert announced(hold) == [ORDER]


def test_what_was_taken_in_part_is_announced_in_part(hold):
    hold.rpc.on_order_created(created(OTHER_ORDER))
    whole = hold.publisher.publish_groups

    def first_only(groups):
        return [*whole(groups[:1]), *([[]] * (len(groups) - 1))]

    hold.publisher.publish_groups = first_only
    hold.clock.now = END
    hold.rpc.poll()
    assert announced(hold) == [ORDER]
    assert [each["orderId"] for each in hold.rpc.pending()] == [OTHER_ORDER]


def test_an_event_that_comes_again_does_not_move_an_end(hold):
    hold.rpc.on_order_created(created(expires_at=END + timedelta(hours=1)))
    assert hold.rpc.pending() == [{"orderId": ORDER, "at": iso(END)}]


def test_the_next_ends_are_shown_first(hold):
    hold.rpc.on_order_created(created(OTHER_ORDER, NOW))
    shown = [each["orderId"] for each in hold.rpc.pending()]
    assert shown == [OTHER_ORDER, ORDER]


@given(st.integers(0, 10**14))
def test_times_survive_being_kept_in_milliseconds(at_ms):
    assert commands.milliseconds(commands.moment(at_ms)) == at_ms
