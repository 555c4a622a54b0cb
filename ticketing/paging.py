"""Lists are read a page at a time: ``?limit=&after=&order=``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ticketing.errors import InvalidInputError
from ticketing.mongo import Document

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_DIGITS = 9


@dataclass(frozen=True)
class Page:
    """``limit`` things, those after the id ``after`` (None: from the beginning)."""

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    descending: bool = False

    @property
    def sort(self) -> tuple[str, int]:
        return "_id", -1 if self.descending else 1

    def within(self, condition: Document) -> Document:
        """Narrow a condition to what comes after ``after``."""
        if self.after is None:
            return condition
        return {**condition, "_id": {"$lt" if self.descending else "$gt": self.after}}


def page_of(given: Mapping[str, Any], most: int = MAX_LIMIT) -> Page:
    """Read a page from query parameters. Raises InvalidInputError naming each field."""
    errors: list[dict[str, str]] = []
    limit = _number(str(given.get("limit", DEFAULT_LIMIT)))
    if not 1 <= limit <= most:
        message = f"limit must be a number from 1 to {most}"
        errors.append({"message": message, "field": "limit"})
    order = str(given.get("order") or "asc")
    if order not in {"asc", "desc"}:
        errors.append({"message": "order must be asc or desc", "field": "order"})
    if errors:
        raise InvalidInputError(errors)
    after = str(given.get("after") or "")
    return Page(limit, after or None, order == "desc")


def _number(text: str) -> int:
    """Read a number of at most nine digits; anything else counts as 0."""
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else 0
