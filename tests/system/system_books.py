"""What each service believes, read behind its back."""

from collections import Counter

SERVICES = ("tickets", "orders", "payments")


def by_id(collection, condition=None):
    return {document["_id"]: document for document in collection.find(condition or {})}


class Books:
    def __init__(self, system):
        self.system = system
        self.databases = {name: system.database(name) for name in SERVICES}

    def tickets(self):
        return by_id(self.databases["tickets"]["tickets"])

    def orders(self, ticket=None):
        condition = {"ticket.id": ticket["id"]} if ticket else {}
        return by_id(self.databases["orders"]["orders"], condition)

    def payments(self):
        return by_id(self.databases["payments"]["payments"])

    def outboxes(self):
        """How many documents still have events to publish."""
        waiting = {"outbox.0": {"$exists": True}}
        return sum(
            database[name].count_documents(waiting)
            for name, database in self.databases.items()
        )

    def held(self, ticket):
        """How often each unit of a listing is held."""
        orders = self.orders(ticket).values()
        return Counter(unit for order in orders for unit in order.get("units", ()))

    def copies_agree(self):
        """Whether every copy of a ticket and an order is as its owner has it."""
        copies = [
            (self.tickets(), self.databases["orders"]["tickets"]),
            (self.orders(), self.databases["payments"]["orders"]),
        ]
        return all(
            _versions(owner) == _versions(by_id(collection))
            for owner, collection in copies
        )

    def counts_agree(self):
        """Whether every ticket has counted each order, as it is, once."""
        tickets, orders = self.tickets(), self.orders()
        return self._heard(tickets) == _versions(orders) and all(
            (ticket["held"], ticket["sold"]) == counts_of(orders, ticket["_id"])
            for ticket in tickets.values()
        )

    def has_heard_all(self, ticket):
        """Whether a ticket has counted each of its orders as it is."""
        tickets = {ticket["id"]: self.tickets()[ticket["id"]]}
        versions = _versions(self.orders(ticket))
        return versions.items() <= self._heard(tickets).items()

    def is_settled(self):
        """Whether all has come to its end: each thing is looked at after its causes."""
        return (
            all(
                order["status"] in {"complete", "cancelled"}
                for order in self.orders().values()
            )
            and not any(
                payment["status"] in {"pending", "refunding"}
                for payment in self.payments().values()
            )
            and self.counts_agree()
            and self.copies_agree()
            and not self.outboxes()
        )

    def _heard(self, tickets):
        """Which version of each order the tickets have counted."""
        older = _versions(by_id(self.databases["tickets"]["shares"]))
        newer = {
            order_id: share[0]
            for ticket in tickets.values()
            for order_id, share in ticket["recent"].items()
        }
        return older | newer


def counts_of(orders, ticket_id):
    """How many units the orders hold, and how many they own."""
    units = Counter()
    for order in orders.values():
        if order["ticket"]["id"] == ticket_id:
            units[order["status"] == "complete"] += len(order.get("units", ()))
    return units[False], units[True]


def _versions(documents):
    return {key: document["version"] for key, document in documents.items()}
