"""Where payments are kept, the copies of their orders, and the webhooks received."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from pymongo.collection import Collection

from payments.books.findings import Findings, MongoFindings
from payments.inbox import Inbox, MongoInbox
from payments.models import CONFIRMABLE, Attempt, Payment, Refund, Status
from ticketing.aggregates import Aggregates
from ticketing.change import Change, Decision
from ticketing.clock import utc_now
from ticketing.errors import DuplicateError
from ticketing.ids import id_windows
from ticketing.money import DEFAULT_CURRENCY
from ticketing.mongo import Document, index, own_errors, reporting
from ticketing.paging import Page
from ticketing.replicas import Replicas
from ticketing.stores import AggregateDatabase

ROUND = "reconciliation"
# A browser, a bank or a buyer may go on with it at any time.
LOOKED_AT = CONFIRMABLE | {Status.PROCESSING}


class Payments(Protocol):
    def add(self, change: Change[Payment]) -> Payment: ...
    def get(self, payment_id: str) -> Payment: ...
    def change(self, payment_id: str, decide: Decision[Payment]) -> Payment: ...
    def history(self, payment_id: str) -> list[Document]: ...
    def find_by_order(self, order_id: str) -> Payment | None: ...
    def of_orders(self, order_ids: list[str]) -> dict[str, Payment]: ...
    def for_orders(self, after: str, before: str, page: Page) -> list[Payment]: ...
    def taken_for_orders(self, after: str, before: str) -> Iterable[Payment]: ...
    def sums(self, after: str, before: str) -> dict[str, tuple[int, int]]: ...
    def waiting_since(self, moment: datetime, limit: int) -> list[Payment]: ...
    def unsettled(self, before: str, limit: int) -> list[Payment]: ...
    def claim_round(self, now: datetime, lease: timedelta) -> bool: ...
    def last_round(self) -> datetime | None: ...
    def end_round(self, until: datetime, free_at: datetime) -> None: ...

    @property
    def orders(self) -> Replicas: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def findings(self) -> Findings: ...


class MongoPayments(Aggregates[Payment]):
    orders: Replicas
    inbox: MongoInbox
    findings: MongoFindings
    rounds: Collection[Document]

    def find_by_order(self, order_id: str) -> Payment | None:
        return self.find_by("orderId", order_id)

    def of_orders(self, order_ids: list[str]) -> dict[str, Payment]:
        """Return the payments of these orders, by order."""
        found = self.query({"orderId": {"$in": order_ids}}, len(order_ids) or 1)
        return {payment.order_id: payment for payment in found}

    def for_orders(self, after: str, before: str, page: Page) -> list[Payment]:
        """Return a page of the payments for a range of orders, newest first.

        Read back in growing steps: some servers read a whole range for any page of it.
        """
        found: list[Payment] = []
        for low, high in id_windows(page.after or before, utc_now()):
            between = {"orderId": {"$gte": max(low, after), "$lt": high}}
            left = page.limit - len(found)
            found += self.query(between, left, ("orderId", -1))
            if len(found) == page.limit or low <= after:
                break
        return found

    def taken_for_orders(self, after: str, before: str) -> Iterator[Payment]:
        """Go through the payments with money in them for a range of orders."""
        between = {"$gte": after, "$lt": before}
        return self.every({"orderId": between, "charged": {"$gt": 0}})

    def sums(self, after: str, before: str) -> dict[str, tuple[int, int]]:
        """Return what was charged and refunded for a range of orders, by currency."""
        group = {
            "_id": "$currency",
            "charged": {"$sum": "$charged"},
            "refunded": {"$sum": "$refunded"},
        }
        between = {"orderId": {"$gte": after, "$lt": before}, "charged": {"$gt": 0}}
        with reporting():
            found = list(
                self.collection.aggregate([{"$match": between}, {"$group": group}])
            )
        return {each["_id"]: (each["charged"], each["refunded"]) for each in found}

    def waiting_since(self, moment: datetime, limit: int) -> list[Payment]:
        """Return payments that have waited for Stripe since before ``moment``."""
        return self.query({"waitingSince": {"$lt": moment}}, limit)

    def unsettled(self, before: str, limit: int) -> list[Payment]:
        """Return payments from before an id that may change without our asking."""
        return self.query({"open": True, "_id": {"$lt": before}}, limit)

    def claim_round(self, now: datetime, lease: timedelta) -> bool:
        """Take the turn to reconcile, unless somebody else has it."""
        free = {"_id": ROUND, "leasedUntil": {"$lt": now}}
        taken = {"$set": {"leasedUntil": now + lease}}
        try:
            with own_errors():
                return self.rounds.update_one(free, taken, upsert=True).acknowledged
        except DuplicateError:
            return False

    def last_round(self) -> datetime | None:
        """Return up to when Stripe was compared."""
        with own_errors():
            found = self.rounds.find_one({"_id": ROUND}) or {}
        return found.get("until")

    def end_round(self, until: datetime, free_at: datetime) -> None:
        """Note how far Stripe was compared, and let the next turn come at a time."""
        ended = {"until": until, "leasedUntil": free_at}
        with own_errors():
            self.rounds.update_one({"_id": ROUND}, {"$set": ended})


class PaymentDatabase(AggregateDatabase[Payment]):
    """Gives the worker its ``Payments``."""

    collection_name = "payments"
    store_class = MongoPayments

    def setup(self) -> None:
        super().setup()
        self.store.orders = Replicas(self.database["orders"])
        self.store.inbox = MongoInbox(self.database["webhooks"])
        self.store.findings = MongoFindings(self.database["findings"])
        self.store.rounds = self.database["rounds"]

    def declare_indexes(self) -> None:
        # One payment an order, and so one attempt at a time.
        index(self.collection, "orderId", unique=True)
        # One request for one Idempotency-Key.
        index(
            self.collection,
            [("userId", 1), ("requestKeys", 1)],
            name="request_keys",
            unique=True,
            partialFilterExpression={"requestKeys": {"$exists": True}},
        )
        index(self.collection, "waitingSince", sparse=True)
        index(
            self.collection,
            [("open", 1), ("_id", 1)],
            partialFilterExpression={"open": {"$exists": True}},
        )
        self.store.inbox.declare_indexes()
        super().declare_indexes()

    @staticmethod
    def encode(payment: Payment) -> Document:
        return {
            "orderId": payment.order_id,
            "userId": payment.user_id,
            "amount": payment.amount,
            "currency": payment.currency,
            "status": payment.status.value,
            "open": payment.status in LOOKED_AT or None,
            "charged": payment.charged,
            "refunded": payment.refunded,
            "units": list(payment.units),
            "price": payment.price,
            "refunds": [vars(refund) for refund in payment.refunds],
            "attempts": [vars(attempt) for attempt in payment.attempts],
            "requestKeys": list(payment.request_keys) or None,
            "stripeId": payment.stripe_id,
            "secret": payment.secret,
            "redirectUrl": payment.redirect_url,
            "ended": payment.ended or None,
            "reason": payment.reason,
            "waitingSince": payment.waiting_since,
            "traceparent": payment.traceparent or None,
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
            currency=fields.get("currency", DEFAULT_CURRENCY),
            stripe_id=fields.get("stripeId"),
            secret=fields.get("secret"),
            redirect_url=fields.get("redirectUrl"),
            ended=fields.get("ended", False),
            reason=fields.get("reason"),
            waiting_since=fields.get("waitingSince"),
            traceparent=fields.get("traceparent", ""),
            version=fields["version"],
        )


def _refund(fields: Document) -> Refund:
    return Refund(**{**fields, "units": tuple(fields["units"])})
