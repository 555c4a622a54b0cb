"""Fonts in a PDF: the glyphs that it shows, and what text they are (ISO 32000, 9.7).

A glyph's code in the PDF is its number in the whole font. Latin letters are the same
part of the main font in all documents, and made once.
"""

import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

from web.documents.fonts import MAIN, Font, opened
from web.documents.shaping import Glyph

# ASCII and Latin-1; dashes, quotation marks, the ellipsis; the euro.
LATIN = (
    *(*range(0x20, 0x7F), *range(0xA0, 0x100)),
    *(0x2013, 0x2014, *range(0x2018, 0x201F), 0x2026, 0x2039, 0x203A),
    0x20AC,
)

# Tables that a PDF has no use for: its text is glyphs in their places.
_UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "OS/2", "name", "cmap", "post")
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{entries}
endcmap
end
end"""
_ENTRIES = 100  # as many as there may be in one list

Texts = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Part:
    """Some glyphs of a font, as a PDF has them; each of the bytes is compressed.

    ``program`` is a TrueType font, or a CFF one (``compact``), which has its own list
    of codes; ``places`` is that list for TrueType. ``unicode`` says what text glyphs
    are, ``widths`` how wide, in thousandths of their size.
    """

    name: str
    program: bytes
    length: int
    compact: bool
    places: bytes
    unicode: bytes
    widths: bytes
    box: tuple[int, ...]
    ascent: int
    descent: int


class Letters:
    """The glyphs of one font that a document shows: their widths, and their texts.

    A PDF calls the font ``name``.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._path = path
        self._font = opened(path)
        self._given = latin_glyphs() if path == MAIN else {}
        self._texts = dict(self._given)
        self._widths: dict[int, int] = {}

    @property
    def are_shown(self) -> bool:
        return bool(self._widths)

    def width_of(self, glyph: int) -> int:
        """Return how wide the document says a glyph is, which it shows from now on."""
        if glyph not in self._widths:
            self._widths[glyph] = self._font.width_of(glyph)
        return self._widths[glyph]

    def tell(self, glyph: Glyph) -> bool:
        """Whether the document can say by the glyph alone what text it is."""
        if not glyph.text:
            return False
        return self._texts.setdefault(glyph.id, glyph.text) == glyph.text

    def part(self) -> Part:
        if self._given and self._widths.keys() <= self._given.keys():
            return _latin()
        ids = frozenset(self._widths.keys() | self._given.keys())
        return _part(self._path, ids, tuple(sorted(self._texts.items())))


@cache
def latin_glyphs() -> dict[int, str]:
    """Return the glyphs that all documents have, with their texts."""
    get = opened(MAIN).shaper.get_nominal_glyph
    return {glyph: chr(code) for code in LATIN if (glyph := get(code))}


@cache
def _latin() -> Part:
    glyphs = latin_glyphs()
    return _part(MAIN, frozenset(glyphs), tuple(sorted(glyphs.items())))


# A sale is of one listing, so its letters have the same words.
@lru_cache(maxsize=8)
def _part(path: Path, ids: frozenset[int], texts: Texts) -> Part:
    font = opened(path)
    plan = hb.SubsetPlan(font.face, _wanted(font, ids))
    face = plan.execute()
    compact = "CFF " in face.table_tags
    program = face.reference_table("CFF ").data if compact else face.blob.data
    extents = font.shaper.get_font_extents("ltr")
    return Part(
        # Six letters say that it is a part.
        name=f"PASSES+{path.stem.partition('[')[0]}",
        program=zlib.compress(program),
        length=len(program),
        compact=compact,
        places=b"" if compact else zlib.compress(_places(plan, ids)),
        unicode=zlib.compress(_unicode(texts).encode()),
        widths=_widths(font, ids),
        box=_box(font),
        ascent=round(extents.ascender * font.scale),
        descent=round(extents.descender * font.scale),
    )


def _wanted(font: Font, ids: frozenset[int]) -> hb.SubsetInput:
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(ids)
    wanted.drop_table_tag_set.update(map(_tag, _UNUSED))
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    if font.face.axis_infos:
        wanted.pin_all_axes_to_default(font.face)
    return wanted


def _tag(name: str) -> int:
    return int.from_bytes(name.encode().ljust(4), "big")


def _box(font: Font) -> tuple[int, ...]:
    """Return the box that every glyph is in."""
    edges = struct.unpack(">4h", font.face.reference_table("head").data[36:44])
    return tuple(round(edge * font.scale) for edge in edges)


def _places(plan: hb.SubsetPlan, ids: frozenset[int]) -> bytes:
    """Return where in the part each glyph of the font is."""
    numbers = plan.old_to_new_glyph_mapping
    places = bytearray(2 * (max(ids) + 1))
    for each in ids:
        places[2 * each : 2 * each + 2] = numbers[each].to_bytes(2, "big")
    return bytes(places)


def _widths(font: Font, ids: frozenset[int]) -> bytes:
    """Return the widths of glyphs: ``[3 [260 268] 9 [573]]``."""
    told, last = "", None
    for each in sorted(ids):
        told += " " if last == each - 1 else f"] {each} ["
        told += str(font.width_of(each))
        last = each
    return f"[{told[2:]}]]".encode()


def _unicode(texts: Texts) -> str:
    """Return the CMap that says which glyphs are which text (ISO 32000, 9.10.3)."""
    entries = [f"<{id_:04X}> <{utf16(text)}>" for id_, text in texts if text]
    lists = (
        "\n".join([f"{len(some)} beginbfchar", *some, "endbfchar"])
        for some in _batched(entries)
    )
    return _CMAP.format(entries="\n".join(lists))


def _batched(entries: list[str]) -> list[list[str]]:
    starts = range(0, len(entries), _ENTRIES)
    return [entries[start : start + _ENTRIES] for start in starts]


def utf16(text: str) -> str:
    """Return a text as the hexadecimal digits that a PDF has for it."""
    return text.encode("utf-16-be", "replace").hex().upper()
