"""What is held of a listing, by whom, and which pass is whose.

Kept by MongoDB and by the double.
"""

from datetime import timedelta

import pytest
from contract_orders import END, EVE, LISTING, TICKET, complete, expire, order
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from orders import lifecycle
from orders.fakes import MemoryOrders
from orders.listing import Listing
from orders.repository import OrderDatabase
from ticketing.errors import DuplicateError
from ticketing.ids import new_id
from ticketing.paging import Page

LATER = END + timedelta(seconds=1)


def cancelled(until):
    return LISTING | {"cancelled": True, "windUp": until}


class SalesContract:
    @pytest.fixture
    def sale(self, orders):
        """Three orders that hold something, one that did, one of another listing."""
        held = orders.add(order("1", "2"))
        sold = orders.add(order("3", "4", "5", user=EVE))
        sold = orders.change(sold.id, complete)
        reduced = orders.add(order("6", "7"))
        orders.change(reduced.id, complete)
        reduced = orders.change(reduced.id, lambda o: lifecycle.refund(o, ["6"]))
        ended = orders.change(orders.add(order("8")).id, expire)
        orders.add(order("1", "9", ticket=new_id()))
        return held, sold, reduced, ended

    def test_all_that_is_held_of_a_listing_is_told(self, orders, sale):
        held, sold, reduced, _ = sale
        found = orders.holding(TICKET)
        assert {each.id: each for each in found} == {
            held.id: held,
            sold.id: sold,
            reduced.id: reduced,
        }
        assert orders.holding(new_id()) == []

    @pytest.mark.parametrize(
        ("units", "expected"),
        [
            (["1"], {0}),
            (["2", "3"], {0, 1}),
            (["5", "4", "3"], {1}),
            (["7", "8", "1", "9"], {0, 2}),
            (["6", "8", "9", "10"], set()),
            ([], set()),
        ],
    )
    def test_holders_are_those_who_hold_one_of_the_units(
        self, orders, sale, units, expected
    ):
        found = orders.holders_of(TICKET, units)
        assert {holder.id for holder in found} == {sale[n].id for n in expected}
        assert all(holder == orders.get(holder.id) for holder in found)
        assert len(found) == len(expected)

    def test_all_who_ask_at_a_time_for_holders_hear_of_their_own(self, orders, sale):
        asked = [(TICKET, ["1"]), (new_id(), ["1"]), (TICKET, ["3", "4"])] * 3
        pool = GreenPool()
        answers = [pool.spawn(orders.holders_of, *each) for each in asked]
        found = [[order.id for order in answer.wait()] for answer in answers]
        assert found == [[sale[0].id], [], [sale[1].id]] * 3

    def test_all_orders_of_a_listing_are_listed_by_the_page(self, orders, sale):
        def listed(page):
            every = [each.id for each in sale]
            return [every.index(each.id) for each in orders.of_ticket(TICKET, page)]

        assert listed(Page()) == [0, 1, 2, 3]
        assert listed(Page(2, descending=True)) == [3, 2]
        assert listed(Page(2, sale[1].id)) == [2, 3]
        assert listed(Page(1, sale[1].id, descending=True)) == [0]

    def test_a_pass_is_found_also_when_its_unit_was_refunded(self, orders, sale):
        for sold in sale[1:3]:
            for issued in sold.passes:
                assert orders.find_by_pass(issued.id) == sold
        assert [issued.unit for issued in sale[2].passes] == ["6", "7"]
        assert orders.find_by_pass("0" * 12) is None

    def test_a_pass_is_of_one_order(self, orders, sale):
        taken = sale[1].passes[1].id
        waiting = orders.add(order("10", "11"))
        ids = iter(["0" * 12, taken])
        with pytest.raises(DuplicateError) as refused:
            orders.change(
                waiting.id,
                lambda o: lifecycle.complete(o, o.total, o.currency, lambda: next(ids)),
            )
        assert refused.value.fields == ("passes.id",)
        assert orders.get(waiting.id) == waiting
        assert orders.find_by_pass(taken) == sale[1]
        assert orders.find_by_pass("0" * 12) is None

    def test_orders_without_passes_are_many(self, orders):
        for unit in ("1", "2", "3"):
            orders.add(order(unit))
        assert len(orders.holding(TICKET)) == 3

    def test_cancelled_listings_are_wound_up_each_until_its_time(self, orders):
        other = new_id()
        orders.tickets.put(new_id(), 0, LISTING)
        orders.tickets.put(TICKET, 1, cancelled(END))
        orders.tickets.put(other, 1, cancelled(LATER))
        assert sorted(orders.winding_up()) == sorted([(TICKET, END), (other, LATER)])
        orders.wound_up(TICKET, END)
        assert orders.winding_up() == [(other, LATER)]
        copy = orders.tickets.find(TICKET)
        assert (copy["cancelled"], copy["version"]) == (True, 1)

    def test_a_listing_that_was_told_again_is_wound_up_again(self, orders):
        orders.tickets.put(TICKET, 1, cancelled(END))
        orders.tickets.put(TICKET, 2, cancelled(LATER))
        orders.wound_up(TICKET, END)
        assert orders.winding_up() == [(TICKET, LATER)]
        orders.wound_up(TICKET, LATER)
        assert orders.winding_up() == []

    def test_what_a_change_frees_is_known_at_once(self, orders):
        """In this process, before any event has gone round."""
        orders.tickets.put(TICKET, 0, LISTING | {"layout": "1~3"})
        listing = self.listing(orders)
        first = orders.add(order("1", "2"))
        assert orders.occupancies.whole(listing).states() == "hh."
        orders.change(first.id, complete)
        assert orders.occupancies.whole(listing).states() == "ss."
        orders.change(first.id, lambda o: lifecycle.refund(o, ["1"]))
        assert orders.occupancies.whole(listing).states() == ".s."
        orders.change(first.id, lambda o: lifecycle.refund(o, []))
        assert orders.occupancies.whole(listing).states() == "..."

    def listing(self, orders):
        return Listing.of(TICKET, orders.tickets.find(TICKET))


class TestMemorySales(SalesContract):
    @pytest.fixture
    def orders(self):
        return MemoryOrders()


class TestMongoSales(SalesContract):
    @pytest.fixture
    def orders(self, config):
        return store_of(OrderDatabase(), config, "orders")

    @pytest.mark.parametrize(
        "keys",
        [
            ["ticket.id", "units"],
            ["userId", "requestKey.key"],
            ["passes.id"],
            ["userId", "_id"],
            ["ticket.id", "_id"],
            ["status", "_id"],
        ],
    )
    def test_what_is_asked_often_has_an_index(self, orders, keys):
        indexes = orders.collection.list_indexes()
        assert keys in [list(index["key"]) for index in indexes]
