"""Which listings are asked for: ``?text=&from=&to=&availability=``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

from ticketing.errors import InvalidInputError

Json = dict[str, Any]

MAX_TEXT = 100
# A listing is found by so many different words of its.
MAX_WORDS = 60

_WORD = re.compile(r"\w+")


class Availability(StrEnum):
    """NOW: can be bought at this moment. UPCOMING: the sale opens later."""

    NOW = "now"
    UPCOMING = "upcoming"
    ALL = "all"


def words_of(*texts: str) -> list[str]:
    """Return the different words of some texts, in lower case."""
    found = (word for text in texts for word in _WORD.findall(text.casefold()))
    return list(dict.fromkeys(found))[:MAX_WORDS]


@dataclass(frozen=True)
class Search:
    """``words`` begin words of a listing; its event is from ``since`` to ``until``."""

    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    availability: Availability = Availability.NOW

    def condition(self, now: datetime) -> Json:
        """The query that finds them; see ``TicketDatabase.encode``."""
        terms: list[Json] = [
            {"words": {"$regex": f"^{re.escape(word)}"}} for word in self.words
        ]
        if self.since:
            terms.append({"startsAt": {"$gte": self.since}})
        if self.until:
            terms.append({"startsAt": {"$lte": self.until}})
        return self._standing(now) | ({"$and": terms} if terms else {})

    def _standing(self, now: datetime) -> Json:
        if self.availability is Availability.ALL:
            return {"cancelled": {"$exists": False}}
        if self.availability is Availability.UPCOMING:
            return {"available": True, "onSaleAt": {"$gt": now}}
        return {
            "available": True,
            "onSaleAt": {"$lte": now},
            "sellUntil": {"$gt": now},
        }


def search_of(given: Mapping[str, Any]) -> Search:
    """Read query parameters. Raises InvalidInputError naming each field."""
    errors: list[dict[str, str]] = []
    text = str(given.get("text") or "")
    if len(text) > MAX_TEXT:
        message = f"text must have at most {MAX_TEXT} characters"
        errors.append({"message": message, "field": "text"})
    since = _moment(given, "from", time.min, errors)
    until = _moment(given, "to", time.max, errors)
    wanted = str(given.get("availability") or Availability.NOW)
    if wanted not in set(Availability):
        message = f"availability must be {', '.join(Availability)}"
        errors.append({"message": message, "field": "availability"})
    if errors:
        raise InvalidInputError(errors)
    return Search(tuple(words_of(text)), since, until, Availability(wanted))


def _moment(
    given: Mapping[str, Any], name: str, of_day: time, errors: list[dict[str, str]]
) -> datetime | None:
    """Read a day (its beginning or end, in UTC) or a time with its offset."""
    value = given.get(name)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
        if len(str(value)) <= len("2027-06-01"):
            return datetime.combine(moment, of_day, UTC)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        message = f"{name} must be a day such as 2027-06-01"
        errors.append({"message": message, "field": name})
        return None


def begins(words: Iterable[str], every: Iterable[str]) -> bool:
    """Whether each of ``every`` begins one of ``words``."""
    known = list(words)
    return all(any(word.startswith(start) for word in known) for start in every)
