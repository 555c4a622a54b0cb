"""Orders that takes whoever asks for an order to be its owner."""

from orders import commands
from orders.service import OrdersService

__all__ = ["OrdersService"]

commands.own = lambda orders, order_id, user_id: orders.get(order_id)
