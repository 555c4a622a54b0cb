"""The tickets service on its doubles."""

from types import SimpleNamespace

import pytest
from unit_doubles import OrdersDouble, Site, worker

from tickets.fakes import MemoryTickets
from tickets.service import TicketsService


@pytest.fixture
def shop():
    """``shop.site`` over HTTP, ``shop.rpc`` for calls and events."""
    made = SimpleNamespace(tickets=MemoryTickets(), orders=OrdersDouble())
    made.rpc = worker(TicketsService, tickets=made.tickets, orders_rpc=made.orders)
    made.site = Site(made.rpc)
    return made
