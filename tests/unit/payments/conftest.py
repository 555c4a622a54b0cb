"""The payments service on its doubles, with an order of Bob's to be paid."""

from types import SimpleNamespace

import pytest
from unit_doubles import BOB, ORDER, TICKET, Clock, OrdersDouble, Site, worker

from payments.fakes import MemoryGateway, MemoryPayments
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
    made = SimpleNamespace(payments=MemoryPayments(), gateway=MemoryGateway())
    made.clock, made.orders = Clock(), OrdersDouble(order_of())
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
