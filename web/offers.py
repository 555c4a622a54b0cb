"""What sellers type about a listing, and what the tickets service takes of it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from ticketing.clock import iso
from ticketing.errors import InvalidInputError
from ticketing.money import CURRENCIES, DEFAULT_CURRENCY, MINIMUM, major
from web import formats, seat_rows
from web.forms import Form, price_of, whole_of
from web.states import Json
from web.translations import mark

ZONE = "event.timezone"
EVENT = ("event.name", "event.venue", "event.startsAt", ZONE, "event.description")
UNITS = ("quantity", "seats", "maxPerOrder")
NAMES = ("title", "price", "currency", *UNITS, *EVENT, "onSaleAt")
# What a seller finds in the fields of a new listing.
BLANK = dict.fromkeys(NAMES, "") | {ZONE: formats.UTC, "currency": DEFAULT_CURRENCY}
# The least that an order may cost.
LEAST = [(major(MINIMUM[each], each), each) for each in CURRENCIES]
CHOICES = [(each, f"{each.upper()} {formats.SIGNS[each]}") for each in CURRENCIES]

_ZONES = available_timezones()
_OLD = ("Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")
# Those of places, to choose from; every other one can be typed.
ZONES = [formats.UTC, *sorted(z for z in _ZONES if "/" in z and not z.startswith(_OLD))]


def typed(ticket: Json) -> dict[str, str]:
    """Return a listing as its seller would type it. It comes with its ``layout``."""
    event = ticket.get("event") or {}
    zone = event.get("timezone", formats.UTC)
    starts_at, opens = event.get("startsAt"), ticket.get("onSaleAt")
    units = "seats" if ticket["seated"] else "quantity"
    return BLANK | {
        "title": ticket["title"],
        "price": formats.typed_price(ticket["price"], ticket["currency"]),
        "currency": ticket["currency"],
        "maxPerOrder": str(ticket["maxPerOrder"]),
        "event.name": event.get("name", ""),
        "event.venue": event.get("venue", ""),
        "event.startsAt": formats.typed_time(starts_at, zone) if starts_at else "",
        ZONE: zone,
        "event.description": event.get("description", ""),
        "onSaleAt": formats.typed_time(opens, zone) if opens else "",
        units: seat_rows.typed(ticket["layout"])
        if ticket["seated"]
        else str(ticket["quantity"]),
    }


def wanted(form: Form, known: Mapping[str, str], now: datetime) -> Json:
    """Return the arguments that say what is to differ from ``known``.

    Title and price are always among them. What cannot be read goes as it is, for the
    service to refuse. Raises InvalidInputError about what it would not see.
    """
    changed = {name for name in NAMES if form[name].strip() != known[name].strip()}
    found: Json = {"title": form["title"], "price": _price(form)}
    zone = _zone_of(form)
    if "currency" in changed:
        found["currency"] = form["currency"]
    if "seats" in changed:
        found["seats"] = seat_rows.labels_of(form["seats"])
    if "quantity" in changed and (form["quantity"].strip() or "seats" not in found):
        found["quantity"] = whole_of(form["quantity"])
    if "maxPerOrder" in changed:
        found["max_per_order"] = whole_of(form["maxPerOrder"])
    if changed & set(EVENT) and _has_event(form, known):
        found["event"] = _event(form, zone)
    if "onSaleAt" in changed or (ZONE in changed and form["onSaleAt"]):
        opens = form["onSaleAt"].strip()
        # Emptied, it means that the sale may begin.
        found["on_sale_at"] = _instant(opens, zone) if opens else iso(now)
    return found


def _price(form: Form) -> int | float | None:
    currency = form["currency"].strip().lower()
    known = currency if currency in CURRENCIES else DEFAULT_CURRENCY
    return price_of(form["price"], known)


def _has_event(form: Form, known: Mapping[str, str]) -> bool:
    return any(form[name].strip() or known[name] for name in EVENT if name != ZONE)


def _event(form: Form, zone: tzinfo) -> Json:
    event = {name.removeprefix("event."): form[name] for name in EVENT}
    return event | {"startsAt": _instant(form["event.startsAt"], zone)}


def _zone_of(form: Form) -> tzinfo:
    if form[ZONE] not in _ZONES:
        message = mark("Choose a time zone from the list, such as Europe/Berlin")
        raise InvalidInputError([{"message": message, "field": ZONE}])
    return ZoneInfo(form[ZONE])


def _instant(text: str, zone: tzinfo) -> str:
    """Return the ISO time of what a clock there shows.

    Empty text, which the service refuses in its own words, stands for any other.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return ""
