"""Orders that neither delivers nor sends back what is paid for a cancelled order."""

from orders import settlement
from orders.models import Status
from orders.service import OrdersService

__all__ = ["OrdersService"]

_settle = settlement.settle


def settle_in_time(orders, order_id, *payment):
    if orders.get(order_id).status is not Status.CANCELLED:
        _settle(orders, order_id, *payment)


settlement.settle = settle_in_time
