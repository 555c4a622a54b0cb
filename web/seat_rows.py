"""Seats as people type them: ``A-1 to 40`` for a row, ``Box`` for a single one."""

import re
from typing import NoReturn

from ticketing.errors import InvalidInputError
from ticketing.layout import BETWEEN_RUNS, FROM_TO, Layout
from web.translations import gettext as _

MAX_SEATS = 50_000
# Longer text is no seat, nor a row of them.
_MAX_TEXT = 60
_BETWEEN = re.compile(r"[,;\n]")
# "A-1 to A-40" says the beginning twice; Germans write "bis".
_ROW = re.compile(
    r"(?P<start>.*?)(?P<first>[0-9]{1,9})\s*(?:~|\N{EN DASH}|\s(?:to|bis)\s)\s*"
    r"(?P=start)?(?P<last>[0-9]{1,9})"
)


def typed(layout: str) -> str:
    """Write a layout as people would type it, a row a line."""
    return layout.replace(BETWEEN_RUNS, "\n").replace(FROM_TO, _(" to "))


def labels_of(text: str) -> list[str]:
    """Return the seats that are meant. Raises InvalidInputError about ``seats``."""
    rows = [row.strip() for row in _BETWEEN.split(text) if row.strip()]
    found = [_read(row) for row in rows]
    if sum(size for _, size in found) > MAX_SEATS:
        _refuse(f"There may be at most {MAX_SEATS:,} seats")
    return list(Layout(BETWEEN_RUNS.join(run for run, _ in found)).labels)


def _read(row: str) -> tuple[str, int]:
    """Return a row as a layout has it, and how many seats it is."""
    found = _ROW.fullmatch(row) if len(row) <= _MAX_TEXT else None
    if found is None:
        if FROM_TO in row:
            _refuse(f"We cannot read “{row[:_MAX_TEXT]}”. Write a row as A-1 to 40")
        return row, 1
    size = int(found["last"]) - int(found["first"]) + 1
    if size < 1:
        _refuse(f"“{row}” ends before it begins: put the lower number first")
    return f"{found['start']}{found['first']}{FROM_TO}{int(found['last'])}", size


def _refuse(message: str) -> NoReturn:
    raise InvalidInputError([{"message": message, "field": "seats"}])
