"""What can be searched for on home, and ways to search further. Pure: no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ticketing.money import CURRENCIES
from web.formats import SIGNS
from web.forms import Form

# As the address has it, and as the tickets service takes it.
SEARCH = {
    "text": "text",
    "from": "from_time",
    "to": "to_time",
    "availability": "availability",
    "currency": "currency",
    "minPrice": "min_price",
    "maxPrice": "max_price",
    "sort": "sort",
}
# What goes together: without its currency a price means nothing.
_TOGETHER = {"currency": ("minPrice", "maxPrice")}
CHOICES = [(each, f"{each.upper()} {SIGNS[each]}") for each in CURRENCIES]
# These are not what is searched for, but how it is shown.
_KINDS = ("availability", "sort")
_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True)
class Way:
    """A search that is one step from here."""

    name: str
    query: dict[str, str]
    is_here: bool = False


def days(form: Form, now: datetime) -> list[Way]:
    """Return the same search for ``today``, the ``weekend`` and a ``week``."""
    today = now.date()
    saturday = today + (_SATURDAY - min(today.weekday(), _SATURDAY)) * _DAY
    sunday = today + (_SUNDAY - today.weekday()) * _DAY
    spans = {
        "today": (today, today),
        "weekend": (max(saturday, today), sunday),
        "week": (today, today + 6 * _DAY),
    }
    return [_days(form.given, name, *span) for name, span in spans.items()]


def _days(given: Mapping[str, str], name: str, first: date, last: date) -> Way:
    query = {**given, "from": first.isoformat(), "to": last.isoformat()}
    return Way(name, query, query == given)


def wider(form: Form) -> list[Way]:
    """Return the search without each of what is searched for."""
    given = form.given
    return [Way(name, _without(given, name)) for name in given if name not in _KINDS]


def _without(given: Mapping[str, str], name: str) -> dict[str, str]:
    gone = (name, *_TOGETHER.get(name, ()))
    return {each: value for each, value in given.items() if each not in gone}


def tomorrow(now: datetime) -> datetime:
    """Return when what is today will be another day."""
    return datetime.combine(now.date() + _DAY, time.min, now.tzinfo)
