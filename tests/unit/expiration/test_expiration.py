"""Holds end on time: never early, never forgotten, whatever is lost."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import BOB, NOW, ORDER, OTHER_ORDER, TICKET

from expiration import commands
from expiration.deadlines import LEASE_MS
from ticketing.clock import iso
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderExtended,
    ReservedTicket,
    TicketRef,
)
from ticketing.errors import UnavailableError
from ticketing.messages import Delivery

END = NOW + timedelta(minutes=15)


def created(order_id=ORDER, expires_at=END):
    payload = OrderCreated(
        id=order_id,
        version=0,
        status="created",
        user_id=BOB,
        expires_at=iso(expires_at),
        ticket=ReservedTicket(id=TICKET, title="Row 3", price=19.5),
        units=["1"],
        total=19.5,
    )
    return Delivery(payload, "")


def cancelled(order_id=ORDER):
    ref = TicketRef(id=TICKET)
    payload = OrderCancelled(
        id=order_id, version=1, reason="expired", ticket=ref, units=[]
    )
    return Delivery(payload, "")


def completed(order_id=ORDER):
    payload = OrderCompleted(
        id=order_id, version=1, ticket=TicketRef(id=TICKET), units=["1"]
    )
    return Delivery(payload, "")


def announced(watch):
    return [event.data["orderId"] for event in watch.publisher.published]


@pytest.fixture
def hold(watch):
    """One hold until END, in a set that is whole."""
    watch.rpc.rebuild()
    watch.rpc.on_order_created(created())
    return watch


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


def extended(expires_at, order_id=ORDER):
    payload = OrderExtended(
        id=order_id,
        version=1,
        ticket=TicketRef(id=TICKET),
        units=["1"],
        expires_at=iso(expires_at),
    )
    return Delivery(payload, "")


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


def unpaid(*order_ids, expires_at=END):
    return {i: {"id": i, "expiresAt": iso(expires_at)} for i in order_ids}


def test_a_set_that_was_lost_is_built_again_from_the_orders(hold):
    hold.orders.orders = unpaid(ORDER, OTHER_ORDER)
    hold.deadlines.lose()
    hold.clock.now = END
    hold.rpc.poll()
    assert announced(hold) == []
    hold.rpc.poll()
    assert announced(hold) == [ORDER, OTHER_ORDER]


def test_an_end_that_nobody_heard_is_announced_again(hold):
    """Its event was acknowledged, and lost before the orders had it."""
    hold.orders.orders = unpaid(ORDER)
    hold.clock.now = END
    hold.rpc.poll()
    hold.rpc.catch_up()
    assert hold.rpc.pending() == []
    hold.clock.advance(seconds=commands.LATE.total_seconds() + 1)
    hold.rpc.catch_up()
    hold.rpc.poll()
    assert announced(hold) == [ORDER, ORDER]


def test_an_end_that_is_under_way_is_left_alone(hold):
    """It is somebody's for the length of a lease, and later another's."""
    hold.orders.orders = unpaid(ORDER)
    hold.clock.now = END
    assert hold.deadlines.claim(commands.milliseconds(END), 10) == [ORDER]
    hold.clock.advance(seconds=commands.LATE.total_seconds() + 1)
    before = hold.rpc.pending()
    hold.rpc.catch_up()
    assert hold.rpc.pending() == before


def test_a_rebuild_reads_all_pages(watch, monkeypatch):
    monkeypatch.setattr(commands, "PAGE", 3)
    ids = [f"{number:024x}" for number in range(10)]
    watch.orders.orders = unpaid(*ids)
    assert watch.rpc.rebuild() == {"rebuilt": 10}
    assert sorted(each["orderId"] for each in watch.rpc.pending()) == ids


def test_a_rebuild_that_the_orders_did_not_answer_is_done_again(watch):
    watch.orders.orders = unpaid(ORDER)
    watch.orders.away = True
    for _ in range(2):
        with pytest.raises(UnavailableError):
            watch.rpc.poll()
    watch.orders.away = False
    watch.rpc.poll()
    assert [each["orderId"] for each in watch.rpc.pending()] == [ORDER]


def test_a_rebuild_that_broke_off_halfway_is_done_again(watch, monkeypatch):
    monkeypatch.setattr(commands, "PAGE", 1)
    watch.orders.orders = unpaid(ORDER, OTHER_ORDER)
    whole, asked = watch.orders.list_unpaid, []

    def once(limit, after):
        asked.append(after)
        watch.orders.away = len(asked) == 2
        return whole(limit, after)

    watch.orders.list_unpaid = once
    with pytest.raises(UnavailableError):
        watch.rpc.poll()
    watch.rpc.poll()
    assert len(watch.rpc.pending()) == 2


def test_a_set_that_is_lost_while_it_is_built_is_built_again(watch, monkeypatch):
    monkeypatch.setattr(commands, "PAGE", 1)
    watch.orders.orders = unpaid(ORDER, OTHER_ORDER)
    whole, asked = watch.orders.list_unpaid, []

    def lose_after_the_first_page(limit, after):
        asked.append(after)
        if len(asked) == 2:
            watch.deadlines.lose()
        return whole(limit, after)

    watch.orders.list_unpaid = lose_after_the_first_page
    watch.rpc.poll()
    assert [each["orderId"] for each in watch.rpc.pending()] == [OTHER_ORDER]
    watch.rpc.poll()
    assert len(watch.rpc.pending()) == 2


@given(st.integers(0, 10**14))
def test_times_survive_being_kept_in_milliseconds(at_ms):
    assert commands.milliseconds(commands.moment(at_ms)) == at_ms
