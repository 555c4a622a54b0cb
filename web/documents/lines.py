"""Text in lines that are no longer than there is room. Lengths as in ``shaping``."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from web.documents.shaping import Line, letters, shape

Fonts = tuple[Path, ...]
_MORE = "…"


class Fitted(NamedTuple):
    """Lines, and the size of the letters at which there is room for them."""

    size: float
    lines: tuple[Line, ...]


class Room(NamedTuple):
    """So many lines of a width, in points, in letters of no less than ``smallest``."""

    width: float
    rows: int
    smallest: float


# Most texts are the same on all passes of a sale.
@lru_cache(maxsize=64)
def fit(text: str, fonts: Fonts, size: float, room: Room) -> Fitted:
    """Write a text into a room, smaller or cut if need be."""
    whole = shape(text, fonts).width / 1000
    while size > room.smallest and whole * size > room.width * room.rows:
        size = max(room.smallest, size - 1)
    while True:
        texts = broken(text, fonts, room.width / size * 1000)
        if len(texts) <= room.rows:
            break
        if size <= room.smallest:
            texts = [*texts[: room.rows - 1], f"{texts[room.rows - 1][:-1]}{_MORE}"]
            break
        size = max(room.smallest, size - 1)
    return Fitted(size, tuple(shape(each, fonts) for each in texts))


def broken(text: str, fonts: Fonts, width: float) -> list[str]:
    """Break a text between words, and within those that are longer than a line."""
    if shape(text, fonts).width <= width:
        return [text]
    lines = [""]
    for word in _pieces(text, fonts, width):
        longer = f"{lines[-1]} {word}".lstrip()
        if shape(longer, fonts).width <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def _pieces(text: str, fonts: Fonts, width: float) -> Iterator[str]:
    """Yield words, of long ones as much as there is room for at a time."""
    for word in text.split(" "):
        if shape(word, fonts).width <= width:
            yield word
        else:
            yield from _cut(word, fonts, width)


def _cut(word: str, fonts: Fonts, width: float) -> Iterator[str]:
    """Cut a word where no letter falls apart."""
    piece, length = "", 0.0
    for part, advance in letters(word, fonts):
        if piece and length + advance > width:
            yield piece
            piece, length = "", 0.0
        piece, length = piece + part, length + advance
    yield piece
