"""What the demo's shop sells, and how well. Pure data; days count from today."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Show:
    """``sold``, ``held`` and ``admitted`` are shares of all units."""

    title: str
    price: float
    venue: str
    days: int
    hour: int = 20
    currency: str = "eur"
    timezone: str = "Europe/Berlin"
    description: str = ""
    quantity: int = 1
    rows: tuple[tuple[str, int], ...] = ()
    opens_in_days: int | None = None
    sold: float = 0.0
    held: float = 0.0
    admitted: float = 0.0
    refunds: bool = False

    @property
    def units(self) -> int:
        return sum(count for _, count in self.rows) or self.quantity

    def listing(self, today: datetime) -> dict[str, Any]:
        """Return the body of ``POST /api/tickets``."""
        zone = ZoneInfo(self.timezone)
        day = (today + timedelta(days=self.days)).date()
        starts = datetime.combine(day, time(self.hour), zone)
        event = {
            "name": self.title,
            "venue": self.venue,
            "timezone": self.timezone,
            "startsAt": starts.isoformat(),
            "description": self.description,
        }
        return {
            "title": self.title,
            "price": self.price,
            "currency": self.currency,
            "event": event,
            **self._units(),
            **self._opening(today),
        }

    def _units(self) -> dict[str, Any]:
        if not self.rows:
            return {"quantity": self.quantity}
        rows = self.rows
        return {
            "seats": [f"{row}-{n}" for row, most in rows for n in range(1, most + 1)]
        }

    def _opening(self, today: datetime) -> dict[str, Any]:
        if self.opens_in_days is None:
            return {}
        opens = today + timedelta(days=self.opens_in_days)
        return {"onSaleAt": opens.replace(minute=0, second=0).isoformat()}


THEATRE = (("A", 14), ("B", 16), ("C", 18), ("D", 18), ("E", 20), ("F", 20))
CHAMBER = (("1", 10), ("2", 12), ("3", 12), ("4", 14))

# The first is listed first, so that the last stands at the top of the page.
SHOWS = (
    Show("Moving sale: one ticket for the zoo", 12.5, "Zoo, main gate", 9, 10),
    Show(
        "Kite building for beginners",
        18,
        "Harbour workshop",
        12,
        14,
        quantity=12,
        sold=1.0,
        description="Bamboo, paper and string are there. Bring an apron.",
    ),
    Show(
        "Sunrise yoga on the roof",
        9,
        "Car park 4, top deck",
        6,
        6,
        quantity=40,
        sold=0.3,
    ),
    Show(
        "Neon nights: an evening of city pop",
        6800,
        "Blue Lantern, Shibuya",
        33,
        19,
        currency="jpy",
        timezone="Asia/Tokyo",
        quantity=120,
        sold=0.2,
    ),
    Show(
        "The Lighthouse Keepers, live",
        27.5,
        "The Old Fire Station",
        20,
        currency="gbp",
        timezone="Europe/London",
        quantity=90,
        sold=0.5,
        held=0.05,
        refunds=True,
        description="Two guitars, one cello and the sea.",
    ),
    Show(
        "Bread: a film about patience",
        11,
        "Cinema in the courtyard",
        15,
        21,
        quantity=60,
        sold=0.45,
    ),
    Show(
        "String quartet by candlelight",
        34,
        "Chamber hall",
        24,
        19,
        rows=CHAMBER,
        sold=0.6,
        held=0.08,
        description="Haydn, Shostakovich and, after the interval, a surprise.",
    ),
    Show(
        "New Year's ball",
        95,
        "Town hall",
        35,
        20,
        quantity=300,
        opens_in_days=4,
        description="Dark suits or long dresses; the waltz begins at nine.",
    ),
    Show(
        "Python meetup: queues that never lose anything",
        5,
        "Library, reading room",
        3,
        18,
        currency="usd",
        timezone="America/New_York",
        quantity=80,
        sold=0.35,
        admitted=0.2,
    ),
    Show(
        "The Winter's Tale",
        42,
        "City theatre",
        17,
        19,
        rows=THEATRE,
        sold=0.55,
        held=0.1,
        refunds=True,
        description="Jealousy, a statue and a bear. Three hours, one interval.\n\n"
        "Doors open half an hour before.",
    ),
)
