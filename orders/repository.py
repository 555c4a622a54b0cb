"""Where orders are kept, and the copies of tickets they refer to."""

from typing import Protocol

from orders.models import Order, RequestKey, Status
from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.mongo import Document
from ticketing.paging import Page
from ticketing.replicas import Replicas
from ticketing.stores import AggregateDatabase


class Orders(Protocol):
    def add(self, change: Change[Order]) -> Order: ...
    def get(self, order_id: str) -> Order: ...
    def change(self, order_id: str, decide: Decision[Order]) -> Order: ...
    def of_user(self, user_id: str, page: Page) -> list[Order]: ...
    def find_by_key(self, user_id: str, key: str) -> Order | None: ...
    def unpaid(self, page: Page) -> list[Order]: ...

    @property
    def tickets(self) -> Replicas: ...


class MongoOrders(Aggregates[Order]):
    tickets: Replicas

    def of_user(self, user_id: str, page: Page) -> list[Order]:
        return self.query(page.within({"userId": user_id}), page.limit, page.sort)

    def find_by_key(self, user_id: str, key: str) -> Order | None:
        found = self.query({"userId": user_id, "requestKey.key": key}, 1)
        return found[0] if found else None

    def unpaid(self, page: Page) -> list[Order]:
        """Return a page of the orders whose hold is running."""
        condition = page.within({"status": Status.CREATED.value})
        return self.query(condition, page.limit, page.sort)


class OrderDatabase(AggregateDatabase[Order]):
    """Gives the worker its ``Orders``."""

    collection_name = "orders"
    store_class = MongoOrders

    def setup(self) -> None:
        super().setup()
        self.store.tickets = Replicas(self.database["tickets"])

    def declare_indexes(self) -> None:
        # The reservation itself: a unit of a ticket is held by one order at a time.
        self.collection.create_index(
            [("ticket.id", 1), ("units", 1)],
            name="held_units",
            unique=True,
            partialFilterExpression={"units": {"$exists": True}},
        )
        # One effect for one Idempotency-Key.
        self.collection.create_index(
            [("userId", 1), ("requestKey.key", 1)],
            name="request_key",
            unique=True,
            partialFilterExpression={"requestKey.key": {"$exists": True}},
        )
        self.collection.create_index([("userId", 1), ("_id", 1)])
        self.collection.create_index([("status", 1), ("_id", 1)])
        super().declare_indexes()

    @staticmethod
    def encode(order: Order) -> Document:
        """Held units stand in ``units``, which the index sees; others in ``freed``."""
        units = list(order.units)
        key = order.request_key
        return {
            "userId": order.user_id,
            "status": order.status.value,
            "expiresAt": order.expires_at,
            "ticket": {
                "id": order.ticket_id,
                "title": order.title,
                "price": order.price,
            },
            "units": units if order.holds else None,
            "freed": None if order.holds else units,
            "reason": order.reason,
            "requestKey": vars(key) if key else None,
        }

    @staticmethod
    def decode(document: Document) -> Order:
        key = document.get("requestKey")
        ticket = document["ticket"]
        return Order(
            id=document["_id"],
            user_id=document["userId"],
            status=Status(document["status"]),
            expires_at=document["expiresAt"],
            ticket_id=ticket["id"],
            title=ticket["title"],
            price=ticket["price"],
            units=tuple(document.get("units") or document["freed"]),
            reason=document.get("reason"),
            request_key=RequestKey(**key) if key else None,
            version=document["version"],
        )
