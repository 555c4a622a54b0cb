"""What a sale is: how much of what, and who comes for it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

PRICE, MOST_PER_ORDER = 20, 10


@dataclass(frozen=True)
class Terms:
    """``seconds`` is None for a sale until all is sold; ``most`` is what one wants."""

    units: int = 1000
    seconds: int | None = None
    most: int = 4
    rush: int = 8
    seed: int = 1


def _title() -> str:
    return f"Rehearsal of {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Goods:
    """What is listed; with ``seats``, these are sold and buyers pick on a map.

    It is for an event, after ``lasts``, if it must not be for sale any longer.
    """

    title: str = field(default_factory=_title)
    price: float = PRICE
    most_per_order: int = MOST_PER_ORDER
    currency: str = "usd"
    seats: tuple[str, ...] = ()
    lasts: timedelta | None = None
