"""The payments service on its doubles, with an order of Bob's to be paid."""

from types import SimpleNamespace

import pytest
from payments_books import ORDER as MINUTE_ORDER
from payments_books import id_of
from unit_doubles import BOB, ORDER, TICKET, Clock, Site, worker
from unit_neighbours import OrdersDouble

from payments.fake_stripe import MemoryGateway
from payments.fakes import MemoryPayments
from payments.service import PaymentsService
from ticketing.money import major


def order_of(order_id=ORDER, status="created", version=0, user_id=BOB, units=("1",)):
    return {
        "id": order_id,
        "userId": user_id,
        "status": status,
        "version": version,
        "expiresAt": "2026-01-31T12:15:00.000Z",
        "ticket": {"id": TICKET, "title": "Row 3", "price": 19.5},
        "quantity": len(units),
        "units": list(units),
        "total": major(1950 * len(units), "usd"),
    }


@pytest.fixture
def cash():
    """``cash.site`` over HTTP, ``cash.rpc`` for calls, events and timers."""
    made = SimpleNamespace(payments=MemoryPayments(), clock=Clock())
    made.gateway, made.orders = MemoryGateway(made.clock), OrdersDouble(order_of())
    made.order_of = order_of
    made.rpc = worker(
        PaymentsService,
        payments=made.payments,
        gateway=made.gateway,
        orders_rpc=made.orders,
        attempts=3,
        clock=made.clock,
    )
    made.site = Site(made.rpc)
    return made


@pytest.fixture
def shop(cash, monkeypatch):
    """Orders of a minute, one of them to be paid; payments have ids of that time."""
    clock, numbers = cash.clock, iter(range(100, 1000))
    monkeypatch.setattr(
        "payments.commands.new_id", lambda: id_of(clock.now, next(numbers))
    )
    cash.orders.orders = {MINUTE_ORDER: cash.order_of(MINUTE_ORDER)}
    return cash
