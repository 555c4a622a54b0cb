"""Where tickets are kept, and what their orders were last heard to do."""

from typing import Any, Protocol

from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.mongo import Document
from ticketing.paging import Page
from ticketing.replicas import Replicas
from ticketing.stores import AggregateDatabase
from tickets.models import Ticket


class Tickets(Protocol):
    def add(self, change: Change[Ticket]) -> Ticket: ...
    def get(self, ticket_id: str) -> Ticket: ...
    def available(self, page: Page) -> list[Ticket]: ...
    def change(self, ticket_id: str, decide: Decision[Ticket]) -> Ticket: ...

    @property
    def orders(self) -> Replicas: ...


class MongoTickets(Aggregates[Ticket]):
    orders: Replicas

    def available(self, page: Page) -> list[Ticket]:
        """Return a page of the tickets that nobody holds."""
        condition = page.within({"available": True})
        return self.query(condition, page.limit, page.sort)


class TicketDatabase(AggregateDatabase[Ticket]):
    """Gives the worker its ``Tickets``."""

    collection_name = "tickets"
    store_class = MongoTickets

    def setup(self) -> None:
        super().setup()
        self.store.orders = Replicas(self.database["orders"])

    def declare_indexes(self) -> None:
        self.collection.create_index([("available", 1), ("_id", 1)])
        super().declare_indexes()

    @staticmethod
    def encode(ticket: Ticket) -> Document:
        fields: dict[str, Any] = {
            "userId": ticket.user_id,
            "title": ticket.title,
            "price": ticket.price,
            "holders": list(ticket.holders),
            "available": not ticket.holders,
        }
        return fields

    @staticmethod
    def decode(document: Document) -> Ticket:
        return Ticket(
            id=document["_id"],
            user_id=document["userId"],
            title=document["title"],
            price=document["price"],
            holders=tuple(document["holders"]),
            version=document["version"],
        )
