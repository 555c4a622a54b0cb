"""Tickets: what is offered, by the page. Kept by MongoDB and by the double."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from contract_tools import store_of
from eventlet.greenpool import GreenPool

from ticketing.contract import Occasion
from ticketing.ids import new_id
from ticketing.layout import Layout
from ticketing.paging import Page
from tickets import commands, models
from tickets.fakes import MemoryTickets
from tickets.models import REMEMBERED, Offer, Share
from tickets.repository import TicketDatabase
from tickets.search import Search

ANN, EVE, ORDER, OTHER = new_id(), new_id(), new_id(), new_id()
NOW = datetime(2026, 1, 31, 12, 0, 0, 123000, tzinfo=UTC)
GALA = Occasion(
    name="Gala é 🎟️",
    venue="Halle",
    starts_at="2026-06-01T18:00:00.123Z",
    timezone="Europe/Berlin",
    description="Two\nlines",
)
SEATED = Offer(
    title="Row é",
    price=1,
    layout=Layout.parse("A-01~40;Box 3/12"),
    seated=True,
    max_per_order=4,
    on_sale_at=NOW,
    event=GALA,
    currency="jpy",
)


def offer(title, price=100, units=1):
    return Offer(title, price, layout=Layout.of_quantity(units))


def of(order_id, version, units, paid=False):
    heard = {order_id: Share(version, units, paid)}
    return lambda ticket: models.follow(ticket, heard, {})


class TicketsContract:
    @pytest.fixture
    def three(self, tickets):
        offers = [offer(f"Row {n}", 100 + n) for n in range(3)]
        return [tickets.add(models.create(new_id(), ANN, each)).id for each in offers]

    def ids(self, found):
        return [ticket.id for ticket in found]

    def listed(self, tickets, page=None, search=None):
        return self.ids(tickets.find_all(search or Search(), page or Page(), NOW))

    @pytest.mark.parametrize(
        "offered",
        [
            offer("Row é 🎟️", units=9),
            SEATED,
            Offer("x", 1),
            Offer("x", 1, currency="gbp"),
        ],
    )
    def test_a_ticket_survives_being_kept(self, tickets, offered):
        kept = tickets.add(models.create(new_id(), ANN, offered))
        steps = [of(ORDER, 0, 1), of(OTHER, 1, 1, paid=True), of(ORDER, 1, 0)]
        changed = replace(offered, title="Other", event=None, on_sale_at=None)
        steps += [lambda t: models.edit(t, ANN, changed)] * (len(offered.layout) > 1)
        for step in [*steps, lambda t: models.cancel(t, ANN)]:
            kept = tickets.change(kept.id, step)
            assert tickets.get(kept.id) == kept
        assert (kept.held, kept.sold, kept.cancelled) == (0, 1, True)

    def test_the_order_in_which_orders_were_heard_of_survives(self, tickets):
        """The oldest are forgotten first."""
        ticket = tickets.add(models.create(new_id(), ANN, offer("x", units=200)))
        for number in (3, 1, 2, 1):
            version = tickets.get(ticket.id).version
            tickets.change(ticket.id, of(f"o{number}", version, 1))
        assert list(tickets.get(ticket.id).recent) == ["o3", "o2", "o1"]

    def test_what_is_free_is_listed_oldest_first(self, tickets, three):
        assert self.listed(tickets) == three

    def test_a_ticket_is_listed_while_anything_of_it_is_free(self, tickets, three):
        tickets.change(three[1], of(ORDER, 0, 1))
        assert self.listed(tickets) == [three[0], three[2]]
        tickets.change(three[1], of(ORDER, 1, 0))
        assert self.listed(tickets) == three
        many = tickets.add(models.create(new_id(), ANN, offer("x", units=3))).id
        tickets.change(many, of(ORDER, 0, 2))
        assert many in self.listed(tickets)
        tickets.change(many, of(OTHER, 1, 1, paid=True))
        assert many not in self.listed(tickets)

    def test_an_edited_ticket_stays_listed_in_its_place(self, tickets, three):
        tickets.change(three[0], lambda t: models.edit(t, ANN, offer("Row 9", 5)))
        listed = tickets.find_all(Search(), Page(), NOW)
        assert self.ids(listed) == three
        assert (listed[0].offer.title, listed[0].offer.price) == ("Row 9", 5)

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
        assert self.listed(tickets, page) == [three[n] for n in expected]

    def test_the_next_page_begins_after_the_last_one(self, tickets, three):
        after_first = Page(5, three[0])
        before_last = Page(5, three[2], descending=True)
        assert self.listed(tickets, after_first) == three[1:]
        assert self.listed(tickets, before_last) == [three[1], three[0]]

    def test_a_seller_sees_all_of_their_own_by_the_page(self, tickets, three):
        """Also what is sold, cancelled or not on sale yet; nobody else's."""
        tickets.add(models.create(new_id(), EVE, offer("Hers")))
        tickets.change(three[0], of(ORDER, 1, 1, paid=True))
        tickets.change(three[1], lambda t: models.cancel(t, ANN))

        def listed(page):
            return self.ids(tickets.of_seller(ANN, page))

        assert listed(Page()) == three
        assert listed(Page(2, descending=True)) == [three[2], three[1]]
        assert listed(Page(1, three[0])) == [three[1]]
        assert self.ids(tickets.of_seller(new_id(), Page())) == []

    def test_some_are_found_by_their_ids(self, tickets, three):
        wanted = [three[2], new_id(), "x", three[0], three[0]]
        assert set(self.ids(tickets.of_ids(wanted))) == {three[0], three[2]}
        assert tickets.of_ids([]) == []

    def test_orders_that_are_told_at_once_and_again_count_once(self, tickets):
        """More of them than a listing remembers, each told twice and at once."""
        count = REMEMBERED * 2 + 5
        ticket = tickets.add(models.create(new_id(), ANN, offer("x", units=1000))).id
        events = [(f"{n:024x}", Share(0, 2)) for n in range(count)]
        events += [(f"{n:024x}", Share(1, 2, paid=True)) for n in range(0, count, 2)]
        events += [(f"{n:024x}", Share(1, 0)) for n in range(1, count, 2)]
        for start in range(0, len(events) * 2, 7):
            batch = [(events * 2)[n % len(events)] for n in range(start, start + 7)]
            commands.follow_orders(tickets, ticket, batch)
        kept = tickets.get(ticket)
        assert (kept.held, kept.sold) == (0, 2 * len(range(0, count, 2)))
        assert kept.has_older
        assert len(kept.recent) <= REMEMBERED + 7

    def test_shares_kept_by_a_process_that_died_then_count_once(self, tickets):
        """It had kept them, and had not forgotten them in the listing itself yet."""
        ticket = tickets.add(models.create(new_id(), ANN, offer("x", units=1000))).id
        ids = [f"{number:024x}" for number in range(REMEMBERED + 1)]
        told = [(order_id, Share(0, 1)) for order_id in ids]
        commands.follow_orders(tickets, ticket, told)
        tickets.shares.keep(models.overflow(tickets.get(ticket)))
        commands.follow_orders(tickets, ticket, [(ids[0], Share(1, 0))])
        more = [(new_id(), Share(0, 1)) for _ in range(REMEMBERED + 2)]
        for batch in (more[1:], more[:1], told, [(ids[0], Share(1, 0))], told):
            commands.follow_orders(tickets, ticket, batch)
        assert ids[0] not in tickets.get(ticket).recent
        assert tickets.get(ticket).held == len(ids) - 1 + len(more)

    def test_of_counts_at_once_none_is_lost(self, tickets):
        ticket = tickets.add(models.create(new_id(), ANN, offer("x", units=1000))).id

        def count(number):
            commands.follow_orders(tickets, ticket, [(f"{number}", Share(0, 3))])

        list(GreenPool(4).imap(count, range(20)))
        assert tickets.get(ticket).held == 60


class TestMemoryTickets(TicketsContract):
    @pytest.fixture
    def tickets(self):
        return MemoryTickets()


class TestMongoTickets(TicketsContract):
    @pytest.fixture
    def tickets(self, config):
        return store_of(TicketDatabase(), config, "tickets")

    @pytest.mark.parametrize("keys", [["available", "_id"], ["userId", "_id"]])
    def test_what_is_asked_often_has_an_index(self, tickets, keys):
        indexes = tickets.collection.list_indexes()
        assert keys in [list(index["key"]) for index in indexes]
