"""QR codes: what a door reads off a screen or off paper."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import eventlet
from zxingcpp import BarcodeFormat, create_barcode, write_barcode_to_image

# Readers cope with a fold or a stain: 15% of a code may be missing.
_LEVEL = "M"
# Any mask can be read; to look for the nicest one takes ten times as long.
_MASK = 3
_DARK = re.compile(rb"\x00+")


def svgs(codes: Iterable[str]) -> list[str]:
    """Return what ``svg`` makes of each code, while others are served."""
    made = []
    for code in codes:
        made.append(svg(code))
        eventlet.sleep(0)
    return made


def svg(code: str) -> str:
    """Return the code as an ``<svg>`` element of no size of its own."""
    modules = rows(code)
    strokes, pen = [], (0, 0)
    for top, row in enumerate(modules):
        for dark in _DARK.finditer(row):
            left, right = dark.span()
            strokes.append(f"m{left - pen[0]} {top - pen[1]}h{right - left}")
            pen = (right, top)
    side, path = len(modules), "".join(strokes)
    return (
        f'<svg viewBox="0 0 {side} {side}"><path stroke="#000" d="M0 .5{path}"/></svg>'
    )


@lru_cache(maxsize=64)
def rows(code: str) -> tuple[bytes, ...]:
    """Return the rows of a code with its quiet zone: a byte each module, 0 if dark."""
    drawn = create_barcode(code, BarcodeFormat.QRCode, ec_level=_LEVEL, data_mask=_MASK)
    # Python before 3.12 has no type for what can be read as bytes.
    image: Any = write_barcode_to_image(drawn, scale=1, add_quiet_zones=True)
    side, modules = image.shape[1], bytes(image)
    return tuple(modules[at : at + side] for at in range(0, len(modules), side))
