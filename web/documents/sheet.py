"""What stands on a page of a PDF, as its operators write it (ISO 32000, 8 and 9).

Lengths are points, from the upper left corner.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from web.documents.embedding import Letters, utf16
from web.documents.shaping import Glyph, Line, Run

# Noto Sans comes in one weight here; an outline makes it as bold in every script.
_OUTLINE = 0.012

Color = str
# Left and upper edge, width and height.
Box = tuple[float, float, float, float]
# A byte each module, 0 where it is dark.
Rows = tuple[bytes, ...]


class Look(NamedTuple):
    """How letters look."""

    size: float
    color: Color
    bold: bool


class Mark(NamedTuple):
    """What something is, by its name in ISO 32000, 14.8.4; what a picture shows."""

    kind: str
    shows: str = ""


TEXT = Mark("P")


def rgb(color: str) -> Color:
    """Return ``#1d3a6e`` as a PDF has it."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return " ".join(f"{part:.4g}" for part in parts)


class Sheet:
    """One page: ``marks`` are the things on it, ``pictures`` those that it shows."""

    def __init__(self, height: float, fonts: Mapping[Path, Letters]) -> None:
        self.marks: list[Mark] = []
        self.pictures: list[Rows] = []
        self._height = height
        self._fonts = fonts
        self._done: list[str] = []

    @property
    def content(self) -> bytes:
        return "\n".join(self._done).encode()

    @contextmanager
    def marked(self, mark: Mark) -> Iterator[None]:
        """Say that what is drawn inside is one thing."""
        self._done.append(f"/{mark.kind} <</MCID {len(self.marks)}>> BDC")
        self.marks.append(mark)
        yield
        self._done.append("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Say that what is drawn inside tells nothing."""
        self._done.append("/Artifact BMC")
        yield
        self._done.append("EMC")

    def fill(self, color: Color, box: Box) -> None:
        left, top, width, height = box
        bottom = self._height - top - height
        self._done.append(
            f"{color} rg {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re f"
        )

    def show(self, picture: Rows, box: Box) -> None:
        left, top, width, height = box
        bottom = self._height - top - height
        place = f"{width:.2f} 0 0 {height:.2f} {left:.2f} {bottom:.2f}"
        self._done.append(f"q {place} cm /I{len(self.pictures)} Do Q")
        self.pictures.append(picture)

    def write(self, line: Line, look: Look, left: float, base: float) -> None:
        """Write a line whose letters stand on ``base``."""
        self._done.append(f"BT {_operators(look)}")
        for run in line.runs:
            letters = self._fonts[run.font]
            pen = _Pen(letters, look.size, left, self._height - base)
            self._done.append(f"/{letters.name} {look.size:g} Tf")
            self._done += pen.write(run)
            left += run.width * look.size / 1000
        self._done.append("ET")


def _operators(look: Look) -> str:
    if not look.bold:
        return f"{look.color} rg 0 Tr"
    outline = f"{look.color} RG {look.size * _OUTLINE:.3f} w"
    return f"{look.color} rg {outline} 2 Tr"


class _Pen:
    """Writes glyphs of one font; knows where it is, from the lower left corner."""

    def __init__(
        self, letters: Letters, size: float, left: float, bottom: float
    ) -> None:
        self._letters = letters
        self._scale = size / 1000
        self._left = left
        self._bottom = bottom

    def write(self, run: Run) -> Iterator[str]:
        """Yield operators; what glyphs do not say by themselves is said beside them."""
        if all(map(self._is_plain, run.glyphs)):
            yield self._row(run.glyphs)
            return
        yield f"/Span <</ActualText <FEFF{utf16(run.text)}>>> BDC"
        for _, row in groupby(run.glyphs, lambda glyph: glyph.up):
            yield self._row(tuple(row))
        yield "EMC"

    def _is_plain(self, glyph: Glyph) -> bool:
        return self._letters.tell(glyph) and not glyph.up

    def _row(self, glyphs: Sequence[Glyph]) -> str:
        """Show glyphs on one height, each moved by what it is not as wide as told."""
        left = self._left + glyphs[0].right * self._scale
        bottom = self._bottom + glyphs[0].up * self._scale
        row, between = "", glyphs[0].right
        for glyph in glyphs:
            before = between - glyph.right
            row += f">{before:g}<{glyph.id:04X}" if before else f"{glyph.id:04X}"
            between = self._letters.width_of(glyph.id) - glyph.advance + glyph.right
            self._left += glyph.advance * self._scale
        return f"1 0 0 1 {left:.2f} {bottom:.2f} Tm [<{row}>] TJ"
