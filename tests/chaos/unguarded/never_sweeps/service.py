"""Orders that publishes right after its writes, or not at all."""

from orders.service import OrdersService
from ticketing.relay import Relay

__all__ = ["OrdersService"]

Relay.sweep = lambda self: 0
