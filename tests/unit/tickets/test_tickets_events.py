"""What orders do to tickets: in turn, once, and right again after a loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ANN, BOB, NOWHERE, ORDER, OrdersDouble, worker

from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    ReservedTicket,
    TicketRef,
)
from ticketing.errors import NotFoundError, UnavailableError, VersionGapError
from ticketing.messages import Delivery
from ticketing.replicas import PATIENCE
from tickets.fakes import MemoryTickets
from tickets.service import TicketsService


class Shop:
    def __init__(self):
        self.tickets, self.orders = MemoryTickets(), OrdersDouble()
        self.rpc = worker(TicketsService, tickets=self.tickets, orders_rpc=self.orders)
        self.ticket_id = self.rpc.create_ticket(ANN, "Row 3", 19.5)["id"]

    def hear(self, kind, version, attempt=1, order_id=ORDER, ticket_id=None):
        ticket_id = ticket_id or self.ticket_id
        shape, handler = {
            "created": (created, self.rpc.on_order_created),
            "cancelled": (cancelled, self.rpc.on_order_cancelled),
            "completed": (completed, self.rpc.on_order_completed),
        }[kind]
        handler(Delivery(shape(order_id, version, ticket_id), "", attempt))

    @property
    def holders(self):
        return self.tickets.get(self.ticket_id).holders


def created(order_id, version, ticket_id):
    return OrderCreated(
        id=order_id,
        version=version,
        status="created",
        user_id=BOB,
        expires_at="2026-01-31T12:15:00.000Z",
        ticket=ReservedTicket(id=ticket_id, title="Row 3", price=19.5),
    )


def cancelled(order_id, version, ticket_id):
    ref = TicketRef(id=ticket_id)
    return OrderCancelled(id=order_id, version=version, reason="expired", ticket=ref)


def completed(order_id, version, ticket_id):
    return OrderCompleted(id=order_id, version=version, ticket=TicketRef(id=ticket_id))


@pytest.fixture
def own_shop():
    return Shop()


def test_an_order_holds_its_ticket_until_it_is_cancelled(own_shop):
    own_shop.hear("created", 0)
    assert own_shop.holders == (ORDER,)
    own_shop.hear("cancelled", 1)
    assert own_shop.holders == ()


def test_a_complete_order_keeps_its_ticket(own_shop):
    own_shop.hear("created", 0)
    own_shop.hear("completed", 1)
    assert own_shop.holders == (ORDER,)
    assert own_shop.tickets.get(own_shop.ticket_id).version == 1


def test_an_order_that_was_paid_late_takes_its_ticket_again(own_shop):
    for version, kind in enumerate(["created", "cancelled", "completed"]):
        own_shop.hear(kind, version)
    assert own_shop.holders == (ORDER,)


def test_an_event_that_comes_twice_takes_effect_once(own_shop):
    own_shop.hear("created", 0)
    own_shop.hear("created", 0)
    own_shop.hear("cancelled", 1)
    own_shop.hear("created", 0)
    assert own_shop.holders == ()
    assert [event.data["version"] for event in own_shop.tickets.events] == [0, 1, 2]


def test_an_event_that_comes_too_early_waits(own_shop):
    with pytest.raises(VersionGapError):
        own_shop.hear("cancelled", 1)
    own_shop.hear("created", 0)
    own_shop.hear("cancelled", 1)
    assert own_shop.holders == ()


@pytest.mark.parametrize(
    ("status", "holders"), [("cancelled", ()), ("complete", (ORDER,))]
)
def test_a_gap_that_stays_is_closed_by_asking_the_order(own_shop, status, holders):
    """Versions 0 and 1 never come; version 2 has been tried for long enough."""
    own_shop.orders.orders[ORDER] = {"id": ORDER, "status": status, "version": 3}
    with pytest.raises(VersionGapError):
        own_shop.hear("cancelled", 2, attempt=PATIENCE - 1)
    own_shop.hear("cancelled", 2, attempt=PATIENCE)
    assert own_shop.holders == holders
    own_shop.hear("cancelled", 3)
    assert own_shop.holders == holders


def test_a_gap_waits_on_while_the_orders_are_away(own_shop):
    own_shop.orders.away = True
    with pytest.raises(UnavailableError):
        own_shop.hear("cancelled", 2, attempt=PATIENCE)
    own_shop.orders.away = False
    own_shop.orders.orders[ORDER] = {"id": ORDER, "status": "created", "version": 2}
    own_shop.hear("cancelled", 2, attempt=PATIENCE + 1)
    assert own_shop.holders == (ORDER,)


def test_an_order_for_an_unknown_ticket_is_no_success(own_shop):
    with pytest.raises(NotFoundError):
        own_shop.hear("created", 0, ticket_id=NOWHERE)


def test_a_crash_between_the_ticket_and_the_inbox_repeats_harmlessly(
    own_shop, monkeypatch
):
    def crash(*args, **kwargs):
        raise UnavailableError

    monkeypatch.setattr(own_shop.tickets.orders, "apply", crash)
    with pytest.raises(UnavailableError):
        own_shop.hear("created", 0)
    monkeypatch.undo()
    own_shop.hear("created", 0, attempt=2)
    assert own_shop.holders == (ORDER,)
    own_shop.hear("cancelled", 1)
    assert own_shop.holders == ()


LIVES = [
    ["created", "cancelled"],
    ["created", "completed"],
    ["created", "cancelled", "completed"],
]


@given(st.sampled_from(LIVES), st.data())
def test_any_order_of_deliveries_ends_in_the_last_word(life, data):
    """Each event twice, shuffled, and delivered again for as long as there is a gap."""
    shop, expected = Shop(), () if life[-1] == "cancelled" else (ORDER,)
    events = list(enumerate(life))
    waiting = [(*event, 1) for event in data.draw(st.permutations(events * 2))]
    while waiting:
        version, kind, attempt = waiting.pop(0)
        try:
            shop.hear(kind, version, attempt)
        except VersionGapError:
            waiting.append((version, kind, attempt))
    assert shop.holders == expected
