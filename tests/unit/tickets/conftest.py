"""The tickets service on its doubles."""

from types import SimpleNamespace

import pytest
from unit_doubles import Clock, Site, worker
from unit_neighbours import OrdersDouble

from ticketing.batches import Batches
from tickets.fakes import MemoryTickets
from tickets.service import TicketsService


@pytest.fixture
def shop():
    """``shop.site`` over HTTP, ``shop.rpc`` for calls and events."""
    made = SimpleNamespace(tickets=MemoryTickets(), orders=OrdersDouble())
    made.clock = Clock()
    made.rpc = worker(
        TicketsService,
        tickets=made.tickets,
        orders_rpc=made.orders,
        batches=Batches(),
        clock=made.clock,
    )
    made.site = Site(made.rpc)
    return made
