"""Where payments are kept, the copies of their orders, and the webhooks received."""

from datetime import datetime
from typing import Any, Protocol

from pymongo.collection import Collection

from payments.models import Attempt, Payment, Refund, Status
from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.errors import DuplicateError
from ticketing.mongo import Document, own_errors
from ticketing.replicas import Replicas
from ticketing.stores import AggregateDatabase


class Payments(Protocol):
    def add(self, change: Change[Payment]) -> Payment: ...
    def get(self, payment_id: str) -> Payment: ...
    def change(self, payment_id: str, decide: Decision[Payment]) -> Payment: ...
    def find_by_order(self, order_id: str) -> Payment | None: ...
    def waiting_since(self, moment: datetime, limit: int) -> list[Payment]: ...
    def keep_webhook(self, event: Document) -> bool: ...

    @property
    def orders(self) -> Replicas: ...


class MongoPayments(Aggregates[Payment]):
    orders: Replicas
    webhooks: Collection[Document]

    def find_by_order(self, order_id: str) -> Payment | None:
        found = self.query({"orderId": order_id}, 1)
        return found[0] if found else None

    def waiting_since(self, moment: datetime, limit: int) -> list[Payment]:
        """Return payments that have waited for Stripe since before ``moment``."""
        return self.query({"waitingSince": {"$lt": moment}}, limit)

    def keep_webhook(self, event: Document) -> bool:
        """Store a webhook by its event's id; return whether it is the first time."""
        try:
            with own_errors():
                self.webhooks.insert_one(event)
        except DuplicateError:
            return False
        return True


class PaymentDatabase(AggregateDatabase[Payment]):
    """Gives the worker its ``Payments``."""

    collection_name = "payments"
    store_class = MongoPayments

    def setup(self) -> None:
        super().setup()
        self.store.orders = Replicas(self.database["orders"])
        self.store.webhooks = self.database["webhooks"]

    def declare_indexes(self) -> None:
        # One payment an order, and so one attempt at a time.
        self.collection.create_index("orderId", unique=True)
        # One request for one Idempotency-Key.
        self.collection.create_index(
            [("userId", 1), ("requestKeys", 1)],
            name="request_keys",
            unique=True,
            partialFilterExpression={"requestKeys": {"$exists": True}},
        )
        self.collection.create_index("waitingSince", sparse=True)
        super().declare_indexes()

    @staticmethod
    def encode(payment: Payment) -> Document:
        return {
            "orderId": payment.order_id,
            "userId": payment.user_id,
            "amount": payment.amount,
            "status": payment.status.value,
            "units": list(payment.units),
            "price": payment.price,
            "refunds": [vars(refund) for refund in payment.refunds],
            "attempts": [vars(attempt) for attempt in payment.attempts],
            "requestKeys": list(payment.request_keys) or None,
            "stripeId": payment.stripe_id,
            "reason": payment.reason,
            "waitingSince": payment.waiting_since,
        }

    @staticmethod
    def decode(document: Document) -> Payment:
        fields: dict[str, Any] = document
        return Payment(
            id=fields["_id"],
            order_id=fields["orderId"],
            user_id=fields["userId"],
            amount=fields["amount"],
            status=Status(fields["status"]),
            attempts=tuple(Attempt(**attempt) for attempt in fields["attempts"]),
            units=tuple(fields.get("units", ())),
            price=fields.get("price", 0),
            refunds=tuple(_refund(refund) for refund in fields.get("refunds", ())),
            stripe_id=fields.get("stripeId"),
            reason=fields.get("reason"),
            waiting_since=fields.get("waitingSince"),
            version=fields["version"],
        )


def _refund(fields: Document) -> Refund:
    return Refund(**{**fields, "units": tuple(fields["units"])})
