"""Listings to be found: by their words, and by when they can be bought."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ticketing.clock import iso
from ticketing.contract import Occasion
from ticketing.layout import Layout
from tickets.models import Offer

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, MOMENT = timedelta(hours=1), timedelta(milliseconds=1)
TEXTS = {
    "opera": ("The Magic Flute", "Zauberflöte", "Staatsoper Wien"),
    "street": ("Straßenfest", "", ""),
    "night": ("ÉTÉ à l'opéra (open-air)", "", ""),
    "tech": ("C++ & C# meet-up: 50% off.", "Talks", "^Room$ [4.2]"),
    "under": ("snake_case day 2026", "", ""),
    "russia": ("Щелкунчик", "", ""),
}


@dataclass(frozen=True)
class Sale:
    """A listing by what decides whether it can be bought; times are from NOW on."""

    opens: timedelta | None = None
    starts: timedelta | None = None
    sold: int = 0
    cancelled: bool = False
    finds: set[str] = field(default_factory=set, compare=False)


SALES = {
    "plain": Sale(finds={"now", "open", "all"}),
    "half sold": Sale(sold=1, finds={"now", "open", "all"}),
    "sold out": Sale(sold=2, finds={"all"}),
    "cancelled": Sale(cancelled=True),
    "open": Sale(opens=-HOUR, finds={"now", "open", "all"}),
    "opens now": Sale(opens=0 * HOUR, finds={"now", "open", "all"}),
    "opens in a moment": Sale(opens=MOMENT, finds={"upcoming", "open", "all"}),
    "opens soon": Sale(opens=HOUR, starts=2 * HOUR, finds={"upcoming", "open", "all"}),
    "opens soon, sold out": Sale(opens=HOUR, sold=2, finds={"all"}),
    "opens soon, cancelled": Sale(opens=HOUR, cancelled=True),
    "begins soon": Sale(starts=HOUR, finds={"now", "open", "all"}),
    "begins in a moment": Sale(starts=MOMENT, finds={"now", "open", "all"}),
    "begins now": Sale(starts=0 * HOUR, finds={"all"}),
    "has begun": Sale(starts=-HOUR, finds={"all"}),
}


def named(title, name, venue):
    begins = iso(NOW + HOUR)
    event = (
        Occasion(name=name, venue=venue, starts_at=begins) if name or venue else None
    )
    return Offer(title, 100, event=event)


def on_sale(sale):
    starts_at = iso(NOW + sale.starts) if sale.starts is not None else None
    return Offer(
        "x",
        100,
        layout=Layout.of_quantity(2),
        on_sale_at=NOW + sale.opens if sale.opens is not None else None,
        event=Occasion(name="Gala", starts_at=starts_at) if starts_at else None,
    )


# Listings by their currency, and their price in its smallest unit.
PRICES = {
    "cheap": ("usd", 500),
    "fair": ("usd", 2000),
    "dear": ("usd", 99_999_999),
    "euro": ("eur", 2000),
    "yen": ("jpy", 2000),
}
# When events begin, in hours from NOW; two at the same time, and one at none.
BEGINNINGS = [5, 1, 3, 3, 9, None, 7]


def priced(currency, price):
    return Offer("x", price, currency=currency)


def beginning(hours):
    starts_at = iso(NOW + hours * HOUR) if hours is not None else None
    return Offer("x", 1, event=starts_at and Occasion(name="x", starts_at=starts_at))
