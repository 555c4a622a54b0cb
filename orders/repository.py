"""Where orders are kept, and the copies of tickets they refer to."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from orders.models import Order, Pass, RequestKey, Status
from orders.occupancies import Occupancies
from orders.occupancy import Claim
from orders.request_keys import RequestKeys
from orders.unit_holders import UnitHolders
from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.contract import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderEvent,
    OrderReduced,
)
from ticketing.feed import Feed
from ticketing.money import DEFAULT_CURRENCY
from ticketing.mongo import Document, index, own_errors, reporting
from ticketing.paging import Page
from ticketing.replicas import Replicas
from ticketing.stores import AggregateDatabase

ORDER_EVENTS = (OrderCreated, OrderCompleted, OrderReduced, OrderCancelled)
# What happened while the feed was being made.
FEED_SINCE = timedelta(seconds=10)


class Orders(Protocol):
    def add(self, change: Change[Order]) -> Order: ...
    def find(self, order_id: str) -> Order | None: ...
    def get(self, order_id: str) -> Order: ...
    def change(self, order_id: str, decide: Decision[Order]) -> Order: ...
    def history(self, order_id: str) -> list[Document]: ...
    def of_user(self, user_id: str, page: Page) -> list[Order]: ...
    def find_by_key(self, user_id: str, key: str) -> Order | None: ...
    def unpaid(self, page: Page) -> list[Order]: ...
    def of_ticket(self, ticket_id: str, page: Page) -> list[Order]: ...
    def holding(self, ticket_id: str) -> list[Order]: ...
    def with_passes(self, ticket_id: str) -> Iterable[Order]: ...
    def holders_of(self, ticket_id: str, units: Sequence[str]) -> list[Order]: ...
    def find_by_pass(self, pass_id: str) -> Order | None: ...
    def of_ids(self, order_ids: list[str]) -> list[Order]: ...
    def complete_between(self, after: str, before: str, limit: int) -> list[Order]: ...
    def worth(self, after: str, before: str) -> dict[str, int]: ...
    def winding_up(self) -> list[tuple[str, datetime]]: ...
    def wound_up(self, ticket_id: str, until: datetime) -> None: ...

    @property
    def tickets(self) -> Replicas: ...
    @property
    def occupancies(self) -> Occupancies: ...


class MongoOrders(Aggregates[Order]):
    tickets: Replicas

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.occupancies = Occupancies(self.holding)
        self._by_key = RequestKeys(self.every)
        self._by_unit = UnitHolders(self.every)

    def change(self, order_id: str, decide: Decision[Order]) -> Order:
        """Like any aggregate's; what it frees is known here at once."""
        order = super().change(order_id, decide)
        self.occupancies.hear(order)
        return order

    def of_user(self, user_id: str, page: Page) -> list[Order]:
        return self.query(page.within({"userId": user_id}), page.limit, page.sort)

    def find_by_key(self, user_id: str, key: str) -> Order | None:
        return self._by_key.find(user_id, key)

    def unpaid(self, page: Page) -> list[Order]:
        """Return a page of the orders whose hold is running."""
        condition = page.within({"status": Status.CREATED.value})
        return self.query(condition, page.limit, page.sort)

    def of_ticket(self, ticket_id: str, page: Page) -> list[Order]:
        """Return a page of the orders for a listing, of whatever state."""
        condition = page.within({"ticket.id": ticket_id})
        return self.query(condition, page.limit, page.sort)

    def holding(self, ticket_id: str) -> list[Order]:
        """Return every order that holds units of a listing."""
        held = {"ticket.id": ticket_id, "units": {"$exists": True}}
        return list(self.every(held))

    def with_passes(self, ticket_id: str) -> Iterator[Order]:
        """Go through the orders for a listing that were ever paid for."""
        paid = {"ticket.id": ticket_id, "passes.id": {"$exists": True}}
        return self.every(paid)

    def holders_of(self, ticket_id: str, units: Sequence[str]) -> list[Order]:
        """Return the orders that hold any of these units."""
        return self._by_unit.find(ticket_id, units)

    def find_by_pass(self, pass_id: str) -> Order | None:
        found = self.query({"passes.id": pass_id}, 1)
        return found[0] if found else None

    def of_ids(self, order_ids: list[str]) -> list[Order]:
        return self.query({"_id": {"$in": order_ids}}, len(order_ids) or 1)

    def complete_between(self, after: str, before: str, limit: int) -> list[Order]:
        """Return complete orders with ids between these two, by id."""
        complete = {"_id": {"$gt": after, "$lt": before}, "paid": {"$exists": True}}
        return self.query(complete, limit, ("_id", 1))

    def worth(self, after: str, before: str) -> dict[str, int]:
        """Return what complete orders with ids between these two cost, by currency."""
        complete = {"_id": {"$gt": after, "$lt": before}, "paid": {"$exists": True}}
        group = {"_id": "$currency", "paid": {"$sum": "$paid"}}
        with reporting():
            found = list(
                self.collection.aggregate([{"$match": complete}, {"$group": group}])
            )
        return {each["_id"] or DEFAULT_CURRENCY: each["paid"] for each in found}

    def winding_up(self) -> list[tuple[str, datetime]]:
        """Return the cancelled listings whose orders have to end, and until when."""
        with own_errors():
            found = self.tickets.collection.find({"windUp": {"$exists": True}})
            return [(copy["_id"], copy["windUp"]) for copy in found]

    def wound_up(self, ticket_id: str, until: datetime) -> None:
        """Look no more at a listing, unless it was cancelled again since."""
        with own_errors():
            self.tickets.collection.update_one(
                {"_id": ticket_id, "windUp": until}, {"$unset": {"windUp": ""}}
            )


class OrderDatabase(AggregateDatabase[Order]):
    """Gives the worker its ``Orders``."""

    collection_name = "orders"
    store_class = MongoOrders

    def setup(self) -> None:
        super().setup()
        self.store.tickets = Replicas(self.database["tickets"])

        self._feed = Feed(self.nats.connection, ORDER_EVENTS, self._hear, FEED_SINCE)

    def start(self) -> None:
        super().start()
        self._threads.append(
            self.container.spawn_managed_thread(self._feed.run, identifier="orders")
        )

    def stop(self) -> None:
        self._feed.stop()
        super().stop()

    def _hear(self, event: OrderEvent | OrderCreated) -> None:
        """What other processes sold or freed."""
        paid = not isinstance(event, OrderCreated)
        claim = Claim(event.version, tuple(event.units), paid)
        self.store.occupancies.note(event.ticket.id, event.id, claim)

    def declare_indexes(self) -> None:
        # The reservation itself: a unit of a ticket is held by one order at a time.
        index(
            self.collection,
            [("ticket.id", 1), ("units", 1)],
            name="held_units",
            unique=True,
            partialFilterExpression={"units": {"$exists": True}},
        )
        # One effect for one Idempotency-Key.
        index(
            self.collection,
            [("userId", 1), ("requestKey.key", 1)],
            name="request_key",
            unique=True,
            partialFilterExpression={"requestKey.key": {"$exists": True}},
        )
        index(
            self.collection,
            "passes.id",
            unique=True,
            partialFilterExpression={"passes.id": {"$exists": True}},
        )
        index(self.collection, [("userId", 1), ("_id", 1)])
        index(self.collection, [("ticket.id", 1), ("_id", 1)])
        index(self.collection, [("status", 1), ("_id", 1)])
        index(self.database["tickets"], "windUp", sparse=True)
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
            "currency": order.currency,
            "units": units if order.holds else None,
            "freed": None if order.holds else units,
            "refunded": list(order.refunded) or None,
            "passes": [vars(each) for each in order.passes] or None,
            "reason": order.reason,
            "extended": order.extended or None,
            "language": order.language,
            "paid": order.total if order.status is Status.COMPLETE else None,
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
            currency=document.get("currency", DEFAULT_CURRENCY),
            units=tuple(document.get("units") or document["freed"]),
            refunded=tuple(document.get("refunded", ())),
            passes=tuple(Pass(**each) for each in document.get("passes", ())),
            reason=document.get("reason"),
            request_key=RequestKey(**key) if key else None,
            extended=document.get("extended", False),
            language=document.get("language"),
            version=document["version"],
        )
