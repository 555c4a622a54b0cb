"""The passes as a PDF: one A6 page each, to print or to show on a phone.

The same booking gives the same bytes, on any machine and at any time. Lengths are
millimetres, sizes of letters points.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import eventlet
from eventlet.semaphore import Semaphore

from web import languages
from web.documents import fonts, qr
from web.documents.booking import Booking, Pass
from web.documents.lines import Room, fit
from web.documents.pdf_file import About, PdfFile
from web.documents.sheet import TEXT, Box, Color, Look, Mark, rgb
from web.formats import sum_
from web.translations import gettext as _

CONTENT_TYPE = "application/pdf"

_POINT = 25.4 / 72
WIDTH, HEIGHT = 105, 148
MARGIN = 9
INNER = WIDTH - 2 * MARGIN
HALF = INNER / 2

NAVY, GOLD, INK = map(rgb, ("#1d3a6e", "#f0ae2b", "#1b1d24"))
MUTED, WHITE = map(rgb, ("#595c66", "#ffffff"))
SMALLEST = 7.0
_LEADING = 1.3
# Where letters stand in their row, in parts of their size.
_BASE = 0.95

_BAND = 13
_CODE = 56
_CODE_TOP = 74
_FOOT = HEIGHT - 8

Place = tuple[float, float]


@dataclass(frozen=True)
class Type:
    """How letters look."""

    size: float
    color: Color = INK
    bold: bool = False
    align: Literal["L", "C", "R"] = "L"


_BRAND = Type(12, WHITE, bold=True)
_MOTTO = Type(9, WHITE, align="R")
_NAME = Type(17, bold=True)
_DETAIL = Type(10, MUTED)
_WHEN = Type(10, bold=True)
_WHERE = Type(10)
_LABEL = Type(8, MUTED)
_VALUE = Type(13, bold=True)
_ID = Type(14, bold=True, align="C")
_SMALL = Type(SMALLEST, MUTED, align="C")

# What of the space that is left stands before the letters.
_BEFORE = {"L": 0.0, "C": 0.5, "R": 1.0}

# One at a time: others are served between the pages of a large order.
_press = Semaphore(1)


def make(booking: Booking) -> bytes:
    """Return what ``render`` makes, while others are served."""
    with _press:
        return render(booking)


# The letter, the page and an impatient buyer ask for the same one.
@lru_cache(maxsize=32)
def render(booking: Booking) -> bytes:
    """Draw the good passes of a booking, of which there is one at least."""
    with languages.reading(languages.reader_in(booking.language)):
        sheets = Sheets(booking)
        for number, each in enumerate(booking.good):
            if number:
                eventlet.sleep(0)
            sheets.add(each)
        return sheets.finish()


class Sheets:
    """The pages of one document."""

    def __init__(self, booking: Booking) -> None:
        self._booking = booking
        self._fonts = tuple(fonts.needed_for(_words(booking)))
        self._file = PdfFile(WIDTH / _POINT, HEIGHT / _POINT, self._fonts)
        self._sheet = self._file.new_sheet()

    def add(self, each: Pass) -> None:
        self._sheet = self._file.new_sheet()
        self._draw_band()
        with self._sheet.marked(TEXT):
            self._draw_facts(each, self._draw_heading())
        self._draw_code(each)
        self._file.add(self._sheet)

    def finish(self) -> bytes:
        booking = self._booking
        about = About(
            title=self._drawable(_("Passes for %(name)s", name=booking.name)),
            author="Ticketing",
            subject=_("Order %(order)s", order=booking.order_id),
            language=booking.language,
            made=booking.made,
        )
        return self._file.finish(about)

    def _draw_band(self) -> None:
        with self._sheet.decoration():
            self._fill(NAVY, 0, _BAND)
            self._fill(GOLD, _BAND, 1)
        with self._sheet.marked(TEXT):
            self._write("Ticketing", _BRAND, (MARGIN, 4))
            self._write(_("Admits one, once"), _MOTTO, (MARGIN, 4.8))

    def _draw_heading(self) -> float:
        """Write what it is for; return where that ends."""
        bottom = self._write(self._booking.name, _NAME, (MARGIN, 19), rows=2)
        detail, place = self._booking.detail, (MARGIN, bottom + 0.5)
        if not detail:
            return bottom
        return self._write(detail, _DETAIL, place, rows=2)

    def _draw_facts(self, each: Pass, top: float) -> None:
        booking = self._booking
        if event := booking.event:
            top = self._write(event.when, _WHEN, (MARGIN, top + 2.5))
            if event.venue:
                top = self._write(event.venue, _WHERE, (MARGIN, top), rows=2)
        unit = (MARGIN, booking.kind, each.label)
        price = (MARGIN + HALF, _("Price"), sum_(booking.price, booking.currency))
        for left, name, value in (unit, price):
            bottom = self._write(name, _LABEL, (left, top + 2.5), width=HALF)
            self._write(value, _VALUE, (left, bottom), width=HALF)

    def _draw_code(self, each: Pass) -> None:
        with self._sheet.marked(
            Mark("Figure", _("QR code of pass %(id)s", id=each.id))
        ):
            box = _box((WIDTH - _CODE) / 2, _CODE_TOP, _CODE, _CODE)
            self._sheet.show(qr.rows(each.code), box)
        text = _(
            "Show this code at the door. Order %(order)s", order=self._booking.order_id
        )
        with self._sheet.marked(TEXT):
            self._write(each.id, _ID, (MARGIN, _CODE_TOP + _CODE))
            self._write(text, _SMALL, (MARGIN, _FOOT))

    def _write(
        self,
        text: str,
        type_: Type,
        place: Place,
        width: float = INNER,
        rows: int = 1,
    ) -> float:
        """Write a text into so many rows, smaller or cut if need be; return its end."""
        room = Room(width / _POINT, rows, SMALLEST)
        size, lines = fit(self._drawable(text), self._fonts, type_.size, room)
        height = size * _LEADING
        left, top = place[0] / _POINT, place[1] / _POINT
        for number, line in enumerate(lines):
            free = room.width - line.width * size / 1000
            self._sheet.write(
                line,
                Look(size, type_.color, type_.bold),
                left=left + free * _BEFORE[type_.align],
                base=top + number * height + size * _BASE,
            )
        return place[1] + len(lines) * height * _POINT

    def _fill(self, color: Color, top: float, height: float) -> None:
        self._sheet.fill(color, _box(0, top, WIDTH, height))

    def _drawable(self, text: str) -> str:
        return fonts.drawable(text, self._fonts)


def _box(left: float, top: float, width: float, height: float) -> Box:
    """Return a box of millimetres in points."""
    return left / _POINT, top / _POINT, width / _POINT, height / _POINT


def _words(booking: Booking) -> str:
    """All the characters that others than us have chosen."""
    event = f"{booking.event.when}{booking.event.venue}" if booking.event else ""
    labels = (each.label for each in booking.good)
    return "".join((booking.name, booking.detail, event, *labels))
