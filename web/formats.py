"""How money, time and seats are written: for whoever is reading, see ``languages``."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from bson import ObjectId
from markupsafe import Markup

from ticketing.clock import from_iso, iso
from ticketing.money import DECIMALS
from web import languages
from web.translations import gettext as _
from web.translations import ngettext

UTC = "UTC"
# What people may type beside a price.
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}

_HYPHENATED = re.compile(r"([^\s,()]+-[^\s,()]+)")


# A list of what is for sale has few prices and many readers.
@lru_cache(maxsize=4096)
def money(price: float, currency: str, locale: str = languages.DEFAULT) -> str:
    """Write a sum of major units: ``$1,200.00``, for Germans ``1.200,00 $``."""
    sum_ = Decimal(str(price))
    return str(format_currency(sum_, currency.upper(), locale=locale))


def sum_(price: float, currency: str) -> str:
    """Write a sum of major units for who is reading."""
    return money(price, currency, languages.current().locale)


def alternatives(sums: Sequence[tuple[float, str]]) -> str:
    """Write sums of which one applies: ``$0.50, €0.50 or ¥50``."""
    written = [sum_(*each) for each in sums]
    return format_list(written, style="or", locale=languages.current().customs)


def number(count: int) -> str:
    """Write a whole number: ``12,000``."""
    return str(format_decimal(count, locale=languages.current().customs))


def amount(price: float, currency: str) -> str:
    """Write a price for programs and spreadsheets: ``1200.00``."""
    return f"{Decimal(str(price)):.{DECIMALS[currency]}f}"


def typed_price(price: float, currency: str) -> str:
    """Write a price as who is reading types it: ``1200,00`` if that is a German."""
    sign = get_decimal_symbol(languages.current().customs)
    return amount(price, currency).replace(".", sign)


def pass_id(text: str) -> str:
    """Write the id of a pass as people read and type it: ``K7QM-4T9X-2BHD``."""
    return "-".join(re.findall("[^-]{1,4}", text))


def decimal(text: str) -> str:
    """Write a number that a program wrote: ``999,999.99``."""
    return str(format_decimal(Decimal(text), locale=languages.current().customs))


def moment(time: str, zone: str = UTC) -> str:
    """Write an ISO time for people: ``31 January 2026, 12:00 UTC``."""
    return _("%(day)s, %(hour)s", day=day(time, zone), hour=hour(time, zone))


def day(time: str, zone: str = UTC) -> str:
    return _written(time, zone, languages.current().customs).day


def hour(time: str, zone: str = UTC) -> str:
    """Write the time of day, cut to minutes, so that nobody comes too late."""
    clock = _written(time, zone, languages.current().customs).clock
    return _("%(clock)s %(zone)s", clock=clock, zone=_zone(zone))


def start(event: dict[str, Any]) -> str:
    """Write when an event begins: ``Saturday, 31 January 2026, 20:00 Berlin time``."""
    time, zone = event["startsAt"], event["timezone"]
    weekday = _written(time, zone, languages.current().customs).weekday
    return _("%(weekday)s, %(moment)s", weekday=weekday, moment=moment(time, zone))


def typed_time(time: str, zone: str) -> str:
    """Write an ISO time as a field for it holds it: ``2026-01-31T12:00``."""
    return f"{_there(time, zone):%Y-%m-%dT%H:%M}"


def made_at(thing_id: str) -> str:
    """Return when an id was given, as an ISO time; an ObjectId carries it."""
    return iso(ObjectId(thing_id).generation_time)


def tickets(count: int) -> str:
    written = number(count)
    return ngettext("%(number)s ticket", "%(number)s tickets", count, number=written)


def seats(labels: Sequence[str]) -> str:
    """Name seats: ``Seat Box``, ``Seats A-1, A-2``."""
    named = ", ".join(labels)
    return ngettext("Seat %(seats)s", "Seats %(seats)s", len(labels), seats=named)


def unbroken(text: str) -> Markup:
    """Keep what has a hyphen, such as the label of a seat, on one line of a page."""
    label = Markup('<span class="unbroken">{}</span>')
    parts = _HYPHENATED.split(text)
    return Markup().join(label.format(p) if n % 2 else p for n, p in enumerate(parts))


class _Written(NamedTuple):
    """A time as it is written somewhere."""

    weekday: str
    day: str
    clock: str


# A list of what is for sale has few times and many readers.
@lru_cache(maxsize=4096)
def _written(time: str, zone: str, locale: str) -> _Written:
    there = _there(time, zone)
    return _Written(
        weekday=format_date(there, "EEEE", locale=locale),
        day=format_date(there, "long", locale=locale),
        clock=format_time(there, "short", locale=locale),
    )


def _there(time: str, zone: str) -> datetime:
    return from_iso(time).astimezone(ZoneInfo(zone))


def _zone(name: str) -> str:
    """Name a zone's time: that of a place by the place, ``Berlin time``."""
    _folder, is_place, place = name.rpartition("/")
    if not is_place:
        return name
    cities = Locale.parse(languages.current().customs).time_zones
    city = cities.get(name, {}).get("city") or place.replace("_", " ")
    return _("%(place)s time", place=city)
