"""The orders service on its doubles, with a ticket of Ann's for sale, and a house."""

from types import SimpleNamespace

import pytest
from orders_passes_house import House
from unit_doubles import ANN, Clock, Site, worker
from unit_neighbours import PaymentsDouble, TicketsDouble

from orders import lifecycle
from orders.fakes import MemoryOrders
from orders.passes.codes import PassCodes, new_pass_id
from orders.passes.fakes import MemoryAdmissions
from orders.service import OrdersService
from ticketing.batches import Batches
from ticketing.ids import new_id
from tickets.fakes import MemoryTickets
from tickets.models import Offer, create

PASS_KEYS = "k1=" + "A" * 43


@pytest.fixture
def desk():
    """``desk.site`` over HTTP, ``desk.rpc`` for calls and events."""
    made = SimpleNamespace(orders=MemoryOrders(), tickets=MemoryTickets())
    made.clock = Clock()
    made.tickets_rpc, made.payments = TicketsDouble(made.tickets), PaymentsDouble()
    made.rpc = worker(
        OrdersService,
        batches=Batches(),
        orders=made.orders,
        tickets_rpc=made.tickets_rpc,
        payments_rpc=made.payments,
        admissions=MemoryAdmissions(),
        pass_codes=PassCodes.parse(PASS_KEYS),
        hold_seconds=900,
        grace_seconds=300,
        clock=made.clock,
    )
    made.site = Site(made.rpc)

    def sell(title="Row 3", price=1950, **more):
        offer = Offer(title, price, **more)
        return made.tickets.add(create(new_id(), ANN, offer)).id

    def complete(order_id):
        def paid(order):
            return lifecycle.complete(order, order.total, order.currency, new_pass_id)

        return made.orders.change(order_id, paid)

    def expire(order_id):
        return made.orders.change(
            order_id, lambda found: lifecycle.expire(found, found.expires_at)
        )

    def tell(ticket_id, **changes):
        """Let the orders hear of a listing that has changed."""
        known = made.orders.tickets.find(ticket_id)
        told = made.tickets.get(ticket_id).told() | {"version": known["version"] + 1}
        made.rpc.hear_ticket(told | changes)

    made.sell, made.complete, made.expire, made.tell = sell, complete, expire, tell
    made.ticket = sell()
    return made


@pytest.fixture
def house():
    return House()


@pytest.fixture
def ticket(house):
    return house.sell()


@pytest.fixture
def order(house, ticket):
    return house.buy(ticket, "7", "8")


@pytest.fixture
def held(house, order):
    """The pass of unit 7."""
    return house.passes(order)[0]
