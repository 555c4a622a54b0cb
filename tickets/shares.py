"""What orders hold of listings that have more of them than they remember."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from ticketing.mongo import DUPLICATE_KEY, Document, own_errors
from tickets.models import Share


class Shares(Protocol):
    def of(self, order_ids: Iterable[str]) -> dict[str, Share]: ...
    def keep(self, shares: Mapping[str, Share]) -> None: ...


class MongoShares:
    """One document an order; a newer version is never replaced by an older one."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection

    def of(self, order_ids: Iterable[str]) -> dict[str, Share]:
        with own_errors():
            found = self._collection.find({"_id": {"$in": list(order_ids)}})
            return {document["_id"]: _share(document) for document in found}

    def keep(self, shares: Mapping[str, Share]) -> None:
        """Store what is newer than what is here."""
        writes = [_write(order_id, share) for order_id, share in shares.items()]
        with own_errors():
            try:
                self._collection.bulk_write(writes, ordered=False)
            except BulkWriteError as error:
                if any(each["code"] != DUPLICATE_KEY for each in _failures(error)):
                    raise


def _share(document: Document) -> Share:
    return Share(document["version"], document["units"], document["paid"])


def _write(order_id: str, share: Share) -> UpdateOne:
    """An upsert that fails as a duplicate when something newer is there."""
    older = {"_id": order_id, "version": {"$lt": share.version}}
    return UpdateOne(older, {"$set": vars(share)}, upsert=True)


def _failures(error: BulkWriteError) -> list[Document]:
    return list((error.details or {}).get("writeErrors", []))
