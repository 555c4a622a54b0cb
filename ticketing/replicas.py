"""Copies of other services' things, kept right by their versions.

The inbox is the version: an event is applied only if its version is the next one.
Older ones are duplicates and ignored. A gap is waited for, and a gap that stays is
closed by asking the owner.
"""

from collections.abc import Callable
from typing import Any

import eventlet
from pymongo.collection import Collection

from ticketing.clock import utc_now
from ticketing.errors import DuplicateError, VersionGapError
from ticketing.ids import is_young
from ticketing.mongo import Document
from ticketing.together import Together

# About six seconds of growing delays: long enough for an event that is on its way.
PATIENCE = 7
# An event of something so young, in seconds, is looked for again after these pauses.
YOUNG = 5
SOON = (0.01, 0.02, 0.04, 0.08, 0.16)

Owner = Callable[[], Document]


class Replicas:
    """The copies in one collection: plain documents with ``_id`` and ``version``."""

    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection
        self._together = Together(collection)

    def find(self, replica_id: str) -> Document | None:
        return self._together.find(replica_id)

    def find_or_fetch(self, replica_id: str, owner: Owner) -> Document:
        """Return the copy, asked for where its event has not arrived yet.

        ``owner`` fetches ``{"version", ...fields}`` and may raise NotFoundError.
        """
        known = self.find(replica_id) or self._find_soon(replica_id)
        return known or self._fetch(replica_id, owner)

    def _find_soon(self, replica_id: str) -> Document | None:
        """Of something quite new the event is on its way, and asking costs more."""
        for pause in SOON if is_young(replica_id, utc_now(), YOUNG) else ():
            eventlet.sleep(pause)
            if known := self.find(replica_id):
                return known
        return None

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
        # Most first events come first: to look before would be one question more.
        if version == 0 and self._advance(replica_id, version, fields):
            return
        try:
            while self.is_next(replica_id, version):
                if self._advance(replica_id, version, fields):
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
        """Return whether nobody else did, meanwhile."""
        if version == 0:
            return self._insert(replica_id, version, fields)
        return self._update(replica_id, version - 1, version, fields)

    def _insert(self, replica_id: str, version: int, fields: Document) -> bool:
        document: dict[str, Any] = {"_id": replica_id, "version": version, **fields}
        try:
            self._together.insert(document)
        except DuplicateError:
            return False
        return True

    def _update(self, replica_id: str, old: int, new: int, fields: Document) -> bool:
        change = {"$set": {**fields, "version": new}}
        return self._together.update(replica_id, old, change)
