"""Orders: a unit is held once.

Kept by MongoDB's unique indexes and by the double.
"""

from datetime import timedelta

import pytest
from contract_orders import (
    BOB,
    END,
    EVE,
    TICKET,
    complete,
    expire,
    order,
)
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from orders import lifecycle
from orders.fakes import MemoryOrders
from orders.models import Status
from orders.repository import OrderDatabase
from ticketing.errors import DuplicateError
from ticketing.ids import new_id
from ticketing.money import CURRENCIES
from ticketing.paging import Page

HELD = ("ticket.id", "units")


def refund(*units):
    return lambda found: lifecycle.refund(found, units)


def extend(found):
    return lifecycle.extend(found, END + timedelta(minutes=5))


def expire_later(found):
    return lifecycle.expire(found, END + timedelta(minutes=5))


class OrdersContract:
    def refused(self, command, *arguments):
        with pytest.raises(DuplicateError) as refused:
            command(*arguments)
        return refused.value.fields

    @pytest.mark.parametrize(
        "steps",
        [
            [],
            [complete],
            [expire],
            [expire, complete],
            [lifecycle.cancel],
            [lifecycle.fail],
            [lifecycle.withdraw],
            [complete, refund("1")],
            [complete, refund("2"), refund("1")],
            [complete, refund()],
            [extend],
            [extend, expire_later],
            [extend, complete],
        ],
    )
    def test_an_order_survives_being_kept(self, orders, steps):
        kept = orders.add(order("1", "2", "Box 3/12", key="k"))
        for step in steps:
            kept = orders.change(kept.id, step)
            assert orders.get(kept.id) == kept
        assert {*kept.units, *kept.refunded} == {"1", "2", "Box 3/12"}
        assert kept.version == len(steps)

    @pytest.mark.parametrize("currency", CURRENCIES)
    def test_an_order_keeps_its_currency(self, orders, currency):
        kept = orders.add(order(currency=currency))
        assert orders.get(kept.id) == kept
        assert orders.change(kept.id, complete).currency == currency

    def test_a_unit_is_held_once(self, orders):
        first = orders.add(order())
        assert self.refused(orders.add, order(user=EVE)) == HELD
        assert orders.of_user(EVE, Page()) == []
        assert orders.get(first.id) == first

    def test_a_unit_that_was_sold_stays_held(self, orders):
        first = orders.add(order())
        orders.change(first.id, complete)
        assert self.refused(orders.add, order(user=EVE)) == HELD

    def test_units_and_tickets_are_told_apart(self, orders):
        orders.add(order("1", "2"))
        orders.add(order("3"))
        orders.add(order("1", ticket=new_id()))
        assert self.refused(orders.add, order("2", "4")) == HELD
        orders.add(order("4"))

    @pytest.mark.parametrize("wanted", [("4", "1"), ("0", "2", "9"), ("1", "2", "3")])
    def test_one_unit_in_common_is_one_too_many(self, orders, wanted):
        first = orders.add(order("1", "2", "3"))
        assert self.refused(orders.add, order(*wanted, user=EVE)) == HELD
        assert orders.holding(TICKET) == [first]
        free = [unit for unit in wanted if unit not in first.units]
        for unit in free:
            orders.add(order(unit, user=EVE))

    def test_units_whose_money_went_back_are_free_and_the_others_are_not(self, orders):
        first = orders.add(order("1", "2", "3"))
        orders.change(first.id, complete)
        orders.change(first.id, refund("2"))
        orders.add(order("2", user=EVE))
        for unit in ("1", "3"):
            assert self.refused(orders.add, order(unit, user=EVE)) == HELD

    def test_an_order_takes_all_of_its_units_again_or_none(self, orders):
        first = orders.add(order("1", "2", "3"))
        expired = orders.change(first.id, expire)
        orders.add(order("2", user=EVE))
        assert self.refused(orders.change, first.id, complete) == HELD
        assert orders.get(first.id) == expired
        orders.add(order("1", "3", user=EVE))

    def test_a_unit_is_free_when_its_order_ends_however_often(self, orders):
        for step in (lifecycle.cancel, expire, lifecycle.fail, lifecycle.withdraw):
            orders.change(orders.add(order()).id, step)
        assert orders.add(order(user=EVE)).holds

    def test_an_order_takes_its_units_again_while_they_are_free(self, orders):
        first = orders.add(order())
        orders.change(first.id, expire)
        assert orders.change(first.id, complete).status is Status.COMPLETE
        assert self.refused(orders.add, order(user=EVE)) == HELD

    def test_an_order_does_not_take_its_units_again_from_another(self, orders):
        first = orders.add(order())
        expired = orders.change(first.id, expire)
        second = orders.add(order(user=EVE))
        assert self.refused(orders.change, first.id, complete) == HELD
        assert orders.get(first.id) == expired
        assert orders.get(second.id) == second

    def test_of_many_who_reserve_at_once_one_gets_it(self, orders):
        def reserve(_):
            try:
                orders.add(order(user=new_id()))
            except DuplicateError:
                return 0
            return 1

        assert sum(GreenPool(20).imap(reserve, range(40))) == 1

    def test_of_many_who_want_overlapping_units_at_once_no_two_get_one(self, orders):
        def reserve(number):
            try:
                orders.add(order(str(number), str(number + 1), user=new_id()))
            except DuplicateError:
                return []
            return [number, number + 1]

        got = [
            unit for units in GreenPool(20).imap(reserve, range(20)) for unit in units
        ]
        assert len(got) == len(set(got)) >= 2 * 20 // 3

    def test_ones_own_orders_are_listed_by_the_page(self, orders):
        ids = [orders.add(order(ticket=new_id())).id for _ in range(3)]
        orders.add(order(ticket=new_id(), user=EVE))

        def listed(page):
            return [ids.index(found.id) for found in orders.of_user(BOB, page)]

        assert listed(Page()) == [0, 1, 2]
        assert listed(Page(2, descending=True)) == [2, 1]
        assert listed(Page(1, ids[0])) == [1]
        assert listed(Page(5, ids[1], descending=True)) == [0]

    def test_orders_whose_hold_is_running_are_listed_by_the_page(self, orders):
        ids = [orders.add(order(ticket=new_id())).id for _ in range(5)]
        orders.change(ids[1], complete)
        orders.change(ids[3], expire)

        def listed(page):
            return [ids.index(found.id) for found in orders.unpaid(page)]

        assert listed(Page()) == [0, 2, 4]
        assert listed(Page(1, ids[0])) == [2]

    def test_tickets_are_remembered_beside_the_orders(self, orders):
        orders.tickets.put(TICKET, 3, {"title": "Row 3", "price": 1950})
        assert orders.tickets.find(TICKET)["price"] == 1950


class TestMemoryOrders(OrdersContract):
    @pytest.fixture
    def orders(self):
        return MemoryOrders()


class TestMongoOrders(OrdersContract):
    @pytest.fixture
    def orders(self, config):
        return store_of(OrderDatabase(), config, "orders")

    def test_held_units_stand_where_the_index_sees_them_and_others_do_not(self, orders):
        added = orders.add(order())
        document = orders.collection.find_one({"_id": added.id})
        assert (document["units"], document.get("freed")) == (["1"], None)
        orders.change(added.id, expire)
        document = orders.collection.find_one({"_id": added.id})
        assert (document.get("units"), document["freed"]) == (None, ["1"])
        assert document["expiresAt"] - END == timedelta(0)
