"""The orders service on its doubles, with a ticket of Ann's for sale."""

from types import SimpleNamespace

import pytest
from unit_doubles import ANN, Clock, PaymentsDouble, Site, TicketsDouble, worker

from orders.fakes import MemoryOrders
from orders.service import OrdersService
from ticketing.ids import new_id
from tickets import models
from tickets.fakes import MemoryTickets


@pytest.fixture
def desk():
    """``desk.site`` over HTTP, ``desk.rpc`` for calls and events."""
    made = SimpleNamespace(orders=MemoryOrders(), tickets=MemoryTickets())
    made.clock = Clock()
    made.tickets_rpc, made.payments = TicketsDouble(made.tickets), PaymentsDouble()
    made.rpc = worker(
        OrdersService,
        orders=made.orders,
        tickets_rpc=made.tickets_rpc,
        payments_rpc=made.payments,
        hold_seconds=900,
        clock=made.clock,
    )
    made.site = Site(made.rpc)

    def sell(title="Row 3", price=1950):
        return made.tickets.add(models.create(new_id(), ANN, title, price)).id

    made.sell = sell
    made.ticket = sell()
    return made
