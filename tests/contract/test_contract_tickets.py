"""Tickets: what can be bought, by the page. Kept by MongoDB and by the double."""

import pytest
from contract_tools import store_of

from ticketing.ids import new_id
from ticketing.paging import Page
from tickets import models
from tickets.fakes import MemoryTickets
from tickets.repository import TicketDatabase

ANN, ORDER, OTHER = new_id(), new_id(), new_id()


class TicketsContract:
    @pytest.fixture
    def three(self, tickets):
        offered = [models.create(new_id(), ANN, f"Row {n}", 100 + n) for n in range(3)]
        return [tickets.add(change).id for change in offered]

    def ids(self, found):
        return [ticket.id for ticket in found]

    def test_a_ticket_survives_being_kept(self, tickets):
        added = tickets.add(models.create(new_id(), ANN, "Row é 🎟️", 1))
        assert tickets.get(added.id) == added
        held = tickets.change(added.id, lambda t: models.reserve(t, ORDER))
        both = tickets.change(added.id, lambda t: models.reserve(t, OTHER))
        assert both.holders == (ORDER, OTHER)
        assert tickets.get(added.id) == both != held

    def test_what_is_free_is_listed_oldest_first(self, tickets, three):
        assert self.ids(tickets.available(Page())) == three

    def test_what_an_order_holds_is_not_listed_until_it_lets_go(self, tickets, three):
        tickets.change(three[1], lambda t: models.reserve(t, ORDER))
        assert self.ids(tickets.available(Page())) == [three[0], three[2]]
        tickets.change(three[1], lambda t: models.release(t, ORDER))
        assert self.ids(tickets.available(Page())) == three

    def test_an_edited_ticket_stays_listed_in_its_place(self, tickets, three):
        tickets.change(three[0], lambda t: models.edit(t, ANN, "Row 9", 5))
        listed = tickets.available(Page())
        assert self.ids(listed) == three
        assert (listed[0].title, listed[0].price) == ("Row 9", 5)

    @pytest.mark.parametrize(
        ("page", "expected"),
        [
            (Page(2), [0, 1]),
            (Page(2, descending=True), [2, 1]),
            (Page(after="0"), [0, 1, 2]),
            (Page(after="z"), []),
            (Page(after="z", descending=True), [2, 1, 0]),
        ],
    )
    def test_a_page_is_a_part_of_the_list(self, tickets, three, page, expected):
        assert self.ids(tickets.available(page)) == [three[n] for n in expected]

    def test_the_next_page_begins_after_the_last_one(self, tickets, three):
        after_first = Page(5, three[0])
        before_last = Page(5, three[2], descending=True)
        assert self.ids(tickets.available(after_first)) == three[1:]
        assert self.ids(tickets.available(before_last)) == [three[1], three[0]]

    def test_orders_are_remembered_beside_the_tickets(self, tickets):
        tickets.orders.apply(ORDER, 0, {})
        assert not tickets.orders.is_next(ORDER, 0)
        assert tickets.orders.is_next(ORDER, 1)


class TestMemoryTickets(TicketsContract):
    @pytest.fixture
    def tickets(self):
        return MemoryTickets()


class TestMongoTickets(TicketsContract):
    @pytest.fixture
    def tickets(self, config):
        return store_of(TicketDatabase(), config, "tickets")
