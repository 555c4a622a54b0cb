"""Orders, and all that is in its process: who writes last wins."""

from orders.service import OrdersService
from ticketing.aggregates import Aggregates
from ticketing.mongo import own_errors

__all__ = ["OrdersService"]

_save = Aggregates._save


def save_whatever_is_there(self, before, change, document):
    with own_errors():
        version = {"$set": {"version": before.version}}
        self.collection.update_one({"_id": before.id}, version)
    return _save(self, before, change, document)


Aggregates._save = save_whatever_is_there
