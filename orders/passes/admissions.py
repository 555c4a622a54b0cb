"""Where it is kept who is in: one document for each pass that was used."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pymongo
from pymongo.collection import Collection

from orders.passes.models import Admission, Scan
from ticketing.errors import DuplicateError
from ticketing.mongo import Database, Document, index, own_errors

# A pass that is shown around has as many later scans as its finders like.
MAX_CONFLICTS = 100
# Seconds to read a whole listing in, so that its reader has an answer within ten.
WHOLE_LISTING = 8.0


class Admissions(Protocol):
    def record(self, admission: Admission) -> Admission:
        """Admit, unless an earlier scan did; return the admission as it is then.

        A scan that comes too late is added to the conflicts, once, while these are
        fewer than MAX_CONFLICTS.
        """

    def of_passes(self, pass_ids: Iterable[str]) -> dict[str, Admission]:
        """Return the admissions of those passes that were used, by pass."""

    def of_ticket(self, ticket_id: str) -> dict[str, Admission]:
        """Return all admissions of a listing, by pass."""

    def count(self, ticket_id: str) -> int:
        """Return how many passes of a listing were used."""


def unhurried() -> AbstractContextManager[None]:
    """Let the questions asked within last longer, together, than one usually may."""
    return pymongo.timeout(WHOLE_LISTING)


class MongoAdmissions:
    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection

    def record(self, admission: Admission) -> Admission:
        try:
            with own_errors():
                self.collection.insert_one(_encode(admission))
        except DuplicateError:
            return self._add_conflict(admission.pass_id, admission.scan)
        return admission

    def of_passes(self, pass_ids: Iterable[str]) -> dict[str, Admission]:
        return self._query({"_id": {"$in": list(pass_ids)}})

    def of_ticket(self, ticket_id: str) -> dict[str, Admission]:
        return self._query({"ticketId": ticket_id})

    def count(self, ticket_id: str) -> int:
        with own_errors():
            return self.collection.count_documents({"ticketId": ticket_id})

    def _add_conflict(self, pass_id: str, scan: Scan) -> Admission:
        news = {
            "_id": pass_id,
            "scan.id": {"$ne": scan.id},
            "conflicts.id": {"$ne": scan.id},
            f"conflicts.{MAX_CONFLICTS - 1}": {"$exists": False},
        }
        with own_errors():
            self.collection.update_one(news, {"$push": {"conflicts": vars(scan)}})
        return self.of_passes([pass_id])[pass_id]

    def _query(self, condition: Document) -> dict[str, Admission]:
        with own_errors():
            found = map(_decode, self.collection.find(condition))
            return {admission.pass_id: admission for admission in found}


class AdmissionDatabase(Database):
    """Gives the worker its ``Admissions``."""

    def setup(self) -> None:
        super().setup()
        self.collection: Collection[Document] = self.database["admissions"]
        self._store = MongoAdmissions(self.collection)

    def declare_indexes(self) -> None:
        index(self.collection, "ticketId")

    def pings(self) -> dict[str, Any]:
        """Leave it to the orders, which share the database, to say how it is."""
        return {}

    def get_dependency(self, worker_ctx: Any) -> Admissions:
        return self._store


def _encode(admission: Admission) -> Document:
    return {
        "_id": admission.pass_id,
        "ticketId": admission.ticket_id,
        "unit": admission.unit,
        "scan": vars(admission.scan),
        "recorded": admission.recorded,
        "conflicts": [vars(scan) for scan in admission.conflicts],
    }


def _decode(document: Document) -> Admission:
    return Admission(
        pass_id=document["_id"],
        ticket_id=document["ticketId"],
        unit=document["unit"],
        scan=Scan(**document["scan"]),
        recorded=document["recorded"],
        conflicts=tuple(Scan(**scan) for scan in document["conflicts"]),
    )
