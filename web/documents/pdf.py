"""The passes as a PDF: one A6 page each, to print or to show on a phone.

The same booking gives the same bytes, on any machine and at any time. Lengths are
millimetres, sizes of letters points.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from eventlet.semaphore import Semaphore
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TextMode
from fpdf.prefs import ViewerPreferences

from web import languages
from web.documents import aside, fonts, qr
from web.documents.booking import Booking, Pass
from web.formats import sum_
from web.translations import gettext as _

CONTENT_TYPE = "application/pdf"

WIDTH, HEIGHT = 105, 148
MARGIN = 9
INNER = WIDTH - 2 * MARGIN
HALF = INNER / 2

NAVY, GOLD, INK, MUTED, WHITE = "#1d3a6e", "#f0ae2b", "#1b1d24", "#595c66", "#ffffff"
SMALLEST = 7.0
_POINT = 25.4 / 72
_LEADING = 1.3
# Noto Sans comes in one weight here; an outline makes it as bold in every script.
_OUTLINE = 0.012

_BAND = 13
_CODE = 56
_CODE_TOP = 74
_FOOT = HEIGHT - 8

Place = tuple[float, float]


@dataclass(frozen=True)
class Type:
    """How letters look."""

    size: float
    color: str = INK
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

# One at a time: fonts take memory, and all of Python shares a core.
_press = Semaphore(1)


def make(booking: Booking) -> bytes:
    """Return what ``render`` makes, while others are served."""
    with _press:
        return aside.run(render, booking)


# The letter, the page and an impatient buyer ask for the same one.
@lru_cache(maxsize=32)
def render(booking: Booking) -> bytes:
    """Draw the good passes of a booking, of which there is one at least."""
    with languages.reading(languages.reader_in(booking.language)):
        sheets = Sheets(booking)
        for each in booking.good:
            sheets.add(each)
        return sheets.finish()


class Sheets:
    """The pages of one document."""

    def __init__(self, booking: Booking) -> None:
        self._booking = booking
        self._pdf = FPDF(format=(WIDTH, HEIGHT))
        self._pdf.set_auto_page_break(False)
        self._pdf.c_margin = 0
        self._fonts = fonts.needed_for(_words(booking))
        # Most texts are the same on every page.
        self._fitted = cache(self._fit)
        self._add_fonts()
        self._describe()

    def add(self, each: Pass) -> None:
        self._pdf.add_page()
        self._draw_band()
        self._draw_facts(each, self._draw_heading())
        self._draw_code(each)
        text = _(
            "Show this code at the door. Order %(order)s", order=self._booking.order_id
        )
        self._write(text, _SMALL, (MARGIN, _FOOT))

    def finish(self) -> bytes:
        return bytes(self._pdf.output() or b"")

    def _add_fonts(self) -> None:
        names = [f"font{number}" for number in range(len(self._fonts))]
        for name, path in zip(names, self._fonts, strict=True):
            self._pdf.add_font(name, fname=path)
        self._pdf.set_font(names[0])
        self._pdf.set_fallback_fonts(names[1:], exact_match=False)
        self._pdf.set_text_shaping(True)

    def _describe(self) -> None:
        pdf, booking = self._pdf, self._booking
        pdf.set_title(self._drawable(_("Passes for %(name)s", name=booking.name)))
        pdf.set_author("Ticketing")
        pdf.set_subject(_("Order %(order)s", order=booking.order_id))
        pdf.set_lang(booking.language)
        pdf.set_creation_date(booking.made)
        pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def _draw_band(self) -> None:
        self._pdf.set_fill_color(NAVY)
        self._pdf.rect(0, 0, WIDTH, _BAND, style="F")
        self._pdf.set_fill_color(GOLD)
        self._pdf.rect(0, _BAND, WIDTH, 1, style="F")
        self._write("Ticketing", _BRAND, (MARGIN, 4))
        self._write(_("Admits one, once"), _MOTTO, (MARGIN, 4.8))

    def _draw_heading(self) -> float:
        """Write what it is for; return where that ends."""
        bottom = self._write(self._booking.name, _NAME, (MARGIN, 19), rows=2)
        detail, place = self._booking.detail, (MARGIN, bottom + 0.5)
        return self._write(detail, _DETAIL, place, rows=2) if detail else bottom

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
        self._pdf.image(
            qr.picture(each.code),
            x=(WIDTH - _CODE) / 2,
            y=_CODE_TOP,
            w=_CODE,
            alt_text=_("QR code of pass %(id)s", id=each.id),
        )
        self._write(each.id, _ID, (MARGIN, _CODE_TOP + _CODE))

    def _write(
        self, text: str, type_: Type, place: Place, width: float = INNER, rows: int = 1
    ) -> float:
        """Write a text into so many rows, smaller or cut if need be; return its end."""
        size, lines = self._fitted(self._drawable(text), type_.size, width, rows)
        height = size * _POINT * _LEADING
        with self._pdf.local_context(
            font_size_pt=size,
            text_color=type_.color,
            draw_color=type_.color,
            text_mode=TextMode.FILL_STROKE if type_.bold else TextMode.FILL,
            line_width=size * _OUTLINE,
        ):
            for number, row in enumerate(lines):
                self._pdf.set_xy(place[0], place[1] + number * height)
                self._pdf.cell(width, height, row, align=type_.align)
        return place[1] + len(lines) * height

    def _fit(
        self, text: str, size: float, width: float, rows: int
    ) -> tuple[float, list[str]]:
        """Return the size of letters at which a text has so many rows, and the rows."""
        while True:
            lines = self._broken(text, size, width)
            if len(lines) <= rows:
                return size, lines
            if size <= SMALLEST:
                return size, [*lines[: rows - 1], f"{lines[rows - 1][:-1]}…"]
            size = max(SMALLEST, size - 1)

    def _broken(self, text: str, size: float, width: float) -> list[str]:
        with self._pdf.local_context(font_size_pt=size):
            broken = self._pdf.multi_cell(
                width, text=text, dry_run=True, output=MethodReturnValue.LINES
            )
        assert isinstance(broken, list)
        return broken

    def _drawable(self, text: str) -> str:
        return fonts.drawable(text, self._fonts)


def _words(booking: Booking) -> str:
    """All the characters that others than us have chosen."""
    event = f"{booking.event.when}{booking.event.venue}" if booking.event else ""
    labels = (each.label for each in booking.good)
    return "".join((booking.name, booking.detail, event, *labels))
