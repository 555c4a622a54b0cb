"""Text as glyphs in the order in which they stand: HarfBuzz, a font for each script.

Directions are those of Unicode's bidirectional algorithm, UAX #9. Lengths are
thousandths of the size of the letters.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as hb
from bidi import algorithm as bidi

from web.documents.fonts import JOINED, opened

# What may stand from right to left; without it a text stands from left to right.
_TURNING = {"R", "AL", "AN", "RLE", "RLO", "RLI"}
# Isolates are taken as what there was before them.
_ISOLATES = str.maketrans("\u2066\u2067\u2068\u2069", "\u202a\u202b\u202a\u202c")


class Glyph(NamedTuple):
    """``text`` is what it shows, none if it only adds to the glyph before it."""

    id: int
    advance: float
    right: float
    up: float
    text: str


@dataclass(frozen=True)
class Run:
    """Glyphs of one font, from left to right; ``text`` is as it is read."""

    text: str
    font: Path
    glyphs: tuple[Glyph, ...]

    @property
    def width(self) -> float:
        return sum(glyph.advance for glyph in self.glyphs)


@dataclass(frozen=True)
class Line:
    runs: tuple[Run, ...]

    @cached_property
    def width(self) -> float:
        return sum(run.width for run in self.runs)


class _Piece(NamedTuple):
    """Text of one font, at a level of embedding: an odd one is from right to left."""

    text: str
    font: Path
    level: int


# Most words are the same on all passes.
@lru_cache(maxsize=64)
def shape(text: str, fonts: tuple[Path, ...]) -> Line:
    """Return a text of characters that the fonts have as a line."""
    runs = map(_run, _in_sight(_pieces(text, fonts)))
    return Line(tuple(run for run in runs if run.glyphs))


def letters(text: str, fonts: tuple[Path, ...]) -> Iterator[tuple[str, float]]:
    """Yield what of a text belongs together, as it is read, and its width."""
    for piece in _pieces(text, fonts):
        found = list(clusters(_run(piece).glyphs))
        for cluster in reversed(found) if piece.level % 2 else found:
            shown = "".join(glyph.text for glyph in cluster)
            yield shown, sum(glyph.advance for glyph in cluster)


def clusters(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Yield glyphs together that show one text."""
    cluster: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text and cluster:
            yield cluster
            cluster = []
        cluster.append(glyph)
    if cluster:
        yield cluster


def _pieces(text: str, fonts: Sequence[Path]) -> list[_Piece]:
    return [
        _Piece("".join(text for text, _ in same), font, level)
        for part, level in _levels(text)
        for font, same in groupby(_in_fonts(part, fonts), lambda each: each[1])
    ]


def _levels(text: str) -> Iterator[tuple[str, int]]:
    """Yield the parts of a text with their levels."""
    if text.isascii() or _TURNING.isdisjoint(map(unicodedata.bidirectional, text)):
        yield text, 0
        return
    text = text.translate(_ISOLATES)
    level = bidi.get_base_level(text)
    storage = bidi.get_empty_storage()
    storage |= {"base_level": level, "base_dir": "LR"[level]}
    bidi.get_embedding_levels(text, storage)
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, debug=False)
    bidi.resolve_implicit_levels(storage, debug=False)
    for own, same in groupby(storage["chars"], lambda each: each["level"]):
        yield "".join(each["ch"] for each in same), own


def _in_fonts(text: str, fonts: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Yield parts of a text, each with the first font that has it."""
    if len(fonts) == 1:
        yield text, fonts[0]
        return
    font = None
    for character in text:
        if font is None or not _goes_on(character, font):
            font = _first_with(character, fonts)
        yield character, font


def _goes_on(character: str, font: Path) -> bool:
    joined = character == " " or unicodedata.category(character) in JOINED
    return joined and ord(character) in opened(font).characters


def _first_with(character: str, fonts: Sequence[Path]) -> Path:
    known = (font for font in fonts if ord(character) in opened(font).characters)
    return next(known, fonts[0])


def _in_sight(pieces: list[_Piece]) -> list[_Piece]:
    """Return pieces as they stand, from left to right (UAX #9, L2)."""
    highest = max((each.level for each in pieces), default=0)
    for level in range(highest, 0, -1):
        pieces = list(_turned(pieces, level))
    return pieces


def _turned(pieces: list[_Piece], level: int) -> Iterator[_Piece]:
    for high, same in groupby(pieces, lambda each: each.level >= level):
        yield from list(same)[:: -1 if high else 1]


def _run(piece: _Piece) -> Run:
    font = opened(piece.font)
    buffer = hb.Buffer()
    buffer.add_str(piece.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if piece.level % 2 else "ltr"
    hb.shape(font.shaper, buffer)
    # Of nothing there are none.
    infos, placed = buffer.glyph_infos, buffer.glyph_positions or ()
    texts = _texts(piece.text, [info.cluster for info in infos])
    glyphs = map(partial(_glyph, font.scale), infos, placed, texts)
    return Run(piece.text, piece.font, tuple(glyphs))


def _glyph(
    scale: float, info: hb.GlyphInfo, placed: hb.GlyphPosition, text: str
) -> Glyph:
    right, up, advance, _ = placed.position
    return Glyph(info.codepoint, advance * scale, right * scale, up * scale, text)


def _texts(text: str, starts: list[int]) -> list[str]:
    """Return what each glyph shows, by where its text starts.

    Of several for the same text, the first does.
    """
    known = sorted({*starts, len(text)})
    ends = dict(pairwise(known))
    return [
        "" if number and starts[number - 1] == start else text[start : ends[start]]
        for number, start in enumerate(starts)
    ]
