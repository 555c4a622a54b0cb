"""What orders do to listings: once, in whatever order their events come."""

import eventlet
import pytest
from eventlet import GreenPool
from unit_doubles import ANN, BOB, NOWHERE, ORDER, OTHER_ORDER, worker
from unit_neighbours import OrdersDouble

from ticketing.batches import Batches
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderReduced,
    ReservedTicket,
    TicketRef,
)
from ticketing.errors import NotFoundError, UnavailableError
from ticketing.messages import Delivery
from tickets.fakes import MemoryTickets
from tickets.models import REMEMBERED
from tickets.service import TicketsService


class Shop:
    def __init__(self, quantity=1):
        self.tickets, self.orders = MemoryTickets(), OrdersDouble()
        self.rpc = worker(
            TicketsService,
            tickets=self.tickets,
            orders_rpc=self.orders,
            batches=Batches(),
        )
        made = self.rpc.create_ticket(ANN, "Row 3", 19.5, quantity=quantity)
        self.ticket_id = made["id"]

    def hear(self, kind, version, order_id=ORDER, units=1, ticket_id=None):
        handler = getattr(self.rpc, f"on_order_{kind}")
        labels = [str(number) for number in range(units)]
        made = EVENTS[kind](order_id, version, ticket_id or self.ticket_id, labels)
        handler(Delivery(made, ""))

    @property
    def counts(self):
        ticket = self.tickets.get(self.ticket_id)
        return ticket.available, ticket.held, ticket.sold


def created(order_id, version, ticket_id, units):
    return OrderCreated(
        id=order_id,
        version=version,
        status="created",
        user_id=BOB,
        expires_at="2026-01-31T12:15:00.000Z",
        ticket=ReservedTicket(id=ticket_id, title="Row 3", price=19.5),
        units=units,
        total=19.5 * len(units),
    )


def cancelled(order_id, version, ticket_id, _):
    ref = TicketRef(id=ticket_id)
    return OrderCancelled(
        id=order_id, version=version, reason="expired", ticket=ref, units=[]
    )


def completed(order_id, version, ticket_id, units):
    ref = TicketRef(id=ticket_id)
    return OrderCompleted(id=order_id, version=version, ticket=ref, units=units)


def reduced(order_id, version, ticket_id, units):
    ref = TicketRef(id=ticket_id)
    return OrderReduced(id=order_id, version=version, ticket=ref, units=units)


EVENTS = {
    "created": created,
    "cancelled": cancelled,
    "completed": completed,
    "reduced": reduced,
}


@pytest.fixture
def one():
    return Shop()


@pytest.fixture
def ten():
    return Shop(quantity=10)


def test_an_order_holds_its_ticket_until_it_is_cancelled(one):
    one.hear("created", 0)
    assert one.counts == (0, 1, 0)
    assert one.tickets.get(one.ticket_id).order_id == ORDER
    one.hear("cancelled", 1)
    assert one.counts == (1, 0, 0)
    assert one.tickets.get(one.ticket_id).order_id is None


def test_a_complete_order_owns_its_units(ten):
    ten.hear("created", 0, units=4)
    ten.hear("completed", 1, units=4)
    assert ten.counts == (6, 0, 4)


def test_units_that_were_refunded_are_free_again(ten):
    for version, kind, units in [
        (0, "created", 4),
        (1, "completed", 4),
        (2, "reduced", 1),
    ]:
        ten.hear(kind, version, units=units)
    assert ten.counts == (9, 0, 1)


def test_an_order_that_was_paid_late_takes_its_ticket_again(one):
    for version, kind in enumerate(["created", "cancelled", "completed"]):
        one.hear(kind, version)
    assert one.counts == (0, 0, 1)


def test_an_event_that_comes_twice_takes_effect_once(ten):
    for kind, version in [
        ("created", 0),
        ("created", 0),
        ("cancelled", 1),
        ("created", 0),
    ]:
        ten.hear(kind, version, units=3)
    assert ten.counts == (10, 0, 0)
    assert [event.data["version"] for event in ten.tickets.events] == [0, 1, 2]


def test_the_newest_word_counts_when_it_comes_first(one):
    one.hear("cancelled", 1)
    one.hear("created", 0)
    assert one.counts == (1, 0, 0)


def test_an_order_for_an_unknown_ticket_is_no_success(one):
    with pytest.raises(NotFoundError):
        one.hear("created", 0, ticket_id=NOWHERE)


def test_more_orders_than_a_listing_remembers_count_once_each():
    shop = Shop(quantity=1000)
    ids = [f"{1000 + number:024x}" for number in range(3 * REMEMBERED)]
    for _ in range(2):
        for order_id in ids:
            shop.hear("created", 0, order_id)
    assert shop.counts == (1000 - len(ids), len(ids), 0)
    assert len(shop.tickets.get(shop.ticket_id).recent) <= REMEMBERED + 1
    for order_id in ids:
        shop.hear("cancelled", 1, order_id)
    assert shop.counts == (1000, 0, 0)


def test_nothing_is_forgotten_before_it_is_kept_elsewhere(monkeypatch):
    """A crash between the two repeats an event that then counts once."""
    shop = Shop(quantity=1000)
    ids = [f"{1000 + number:024x}" for number in range(REMEMBERED + 1)]
    for order_id in ids:
        shop.hear("created", 0, order_id)

    def crash(*_):
        raise UnavailableError

    monkeypatch.setattr(shop.tickets.shares, "keep", crash)
    before = shop.counts
    with pytest.raises(UnavailableError):
        shop.hear("created", 0, OTHER_ORDER)
    assert shop.counts == before
    monkeypatch.undo()
    shop.hear("created", 0, OTHER_ORDER)
    shop.hear("created", 0, ids[0])
    assert shop.counts == (1000 - len(ids) - 1, len(ids) + 1, 0)


def test_events_that_come_together_are_counted_in_few_writes(ten, monkeypatch):
    """Those that come while one is being written share the next write."""
    pool, change_now = GreenPool(), ten.tickets.change

    def change(*args):
        eventlet.sleep(0)  # as a write that gives others their turn
        return change_now(*args)

    monkeypatch.setattr(ten.tickets, "change", change)
    for number in range(8):
        pool.spawn(ten.hear, "created", 0, f"{number:024x}")
    pool.waitall()
    assert ten.counts == (2, 8, 0)
    assert ten.tickets.get(ten.ticket_id).version == 2
