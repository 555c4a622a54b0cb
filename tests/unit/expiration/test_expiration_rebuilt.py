"""What was lost or not heard is built again from the orders."""

import pytest
from expiration_orders import END, announced, unpaid
from unit_doubles import ORDER, OTHER_ORDER

from expiration import commands
from ticketing.errors import UnavailableError


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


@pytest.fixture
def halfway(watch, monkeypatch):
    """Has something happen before the second page of the two orders is asked for."""
    monkeypatch.setattr(commands, "PAGE", 1)
    watch.orders.orders = unpaid(ORDER, OTHER_ORDER)
    whole, asked = watch.orders.list_unpaid, []

    def happens(act):
        def list_unpaid(limit, after):
            asked.append(after)
            if len(asked) == 2:
                act()
            return whole(limit, after)

        watch.orders.list_unpaid = list_unpaid

    return happens


def test_a_rebuild_that_broke_off_halfway_is_done_again(watch, halfway):
    halfway(lambda: setattr(watch.orders, "away", True))
    with pytest.raises(UnavailableError):
        watch.rpc.poll()
    watch.orders.away = False
    watch.rpc.poll()
    assert len(watch.rpc.pending()) == 2


def test_a_set_that_is_lost_while_it_is_built_is_built_again(watch, halfway):
    halfway(watch.deadlines.lose)
    watch.rpc.poll()
    assert [each["orderId"] for each in watch.rpc.pending()] == [OTHER_ORDER]
    watch.rpc.poll()
    assert len(watch.rpc.pending()) == 2
