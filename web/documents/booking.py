"""An order as its buyer keeps it: what it is for and its passes. Pure: no I/O."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ticketing.clock import from_iso
from web import formats, languages
from web.translations import gettext as _

Json = dict[str, Any]

# As many passes as are printed in a moment; larger orders have several PDFs, each of
# several pages of the shop, which are to be light.
PART = 50
ON_PAGE = 25

# What tears a header, or cannot be sent.
_CONTROLS = {"Cc", "Cs"}


@dataclass(frozen=True)
class Pass:
    """Lets one person in.

    ``id`` is written as it is typed: ``K7QM-4T9X-2BHD``; ``label`` is its seat, or
    which of the order's passes it is.
    """

    id: str
    label: str
    code: str
    status: str
    admitted_at: str | None = None
    door: str | None = None

    @classmethod
    def of(cls, told: Json, label: str) -> "Pass":
        return cls(
            id=formats.pass_id(told["id"]),
            label=label,
            code=told["code"],
            status=told["status"],
            admitted_at=told.get("admittedAt"),
            door=told.get("door"),
        )

    @property
    def is_good(self) -> bool:
        return self.status != "refunded"


@dataclass(frozen=True)
class Event:
    """``when`` is the start as people in its time ``zone`` write it."""

    when: str
    starts_at: datetime
    zone: str
    venue: str
    description: str

    @classmethod
    def of(cls, told: Json) -> "Event":
        return cls(
            when=formats.start(told),
            starts_at=from_iso(told["startsAt"]),
            zone=told["timezone"],
            venue=line(told["venue"]),
            description="\n".join(map(line, told["description"].splitlines())),
        )


@dataclass(frozen=True)
class Booking:
    """``name`` is what people call it, ``detail`` more about it, each on one line.

    ``price`` is that of one pass, in major units of ``currency``; ``revision`` counts
    the changes of the listing. It is written in ``language``.
    """

    order_id: str
    name: str
    detail: str
    price: float
    currency: str
    seated: bool
    revision: int
    passes: tuple[Pass, ...]
    event: Event | None
    language: str

    @classmethod
    def of(cls, order: Json, ticket: Json, passes: list[Json]) -> "Booking":
        """Put together what the services tell of an order, its listing, its passes.

        For whoever is reading.
        """
        title, event = line(order["ticket"]["title"]), ticket.get("event")
        name = line(event["name"]) if event else title
        labels = _labels(passes, seated=ticket["seated"])
        return cls(
            order_id=order["id"],
            name=name,
            detail="" if title == name else title,
            price=order["ticket"]["price"],
            currency=order["currency"],
            seated=ticket["seated"],
            revision=ticket["version"],
            passes=tuple(map(Pass.of, passes, labels)),
            event=Event.of(event) if event else None,
            language=languages.current().language,
        )

    @property
    def zone(self) -> str:
        """By which clock its times are told."""
        return self.event.zone if self.event else formats.UTC

    @property
    def made(self) -> datetime:
        return from_iso(formats.made_at(self.order_id))

    @property
    def good(self) -> tuple[Pass, ...]:
        """The passes that were not refunded."""
        return tuple(each for each in self.passes if each.is_good)

    @property
    def kept(self) -> "Booking":
        """The same without the passes that were refunded."""
        return replace(self, passes=self.good)

    @property
    def kind(self) -> str:
        """What a pass's label names."""
        return _("Seat") if self.seated else _("Ticket")

    @property
    def parts(self) -> int:
        return _count(self.passes, PART)

    @property
    def pages(self) -> int:
        return _count(self.passes, ON_PAGE)

    def part(self, number: int, size: int = PART) -> "Booking":
        """Return the same with up to ``size`` of its passes; parts count from 1."""
        first = (number - 1) * size
        return replace(self, passes=self.passes[first : first + size])


def _count(passes: tuple[Pass, ...], size: int) -> int:
    """Return how many parts there are, at least one."""
    return max(1, -(-len(passes) // size))


def line(text: str) -> str:
    """Return a text as one line without control characters."""
    kept = (" " if _is_control(character) else character for character in text)
    return " ".join("".join(kept).split())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in _CONTROLS


def _labels(passes: list[Json], *, seated: bool) -> list[str]:
    if seated:
        return [told["unit"] for told in passes]
    all_ = formats.number(len(passes))
    numbers = map(formats.number, range(1, len(passes) + 1))
    return [_("%(number)s of %(all)s", number=each, all=all_) for each in numbers]
