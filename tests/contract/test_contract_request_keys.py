"""Orders: a request is made once, and finds what it made when it comes again.

Kept by MongoDB's unique index and by the double.
"""

from datetime import timedelta

import pytest
from contract_orders import BOB, END, EVE, LISTING, TICKET, order
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from orders import commands, lifecycle
from orders.commands import Reservation
from orders.fakes import MemoryOrders
from orders.models import RequestKey
from orders.repository import OrderDatabase
from ticketing.errors import DuplicateError
from ticketing.ids import new_id
from ticketing.paging import Page

KEY = ("userId", "requestKey.key")


class RequestKeysContract:
    def refused(self, command, *arguments):
        with pytest.raises(DuplicateError) as refused:
            command(*arguments)
        return refused.value.fields

    def test_a_request_is_made_once(self, orders):
        orders.add(order(key="k1"))
        again = order(ticket=new_id(), key="k1")
        assert self.refused(orders.add, again) == KEY

    def test_of_many_equal_requests_at_once_one_order_is_made(self, orders):
        orders.tickets.put(TICKET, 0, LISTING)
        key = RequestKey("k1", "print")
        wanted = Reservation(BOB, TICKET, timedelta(1), request_key=key)

        def reserve(_):
            return commands.reserve(orders, wanted, None, END)

        answers = set(GreenPool(20).imap(reserve, range(40)))
        assert answers == set(orders.of_user(BOB, Page()))
        assert len(answers) == 1

    def test_a_request_is_remembered_when_its_order_has_ended(self, orders):
        first = orders.add(order(key="k1"))
        orders.change(first.id, lifecycle.cancel)
        assert self.refused(orders.add, order(key="k1")) == KEY
        assert orders.find_by_key(BOB, "k1").id == first.id

    def test_a_request_is_its_users_own(self, orders):
        orders.add(order(key="k1"))
        orders.add(order(ticket=new_id(), user=EVE, key="k1"))
        assert orders.find_by_key(EVE, "k1").user_id == EVE
        assert orders.find_by_key(EVE, "k2") is None

    def test_each_of_many_who_ask_at_once_finds_the_order_of_their_own_request(
        self, orders
    ):
        made = {}
        for user, key in ((BOB, "k1"), (EVE, "k1"), (EVE, "k2")):
            made[user, key] = orders.add(order(ticket=new_id(), user=user, key=key)).id
        asked = [(user, key) for user in (BOB, EVE) for key in ("k1", "k2", "k3")]

        def find(each):
            found = orders.find_by_key(*each)
            return found and found.id

        answers = list(GreenPool(20).imap(find, asked * 3))
        assert answers == [made.get(each) for each in asked * 3]

    def test_requests_without_a_key_are_many(self, orders):
        for _ in range(3):
            orders.add(order(ticket=new_id()))
        assert len(orders.of_user(BOB, Page())) == 3


class TestMemoryRequestKeys(RequestKeysContract):
    @pytest.fixture
    def orders(self):
        return MemoryOrders()


class TestMongoRequestKeys(RequestKeysContract):
    @pytest.fixture
    def orders(self, config):
        return store_of(OrderDatabase(), config, "orders")
