"""Templates that are written in the language of whoever reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from web import formats, service_words, translations

TEMPLATES = Path(__file__).with_name("templates")

_FILTERS: dict[str, Callable[..., str]] = {
    "alternatives": formats.alternatives,
    "day": formats.day,
    "hour": formats.hour,
    "made_at": formats.made_at,
    "moment": formats.moment,
    "money": formats.sum_,
    "number": formats.number,
    "said": service_words.said,
    "seats": formats.seats,
    "start": formats.start,
    "tickets": formats.tickets,
    "unbroken": formats.unbroken,
}


def templates_in(folder: Path) -> Environment:
    """Return the templates of a folder; those of HTML escape what they are given.

    What a module of macros sets outside of them is kept from the first reader on:
    words belong into the macros, or it is imported ``with context``.
    """
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A process has the templates that it was started with, like its code.
        auto_reload=False,
    )
    templates.policies["ext.i18n.trimmed"] = True
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        translations.plain_gettext,
        translations.plain_ngettext,
        newstyle=True,
        pgettext=translations.plain_pgettext,
    )
    templates.filters |= {name: _afresh(write) for name, write in _FILTERS.items()}
    return templates


def _afresh(write: Callable[..., str]) -> Callable[..., str]:
    """Keep Jinja from writing what is constant once for all readers."""

    @pass_context
    def written(_context: Context, *args: Any) -> str:
        return write(*args)

    return written
