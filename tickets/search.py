"""Which listings are asked for, and in which order.

``?text=&from=&to=&availability=&currency=&minPrice=&maxPrice=&sort=``
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal, DecimalException
from enum import StrEnum
from typing import Any, TypeVar
from unicodedata import combining, normalize

from ticketing.clock import from_iso
from ticketing.errors import InvalidInputError
from ticketing.money import CURRENCIES, DEFAULT_CURRENCY, minor
from tickets.models import Ticket

Json = dict[str, Any]
C = TypeVar("C", bound=StrEnum)

MAX_TEXT = 100
# A listing is found by so many different words of its.
MAX_WORDS = 60

_WORD = re.compile(r"\w+")


class Availability(StrEnum):
    """NOW: can be bought at this moment. UPCOMING: the sale opens later. OPEN: both."""

    NOW = "now"
    UPCOMING = "upcoming"
    OPEN = "open"
    ALL = "all"


class Sort(StrEnum):
    """LISTED: by when it was listed. EVENT: what is next comes first, of events."""

    LISTED = "listed"
    EVENT = "event"


def words_of(*texts: str) -> list[str]:
    """Return the different words of some texts, without case and accents."""
    found = (word for text in texts for word in _WORD.findall(_folded(text)))
    return list(dict.fromkeys(found))[:MAX_WORDS]


def _folded(text: str) -> str:
    """``Opéra`` becomes ``opera``, and so does what else people take for it."""
    parts = normalize("NFKD", normalize("NFKD", text).casefold())
    return "".join(each for each in parts if not combining(each))


@dataclass(frozen=True)
class Search:
    """``words`` begin words of a listing; its event is from ``since`` to ``until``.

    ``least`` and ``most`` are prices in the smallest units of ``currency``.
    """

    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    availability: Availability = Availability.NOW
    currency: str | None = None
    least: int | None = None
    most: int | None = None
    sort: Sort = Sort.LISTED

    def condition(self, now: datetime) -> Json:
        """The query that finds them; see ``TicketDatabase.encode``."""
        terms: list[Json] = [
            {"words": {"$regex": f"^{re.escape(word)}"}} for word in self.words
        ]
        if self.since:
            terms.append({"startsAt": {"$gte": self.since}})
        if self.until:
            terms.append({"startsAt": {"$lte": self.until}})
        if self.sort is Sort.EVENT:
            terms.append({"startsAt": {"$exists": True}})
        terms += self._priced()
        return self._standing(now) | ({"$and": terms} if terms else {})

    def _priced(self) -> Iterator[Json]:
        if self.currency:
            # What was listed before there were several names none.
            unnamed = [None] if self.currency == DEFAULT_CURRENCY else []
            yield {"currency": {"$in": [self.currency, *unnamed]}}
        if self.least is not None:
            yield {"price": {"$gte": self.least}}
        if self.most is not None:
            yield {"price": {"$lte": self.most}}

    def _standing(self, now: datetime) -> Json:
        if self.availability is Availability.ALL:
            return {"cancelled": {"$exists": False}}
        if self.availability is Availability.UPCOMING:
            return {"available": True, "onSaleAt": {"$gt": now}}
        standing: Json = {"available": True, "sellUntil": {"$gt": now}}
        if self.availability is Availability.OPEN:
            return standing
        return standing | {"onSaleAt": {"$lte": now}}


ALL_OPEN = Search(availability=Availability.OPEN)


def has_begun(ticket: Ticket, now: datetime) -> bool:
    event = ticket.offer.event
    return event is not None and from_iso(event.starts_at) <= now


def search_of(given: Mapping[str, Any]) -> Search:
    """Read query parameters. Raises InvalidInputError naming each field."""
    errors: list[dict[str, str]] = []
    text = str(given.get("text") or "")
    if len(text) > MAX_TEXT:
        message = f"text must have at most {MAX_TEXT} characters"
        errors.append({"message": message, "field": "text"})
    since = _moment(given, "from", time.min, errors)
    until = _moment(given, "to", time.max, errors)
    availability = _choice(given, "availability", Availability.NOW, errors)
    sort = _choice(given, "sort", Sort.LISTED, errors)
    currency = str(given.get("currency") or "").lower() or None
    least, most = (
        _price(given, name, currency, errors) for name in ("minPrice", "maxPrice")
    )
    if currency and currency not in CURRENCIES:
        message = f"currency must be {', '.join(CURRENCIES)}"
        errors.append({"message": message, "field": "currency"})
    if errors:
        raise InvalidInputError(errors)
    return Search(
        tuple(words_of(text)), since, until, availability, currency, least, most, sort
    )


def _choice(
    given: Mapping[str, Any], name: str, default: C, errors: list[dict[str, str]]
) -> C:
    every = type(default)
    wanted = str(given.get(name) or default)
    if wanted in set(every):
        return every(wanted)
    errors.append({"message": f"{name} must be {', '.join(every)}", "field": name})
    return default


def _price(
    given: Mapping[str, Any],
    name: str,
    currency: str | None,
    errors: list[dict[str, str]],
) -> int | None:
    """Read a price of the currency that is asked for, which has to be named."""
    value = str(given.get(name) or "").strip()
    if not value:
        return None
    if currency is None:
        message = f"{name} needs a currency"
        errors.append({"message": message, "field": "currency"})
        return None
    try:
        return minor(Decimal(value), currency)
    except (ValueError, DecimalException, KeyError):
        message = f"{name} must be a price such as 20"
        errors.append({"message": message, "field": name})
        return None


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
