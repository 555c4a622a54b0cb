"""Orders that tries again for ever what no retry can help."""

from orders.service import OrdersService
from ticketing import events

__all__ = ["OrdersService"]

events.is_hopeless = lambda error, attempt: False
events.FIRST_DELAY = 0.5
