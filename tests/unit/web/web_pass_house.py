"""Bookings and passes to look at, and what a phone reads off them."""

import re

import pypdfium2
import zxingcpp
from PIL import Image

from orders.passes.codes import Claims, PassCodes
from web.documents.booking import Booking

CODES = PassCodes.parse(f"k1={'A' * 43}")
ORDER = "65f0c2a1b2c3d4e5f6071900"
TICKET = "64b7f0c2a1b2c3d4e5f60718"
EVENT = {
    "name": "Opera in the park",
    "venue": "Waldbühne, Berlin",
    "startsAt": "2026-06-30T17:30:00.000Z",
    "timezone": "Europe/Berlin",
    "description": "Bring a cushion",
}
# The longest that a seller may say.
LONG = {"title": "W" * 200, "name": "Ŵ" * 200, "venue": "W" * 200}
_STROKES = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")
_SCALE = 4


def order_json(units=("A-1", "A-2"), title="Front row", price=49.5, **more):
    ticket = {"id": TICKET, "title": title, "price": price}
    total = price * len(units)
    order = {"id": ORDER, "userId": "5" * 24, "ticket": ticket, "units": list(units)}
    told = {"status": "complete", "total": total, "currency": "usd", "version": 2}
    return order | told | more


def ticket_json(event=EVENT, seated=True, **changes):
    ticket = {"id": TICKET, "seated": seated, "version": 7}
    return ticket | ({"event": event | changes} if event else {})


def passes_json(units=("A-1", "A-2"), refunded=(), ticket_id=TICKET):
    return [
        _pass(number, unit, ticket_id)
        | ({"status": "refunded"} if unit in refunded else {})
        for number, unit in enumerate(units)
    ]


def _pass(number, unit, ticket_id):
    pass_id = f"K7QM4T9X{number:04}"
    code = CODES.sign(Claims(ticket_id, unit, pass_id))
    return {"id": pass_id, "unit": unit, "code": code, "status": "valid"}


def booking(
    units=("A-1", "A-2"),
    *,
    title="Front row",
    event=EVENT,
    seated=True,
    refunded=(),
    **changes,
):
    ticket = ticket_json(event, seated, **changes)
    passes = passes_json(units, refunded)
    return Booking.of(order_json(units, title), ticket, passes)


def read_codes(picture):
    """Return what a reader of QR codes sees on a picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def draw_svg(svg):
    """Draw the strokes of an ``<svg>`` of horizontal lines as a browser would."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    picture = Image.new("L", (side, side), 255)
    x = y = 0.0
    for stroke, first, second in _STROKES.findall(re.search(r' d="([^"]+)"', svg)[1]):
        if stroke == "h":
            dark = (int(x), int(y), int(x + float(first)), int(y) + 1)
            picture.paste(0, dark)
            x += float(first)
        else:
            at = (0.0, 0.0) if stroke == "M" else (x, y)
            x, y = at[0] + float(first), at[1] + float(second)
    return picture.resize((side * _SCALE, side * _SCALE), Image.Resampling.NEAREST)


class Printed:
    """A PDF as somebody sees it: its pages' texts and pictures, and what it is."""

    def __init__(self, content):
        self._pdf = pypdfium2.PdfDocument(content)

    def __len__(self):
        return len(self._pdf)

    @property
    def about(self):
        return self._pdf.get_metadata_dict(skip_empty=True)

    def text(self, page=0):
        return self._pdf[page].get_textpage().get_text_range()

    def picture(self, page=0):
        return self._pdf[page].render(scale=3).to_pil()
