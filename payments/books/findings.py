"""What does not fit between Stripe, payments and orders, for somebody to look into."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pymongo.collection import Collection

from ticketing.clock import iso
from ticketing.mongo import Document, own_errors

SHOWN = 200


class Kind(StrEnum):
    UNKNOWN_ORDER = "unknown order"
    DOES_NOT_FIT = "does not fit the order"
    PAID_TWICE = "paid twice"
    REFUNDED_ELSEWHERE = "refunded at Stripe"
    REFUND_FAILED = "refund failed"
    DISPUTED = "disputed"
    NOT_DELIVERED = "paid, not delivered"
    NOT_PAID = "delivered, not paid"


@dataclass(frozen=True)
class Finding:
    """``ref`` is the id of what it is about; ``detail`` is for people to read."""

    kind: Kind
    ref: str
    detail: str
    order_id: str | None = None
    since: datetime | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        return f"{self.kind.value}:{self.ref}"

    def json_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "ref": self.ref,
            "orderId": self.order_id,
            "detail": self.detail,
            "since": iso(self.since) if self.since else None,
        }


class Findings(Protocol):
    def keep(self, finding: Finding, now: datetime) -> bool: ...
    def drop(self, finding_id: str) -> bool: ...
    def all(self) -> list[Finding]: ...


class MongoFindings:
    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection

    def keep(self, finding: Finding, now: datetime) -> bool:
        """Store or renew a finding; return whether it is new."""
        fields = {
            "kind": finding.kind.value,
            "ref": finding.ref,
            "orderId": finding.order_id,
            "detail": finding.detail,
        }
        with own_errors():
            result = self._collection.update_one(
                {"_id": finding.id},
                {"$set": fields, "$setOnInsert": {"since": now}},
                upsert=True,
            )
        return result.upserted_id is not None

    def drop(self, finding_id: str) -> bool:
        with own_errors():
            return bool(self._collection.delete_one({"_id": finding_id}).deleted_count)

    def all(self) -> list[Finding]:
        with own_errors():
            return [_finding(each) for each in self._collection.find({}).limit(SHOWN)]


def _finding(document: Document) -> Finding:
    return Finding(
        Kind(document["kind"]),
        document["ref"],
        document["detail"],
        document["orderId"],
        document["since"],
    )
