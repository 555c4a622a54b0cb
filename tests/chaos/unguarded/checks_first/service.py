"""Orders that looks whether units are free, and then takes them."""

from orders.repository import OrderDatabase
from orders.service import OrdersService

__all__ = ["OrdersService"]

_declare_indexes = OrderDatabase.declare_indexes


def declare_indexes_but_one(self):
    _declare_indexes(self)
    self.collection.drop_index("held_units")


OrderDatabase.declare_indexes = declare_indexes_but_one
