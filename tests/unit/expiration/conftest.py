"""The expiration service on its doubles: with no orders yet, and with one hold."""

from types import SimpleNamespace

import pytest
from expiration_orders import created
from unit_doubles import Clock, worker
from unit_neighbours import OrdersDouble

from expiration.fakes import MemoryDeadlines
from expiration.service import ExpirationService
from ticketing.fakes import MemoryPublisher


@pytest.fixture
def watch():
    """``watch.rpc`` for calls, events and the timer."""
    made = SimpleNamespace(deadlines=MemoryDeadlines(), publisher=MemoryPublisher())
    made.clock, made.orders = Clock(), OrdersDouble()
    made.rpc = worker(
        ExpirationService,
        deadlines=made.deadlines,
        publisher=made.publisher,
        orders_rpc=made.orders,
        clock=made.clock,
    )
    return made


@pytest.fixture
def hold(watch):
    """One hold until END, in a set that is whole."""
    watch.rpc.rebuild()
    watch.rpc.on_order_created(created())
    return watch
