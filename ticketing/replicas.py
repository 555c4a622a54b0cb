"""Copies of other services' things, kept right by their versions.

The inbox is the version: an event is applied only if its version is the next one.
Older ones are duplicates and ignored. A gap is waited for, and a gap that stays is
closed by asking the owner.
"""

from collections.abc import Callable
from typing import Any

from pymongo.collection import Collection

from ticketing.errors import DuplicateError, VersionGapError
from ticketing.mongo import Document, own_errors

# About six seconds of growing delays: long enough for an event that is on its way.
PATIENCE = 7

Owner = Callable[[], Document]


class Replicas:
    """The copies in one collection: plain documents with ``_id`` and ``version``."""

    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection

    def find(self, replica_id: str) -> Document | None:
        with own_errors():
            return self.collection.find_one({"_id": replica_id})

    def find_or_fetch(self, replica_id: str, owner: Owner) -> Document:
        """Return the copy, asked for where its event has not arrived yet.

        ``owner`` fetches ``{"version", ...fields}`` and may raise NotFoundError.
        """
        return self.find(replica_id) or self._fetch(replica_id, owner)

    def put(self, replica_id: str, version: int, fields: Document) -> None:
        """Store a state that came from the owner, unless a newer one is here."""
        done = False
        while not done:
            known = self.find(replica_id)
            if known is None:
                done = self._insert(replica_id, version, fields)
            elif known["version"] < version:
                done = self._update(replica_id, known["version"], version, fields)
            else:
                done = True

    def is_next(self, replica_id: str, version: int) -> bool:
        """Whether an event is the one to apply now; False if it came before.

        Raises VersionGapError when earlier ones are missing.
        """
        known = self.find(replica_id)
        current = -1 if known is None else int(known["version"])
        if version > current + 1:
            raise VersionGapError(f"{replica_id}: {version} came after {current}")
        return version == current + 1

    def apply(
        self,
        replica_id: str,
        version: int,
        fields: Document,
        *,
        attempt: int = 1,
        owner: Owner | None = None,
    ) -> None:
        """Bring the copy from ``version - 1`` to ``version``.

        ``owner`` fetches ``{"version", ...fields}`` when the gap outlasts PATIENCE.
        Raises VersionGapError before that.
        """
        try:
            while not self._advance(replica_id, version, fields):
                # The one before may have come since: then it is this one's turn now.
                if not self.is_next(replica_id, version):
                    return
        except VersionGapError:
            if owner is None or attempt < PATIENCE:
                raise
            self._fetch(replica_id, owner)

    def _fetch(self, replica_id: str, owner: Owner) -> Document:
        document = owner()
        self.put(replica_id, document.pop("version"), document)
        return document

    def _advance(self, replica_id: str, version: int, fields: Document) -> bool:
        """Take the usual step in one write; return whether it was the next one."""
        if version == 0:
            return self._insert(replica_id, version, fields)
        return self._update(replica_id, version - 1, version, fields)

    def _insert(self, replica_id: str, version: int, fields: Document) -> bool:
        document: dict[str, Any] = {"_id": replica_id, "version": version, **fields}
        try:
            with own_errors():
                self.collection.insert_one(document)
        except DuplicateError:
            return False  # the same event, handled before
        return True

    def _update(self, replica_id: str, old: int, new: int, fields: Document) -> bool:
        guard = {"_id": replica_id, "version": old}
        with own_errors():
            change = {"$set": {**fields, "version": new}}
            return bool(self.collection.update_one(guard, change).modified_count)
