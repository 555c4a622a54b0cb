"""What sellers send."""

import re
from collections import Counter
from typing import Annotated, ClassVar
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
)

from ticketing.clock import iso
from ticketing.contract import Occasion
from ticketing.fields import (
    Clean,
    Currency,
    Input,
    Moment,
    Price,
    price_words,
    without_quantity,
    wrong,
)
from ticketing.layout import Layout
from ticketing.money import DEFAULT_CURRENCY

MAX_TITLE = 200
MAX_DESCRIPTION = 5000
MAX_QUANTITY = 100_000
MAX_SEATS = 50_000
MAX_PER_ORDER = 1000
# A listing travels whole on the bus.
MAX_LAYOUT = 300_000
ZONES = frozenset(available_timezones())
_LABEL = re.compile(r"(?=\S)[\w .\-/]{1,20}(?<=\S)")


def text(most: int, least: int = 0) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


def _zone(name: str) -> str:
    if name not in ZONES:
        raise ValueError("not a time zone")
    return name


def _or_default(currency: object) -> object:
    return DEFAULT_CURRENCY if currency is None else currency


def _seats(labels: list[str]) -> list[str]:
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise wrong(
                f"{label[:20]!r} is no seat: use up to 20 letters, digits, spaces "
                "and . _ - /"
            )
    twice, count = Counter(labels).most_common(1)[0]
    if count > 1:
        raise wrong(f"Seat {twice} stands twice")
    if len(Layout.of_labels(labels).text) > MAX_LAYOUT:
        raise wrong("The labels are too long in all: number the seats of each row")
    return labels


class EventInput(Input):
    name: Annotated[str, text(MAX_TITLE, 1), Clean]
    venue: Annotated[str, text(MAX_TITLE), Clean] = ""
    starts_at: Moment
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    description: Annotated[str, text(MAX_DESCRIPTION), Clean] = ""

    @property
    def occasion(self) -> Occasion:
        return Occasion(**self.model_dump() | {"starts_at": iso(self.starts_at)})


class TicketChange(Input):
    """What is absent, and may be, stays as it is."""

    MESSAGES: ClassVar = {
        "title": f"Title must have 1 to {MAX_TITLE} characters",
        "currency": "Currency must be usd, eur, gbp or jpy",
        "price": price_words(DEFAULT_CURRENCY),
        "quantity": f"Quantity must be a whole number from 1 to {MAX_QUANTITY}",
        "seats": f"Seats must be a list of 1 to {MAX_SEATS} labels",
        "maxPerOrder": f"MaxPerOrder must be a whole number from 1 to {MAX_PER_ORDER}",
        "event": "Event must have a name and startsAt",
        "event.name": f"The event's name must have 1 to {MAX_TITLE} characters",
        "event.venue": f"The venue must have at most {MAX_TITLE} characters",
        "event.startsAt": "StartsAt must be a time such as 2027-06-01T20:00:00Z",
        "event.timezone": "Timezone must be a name such as Europe/Berlin",
        "event.description": "The description must have at most "
        f"{MAX_DESCRIPTION} characters",
        "onSaleAt": "OnSaleAt must be a time such as 2027-06-01T20:00:00Z",
    }

    title: Annotated[str, text(MAX_TITLE, 1), Clean]
    currency: Currency | None = None
    price: Price
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)] | None = None
    seats: (
        Annotated[
            list[str],
            Field(min_length=1, max_length=MAX_SEATS),
            AfterValidator(_seats),
        ]
        | None
    ) = None
    max_per_order: Annotated[int, Field(ge=1, le=MAX_PER_ORDER)] | None = None
    event: EventInput | None = None
    on_sale_at: Moment | None = None

    _either = field_validator("seats")(without_quantity)


class TicketInput(TicketChange):
    """What is absent, and may be, takes its default."""

    currency: Annotated[Currency, BeforeValidator(_or_default)] = DEFAULT_CURRENCY
