"""How money, time and seats are written on the pages."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from bson import ObjectId

from ticketing.clock import from_iso, iso
from ticketing.money import DECIMALS
from web import languages

UTC = "UTC"
# What people may type beside a price.
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


# A list of what is for sale has few prices and many readers.
@lru_cache(maxsize=4096)
def money(price: float, currency: str, locale: str = languages.DEFAULT) -> str:
    """Write a sum of major units: ``$1,200.00``, for Germans ``1.200,00 $``."""
    sum_ = Decimal(str(price))
    return str(format_currency(sum_, currency.upper(), locale=locale))


def amount(price: float, currency: str) -> str:
    """Write a price as people type it: ``1200.00``."""
    return f"{Decimal(str(price)):.{DECIMALS[currency]}f}"


def pass_id(text: str) -> str:
    """Write the id of a pass as people read and type it: ``K7QM-4T9X-2BHD``."""
    return "-".join(re.findall("[^-]{1,4}", text))


def moment(time: str, zone: str = UTC) -> str:
    """Write an ISO time for people: ``31 January 2026, 12:00 UTC``."""
    return f"{day(time, zone)}, {hour(time, zone)}"


def day(time: str, zone: str = UTC) -> str:
    return _there(time, zone).strftime("%-d %B %Y")


def hour(time: str, zone: str = UTC) -> str:
    """Write the time of day, cut to minutes, so that nobody comes too late."""
    return f"{_there(time, zone):%H:%M} {_clock(zone)}"


def start(event: dict[str, Any]) -> str:
    """Write when an event begins: ``Saturday, 31 January 2026, 20:00 Berlin time``."""
    time, zone = event["startsAt"], event["timezone"]
    return f"{_there(time, zone):%A}, {moment(time, zone)}"


def typed_time(time: str, zone: str) -> str:
    """Write an ISO time as a field for it holds it: ``2026-01-31T12:00``."""
    return f"{_there(time, zone):%Y-%m-%dT%H:%M}"


def made_at(thing_id: str) -> str:
    """Return when an id was given, as an ISO time; an ObjectId carries it."""
    return iso(ObjectId(thing_id).generation_time)


def tickets(number: int) -> str:
    return "1 ticket" if number == 1 else f"{number:,} tickets"


def seats(labels: Sequence[str]) -> str:
    """Name seats: ``Seat Box``, ``Seats A-1, A-2``."""
    return f"{'Seat' if len(labels) == 1 else 'Seats'} {', '.join(labels)}"


def _there(time: str, zone: str) -> datetime:
    return from_iso(time).astimezone(ZoneInfo(zone))


def _clock(zone: str) -> str:
    """Name a zone's time: that of a place by the place, ``Berlin time``."""
    _, is_place, place = zone.rpartition("/")
    return f"{place.replace('_', ' ')} time" if is_place else zone
