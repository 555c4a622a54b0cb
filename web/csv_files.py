"""Tables to download: CSV as RFC 4180 has it, made for spreadsheets.

It begins with a byte order mark, without which Excel takes UTF-8 for something else.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from werkzeug.wrappers import Response

from ticketing.clock import from_iso

Row = Sequence[str | int]

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_MAX_NAME = 60
# What spreadsheets take for the beginning of a formula.
_FORMULA = re.compile(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n]")
# Where decimals have a comma, they take this for the end of a cell, whatever we say.
_OTHER_CELLS = ";"


def download(name: str, header: Row, pages: Iterator[list[Row]]) -> Response:
    """Answer with a file that is sent page by page, as ``pages`` yields them.

    The first page is read at once, so that what it raises can be answered. What a
    later one raises breaks the download off, which nobody can take for its end.
    """
    first = next(pages, [])
    parts = map(_lines, chain([[header], first], pages))
    response = Response(chain([BOM], parts), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def file_name(*parts: str) -> str:
    """Return a name that every system takes: ``orders-one-night-only``."""
    words = re.findall(r"[a-z0-9]+", " ".join(parts).lower())
    return "-".join(words)[:_MAX_NAME].rstrip("-")


def time_cell(iso: str) -> str:
    """Write an ISO time as spreadsheets know it: ``2026-01-31 12:00:00``, in UTC."""
    return f"{from_iso(iso):%Y-%m-%d %H:%M:%S}"


def _lines(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(map(_harmless, rows))
    return text.getvalue()


def _harmless(row: Row) -> list[str | int]:
    return [_as_text(cell) if isinstance(cell, str) else cell for cell in row]


def _as_text(cell: str) -> str:
    """Keep a text from being run: an apostrophe before it says that it is none."""
    parts = cell.split(_OTHER_CELLS)
    return _OTHER_CELLS.join(f"'{p}" if _FORMULA.match(p) else p for p in parts)
