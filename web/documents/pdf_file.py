"""A PDF of sheets: its fonts, its pictures, and what it tells readers aloud.

What is on a sheet is tagged: text, and what a picture shows (ISO 32000, 14.7).
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pydyf

from web.documents.embedding import Letters
from web.documents.pdf_objects import Reference, add, add_font, add_stream
from web.documents.sheet import Mark, Rows, Sheet

# Dots of a picture for each of its modules: no viewer blurs it.
DOTS = 8
# More of it costs more time than it saves on the way.
_EFFORT = 4


@dataclass(frozen=True)
class About:
    """What a document says of itself."""

    title: str
    author: str
    subject: str
    language: str
    made: datetime


class PdfFile:
    """Sheets of one size, in points, with text of these fonts."""

    def __init__(self, width: float, height: float, fonts: tuple[Path, ...]) -> None:
        self._size = (width, height)
        self._fonts = {path: Letters(path, f"F{n}") for n, path in enumerate(fonts)}
        self._pdf = pydyf.PDF()
        self._font_names = add(self._pdf, {})
        self._root = add(self._pdf, {"Type": "/StructTreeRoot"})
        self._story = add(self._pdf, _element("/Document", self._root.reference))
        # Of each page what its marks are, in their order.
        self._told: list[list[Reference]] = []

    def new_sheet(self) -> Sheet:
        return Sheet(self._size[1], self._fonts)

    def add(self, sheet: Sheet) -> None:
        """Add a page, as it is now."""
        pictures = {f"I{n}": self._picture(p) for n, p in enumerate(sheet.pictures)}
        page = pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": self._pdf.pages.reference,
                "MediaBox": pydyf.Array(
                    [0, 0, *(f"{side:.2f}" for side in self._size)]
                ),
                "Contents": add_stream(self._pdf, _pressed(sheet.content)),
                "Resources": self._resources(pictures),
                "StructParents": len(self._told),
                "Tabs": "/S",
            }
        )
        self._pdf.add_page(page)
        numbered = enumerate(sheet.marks)
        self._told.append([self._tell(mark, n, page.reference) for n, mark in numbered])

    def finish(self, about: About) -> bytes:
        """Return the file; what is the same is so byte for byte."""
        for letters in self._fonts.values():
            if letters.are_shown:
                self._font_names[letters.name] = add_font(self._pdf, letters.part())
        self._finish_tags()
        self._describe(about)
        file = BytesIO()
        self._pdf.write(file)
        return file.getvalue()

    def _resources(self, pictures: dict[str, Reference]) -> pydyf.Dictionary:
        return pydyf.Dictionary(
            {"Font": self._font_names.reference, "XObject": pydyf.Dictionary(pictures)}
        )

    def _picture(self, rows: Rows) -> Reference:
        # A byte each module is as many dots of one bit as there are to a row of it.
        dots = b"".join(row * DOTS for row in rows)
        return add_stream(
            self._pdf,
            _pressed(dots),
            Type="/XObject",
            Subtype="/Image",
            Width=len(rows[0]) * DOTS,
            Height=len(rows) * DOTS,
            ColorSpace="/DeviceGray",
            BitsPerComponent=1,
        )

    def _tell(self, mark: Mark, number: int, page: Reference) -> Reference:
        told = _element(f"/{mark.kind}", self._story.reference)
        told |= {"Pg": page, "K": number}
        if mark.shows:
            told["Alt"] = pydyf.String(mark.shows)
        return add(self._pdf, told).reference

    def _finish_tags(self) -> None:
        of_pages = pydyf.Array()
        for number, told in enumerate(self._told):
            of_pages += [number, pydyf.Array(told)]
        self._story["K"] = pydyf.Array(each for told in self._told for each in told)
        self._root["K"] = self._story.reference
        self._root["ParentTree"] = pydyf.Dictionary({"Nums": of_pages})

    def _describe(self, about: About) -> None:
        self._pdf.info |= {
            "Title": pydyf.String(about.title),
            "Author": pydyf.String(about.author),
            "Subject": pydyf.String(about.subject),
            "CreationDate": pydyf.String(f"D:{about.made:%Y%m%d%H%M%SZ}"),
        }
        self._pdf.catalog |= {
            "Lang": pydyf.String(about.language),
            "MarkInfo": pydyf.Dictionary({"Marked": "true"}),
            "StructTreeRoot": self._root.reference,
            "ViewerPreferences": pydyf.Dictionary({"DisplayDocTitle": "true"}),
        }


def _pressed(content: bytes) -> bytes:
    return zlib.compress(content, _EFFORT)


def _element(kind: str, parent: Reference) -> dict[str, object]:
    return {"Type": "/StructElem", "S": kind, "P": parent}
