"""Objects of a PDF: what is added to one, and what a font is made of."""

from collections.abc import Mapping

import pydyf

from web.documents.embedding import Part

Reference = bytes

_CODES = "<</Registry (Adobe) /Ordering (Identity) /Supplement 0>>"
_COMPACT = {"Subtype": "/CIDFontType0C"}
# Its characters are not those of the standard Latin set alone.
_SYMBOLIC = 4
# How thick stems are, for readers that have to do without a font.
_STEM = 87


def add(pdf: pydyf.PDF, entries: Mapping[str, object]) -> pydyf.Dictionary:
    added = pydyf.Dictionary(entries)
    pdf.add_object(added)
    return added


def add_stream(pdf: pydyf.PDF, compressed: bytes, **entries: object) -> Reference:
    stream = pydyf.Stream([compressed], {"Filter": "/FlateDecode"} | entries)
    pdf.add_object(stream)
    return stream.reference


def add_font(pdf: pydyf.PDF, part: Part) -> Reference:
    font = {
        "Type": "/Font",
        "Subtype": "/Type0",
        "BaseFont": f"/{part.name}",
        "Encoding": "/Identity-H",
        "DescendantFonts": pydyf.Array([_add_glyphs(pdf, part)]),
        "ToUnicode": add_stream(pdf, part.unicode),
    }
    return add(pdf, font).reference


def _add_glyphs(pdf: pydyf.PDF, part: Part) -> Reference:
    glyphs = {
        "Type": "/Font",
        "Subtype": "/CIDFontType0" if part.compact else "/CIDFontType2",
        "BaseFont": f"/{part.name}",
        "CIDSystemInfo": _CODES,
        "FontDescriptor": _add_descriptor(pdf, part),
        "W": part.widths,
    }
    if not part.compact:
        glyphs["CIDToGIDMap"] = add_stream(pdf, part.places)
    return add(pdf, glyphs).reference


def _add_descriptor(pdf: pydyf.PDF, part: Part) -> Reference:
    name = "FontFile3" if part.compact else "FontFile2"
    form = _COMPACT if part.compact else {"Length1": part.length}
    descriptor = {
        "Type": "/FontDescriptor",
        "FontName": f"/{part.name}",
        "Flags": _SYMBOLIC,
        "FontBBox": pydyf.Array(part.box),
        "ItalicAngle": 0,
        "Ascent": part.ascent,
        "Descent": part.descent,
        "CapHeight": part.ascent,
        "StemV": _STEM,
        name: add_stream(pdf, part.program, **form),
    }
    return add(pdf, descriptor).reference
