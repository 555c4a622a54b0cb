"""Which font draws which characters: Noto Sans, for whatever script it can."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

UNKNOWN = "\N{REPLACEMENT CHARACTER}"

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


@cache
def characters_of(font: Path) -> frozenset[int]:
    """Return the code points that a font can draw."""
    with TTFont(font, lazy=True, fontNumber=0) as opened:
        return frozenset(opened.getBestCmap())


def needed_for(text: str) -> list[Path]:
    """Return the fonts that together draw a text as far as any can, MAIN first."""
    missing = set(map(ord, text))
    found = [MAIN]
    for font in FONTS:
        if missing and not missing.isdisjoint(characters_of(font)):
            missing -= characters_of(font)
            found += [font] if font != MAIN else []
    return found


def drawable(text: str, fonts: Iterable[Path]) -> str:
    """Replace what none of the fonts can draw, and leave out what is not drawn."""
    known = frozenset().union(*map(characters_of, fonts))
    return "".join(
        character if ord(character) in known else _substitute(character)
        for character in text
    )


def _substitute(character: str) -> str:
    return "" if unicodedata.category(character) in {"Cf", "Mn"} else UNKNOWN
