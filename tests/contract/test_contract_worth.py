"""What complete orders are worth, for whoever compares them with the money.

Kept by MongoDB and by the double.
"""

import pytest
from contract_orders import PRICE, complete, expire, order
from contract_tools import store_of

from orders import lifecycle
from orders.fakes import MemoryOrders
from orders.repository import OrderDatabase
from ticketing import mongo
from ticketing.errors import UnavailableError
from ticketing.ids import new_id

FIRST, LAST = "0" * 24, "f" * 24


def refund(*units):
    return lambda found: lifecycle.refund(found, units)


class WorthContract:
    @pytest.fixture
    def sold(self, orders):
        """Three orders that are complete, one of two units less one, and two more."""
        made = [orders.add(order(ticket=new_id())) for _ in range(4)]
        made.append(orders.add(order("1", "2", ticket=new_id())))
        for each in (made[0], made[2], made[4]):
            orders.change(each.id, complete)
        orders.change(made[3].id, expire)
        orders.change(made[4].id, refund("1"))
        return [each.id for each in made]

    def test_orders_are_found_by_their_ids(self, orders, sold):
        wanted = [sold[3], new_id(), sold[0]]
        assert {each.id for each in orders.of_ids(wanted)} == {sold[0], sold[3]}
        assert orders.of_ids([]) == []

    def test_complete_orders_are_gone_through_by_their_ids(self, orders, sold):
        def between(after, before, limit=10):
            found = orders.complete_between(after, before, limit)
            return [sold.index(each.id) for each in found]

        assert between(FIRST, LAST) == [0, 2, 4]
        assert between(FIRST, LAST, 2) == [0, 2]
        assert between(sold[0], sold[4]) == [2]
        orders.change(sold[2], refund())
        assert between(sold[0], LAST) == [4]

    def test_orders_are_worth_what_their_units_cost_now(self, orders, sold):
        assert orders.worth(FIRST, LAST) == {"usd": 3 * PRICE}
        assert orders.worth(sold[0], LAST) == {"usd": 2 * PRICE}
        assert orders.worth(LAST, LAST) == {}
        orders.change(sold[4], refund())
        assert orders.worth(sold[0], LAST) == {"usd": PRICE}


class TestMemoryWorth(WorthContract):
    @pytest.fixture
    def orders(self):
        return MemoryOrders()


class TestMongoWorth(WorthContract):
    @pytest.fixture
    def orders(self, config):
        return store_of(OrderDatabase(), config, "orders")

    def test_a_sum_over_the_shop_has_a_time_of_its_own(self, orders, monkeypatch):
        monkeypatch.setattr(mongo, "REPORT_SECONDS", 1e-6)
        with pytest.raises(UnavailableError):
            orders.worth(FIRST, LAST)
        assert orders.complete_between(FIRST, LAST, 1) == []
