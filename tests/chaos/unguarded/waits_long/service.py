"""Orders, and all that is in its process, with much patience for databases."""

from orders.service import OrdersService
from ticketing import mongo

__all__ = ["OrdersService"]

mongo.TIMEOUT_MS = 3_000
