"""How money and time are written on the pages."""

from bson import ObjectId

from ticketing.clock import from_iso, iso
from ticketing.money import cents


def money(price: float) -> str:
    """Write a price in dollars: ``$1,200.00``."""
    return f"${amount(price, separator=',')}"


def amount(price: float, separator: str = "") -> str:
    """Write a price as people type it: ``1200.00``."""
    whole, rest = divmod(cents(price), 100)
    return f"{whole:{separator}}.{rest:02}"


def moment(time: str) -> str:
    """Write an ISO time for people: ``31 January 2026, 12:00 UTC``."""
    return f"{day(time)}, {hour(time)}"


def day(time: str) -> str:
    return from_iso(time).strftime("%-d %B %Y")


def hour(time: str) -> str:
    """Write the time of day, cut to minutes, so that nobody comes too late."""
    return from_iso(time).strftime("%H:%M UTC")


def made_at(thing_id: str) -> str:
    """Return when an id was given, as an ISO time; an ObjectId carries it."""
    return iso(ObjectId(thing_id).generation_time)
