"""Which font draws which characters: Noto Sans, for whatever script it can.

A font is read where it lies, as far as it is needed: what was printed before costs no
memory but its addresses.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
# Parts of what is before them, or instructions about it.
JOINED = {"Cf", "Mn", "Mc", "Me"}

_NOTO = Path(str(files("manimgx_fonts")))
_CJK = Path(str(files("noto_cjk_sans_otc"))) / "NotoSansCJK-Regular.ttc"

MAIN = _NOTO / "NotoSans[wght].ttf"
_SCRIPTS = [
    path
    for path in sorted(_NOTO.glob("NotoSans*[[]wght].ttf"))
    if path != MAIN and "Italic" not in path.name
]
# In the order in which they are asked for a character.
FONTS = (MAIN, *_SCRIPTS, _CJK, _NOTO / "NotoEmoji[wght].ttf")


class Font:
    """A font in its regular weight; lengths are thousandths of its size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.face = hb.Face(hb.Blob.from_file_path(path), 0)
        self.shaper = hb.Font(self.face)
        # Code points; a bitmap, so that those of Chinese are a few kilobytes.
        self.characters = self.face.unicodes
        self.scale = 1000 / self.face.upem

    def width_of(self, glyph: int) -> int:
        """Return the advance of a glyph as a PDF tells it."""
        return round(self.shaper.get_glyph_h_advance(glyph) * self.scale)


@cache
def opened(path: Path) -> Font:
    """Return one of FONTS."""
    return Font(path)


def needed_for(text: str) -> list[Path]:
    """Return the fonts that together draw a text as far as any can, MAIN first."""
    missing = set(map(ord, text))
    found = [MAIN]
    for path in FONTS:
        if not missing:
            break
        known = {each for each in missing if each in opened(path).characters}
        missing -= known
        found += [path] if known and path != MAIN else []
    return found


def drawable(text: str, fonts: Iterable[Path]) -> str:
    """Replace what none of the fonts can draw, and leave out what is not drawn."""
    if text.isascii() and text.isprintable():
        return text
    known = [opened(path).characters for path in fonts]
    return "".join(
        character
        if any(ord(character) in characters for characters in known)
        else _substitute(character)
        for character in text
    )


def _substitute(character: str) -> str:
    return "" if unicodedata.category(character) in {"Cf", "Mn"} else UNKNOWN
