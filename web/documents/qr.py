"""QR codes: what a door reads off a screen or off paper."""

from collections.abc import Iterable

import segno
from PIL import Image

from web.documents import aside

BORDER = 4  # the quiet zone that readers need, in modules
_SCALE = 8
# Any mask can be read; to look for the nicest one takes five times as long.
_MASK = 3


def svgs(codes: Iterable[str]) -> list[str]:
    """Return what ``svg`` makes of each code, while others are served."""
    return aside.run(lambda: list(map(svg, codes)))


def svg(code: str) -> str:
    """Return the code as an ``<svg>`` element of no size of its own."""
    return _make(code).svg_inline(border=BORDER, omitsize=True, svgclass=None)


def picture(code: str) -> Image.Image:
    """Return the code in black on white, so large that no viewer blurs it."""
    rows = tuple(_make(code).matrix_iter(border=BORDER))
    side = len(rows)
    shades = bytes(0 if dark else 255 for row in rows for dark in row)
    small = Image.frombytes("L", (side, side), shades)
    large = (side * _SCALE, side * _SCALE)
    return small.resize(large, Image.Resampling.NEAREST).convert("1")


def _make(code: str) -> segno.QRCode:
    return segno.make_qr(code, error="m", mask=_MASK)
