"""The doubles answer to the names and arguments of the real services."""

import inspect

import pytest
from unit_doubles import worker
from unit_neighbours import OrdersDouble, PaymentsDouble, TicketsDouble

from auth.service import AuthService
from orders.service import OrdersService
from payments.service import PaymentsService
from tickets.service import TicketsService

METHODS = [
    (TicketsDouble, TicketsService, "get_ticket"),
    (OrdersDouble, OrdersService, "get_order"),
    (OrdersDouble, OrdersService, "list_unpaid"),
    (OrdersDouble, OrdersService, "standings"),
    (OrdersDouble, OrdersService, "list_complete"),
    (OrdersDouble, OrdersService, "worth"),
    (OrdersDouble, OrdersService, "hear_payment"),
    (OrdersDouble, OrdersService, "hear_refund"),
    (PaymentsDouble, PaymentsService, "refund"),
    (PaymentsDouble, PaymentsService, "close"),
]


@pytest.mark.parametrize(("double", "service", "name"), METHODS)
def test_a_double_takes_what_the_service_takes(double, service, name):
    def arguments(owner):
        return {
            name: parameter.default
            for name, parameter in inspect.signature(
                getattr(owner, name)
            ).parameters.items()
        }

    assert arguments(double) == arguments(service)


def test_a_worker_with_a_forgotten_dependency_is_refused():
    with pytest.raises(AssertionError, match="users"):
        worker(AuthService)
