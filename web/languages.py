"""Which language and customs a reader wants: ``Accept-Language``, RFC 9110, 12.5.4."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar, cast

from babel import Locale, UnknownLocaleError

from ticketing.http import Request

T = TypeVar("T")

# Locales are named as Babel names them: ``de``, ``en_US``, ``zh_Hant_TW``.
DEFAULT = "en_US"
ENGLISH = "en"
# What the pages are written in, and the locale that writes dates and numbers so.
LANGUAGES = {ENGLISH: "en_GB", "de": "de"}
# What each calls itself.
NAMES = {ENGLISH: "English", "de": "Deutsch"}
# That of sums of money, where nothing is known of a reader but the language.
_MONEY = {ENGLISH: DEFAULT, "de": "de"}
# Where a browser keeps the language that somebody has chosen.
COOKIE = "language"
# What is longer comes from no browser and is not read any further.
MAX_LENGTH = 1000
MAX_ENTRIES = 10
# Each locale that was ever read stays in memory; nobody may fill it with all of them.
MAX_LOCALES = 64

_ENTRY = re.compile(
    r"\s*([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?(?:-[a-z0-9-]+)?"
    r"\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII | re.IGNORECASE,
)
# What Babel calls the locales that were read, by the names they were wanted under.
_names: dict[str, str] = {}


@dataclass(frozen=True)
class Reader:
    """Reads words in one of LANGUAGES, and sums of money as a locale writes them."""

    language: str = ENGLISH
    locale: str = DEFAULT

    @property
    def customs(self) -> str:
        """The locale of dates and numbers, which stand among words."""
        return LANGUAGES[self.language]


ANYBODY = Reader()
# Macros of imported templates do not see what a page was given.
_reader: ContextVar[Reader] = ContextVar("reader", default=ANYBODY)


def of(request: Request) -> Reader:
    """Return who reads the answer to a request."""
    accepted = request.headers.get("Accept-Language", "")
    return reader_of(accepted, request.cookies.get(COOKIE, ""))


# Browsers of one place send the same few texts.
@lru_cache(maxsize=256)
def reader_of(accepted: str, chosen: str = "") -> Reader:
    """Return who reads what is answered to a browser that accepts this.

    ``chosen`` is the language that somebody has asked for, if it is one of ours.
    """
    if chosen not in LANGUAGES:
        return Reader(language_of(accepted), locale_of(accepted))
    wanted = (entry for entry in _wanted(accepted) if entry[1].lower() == chosen)
    known = filter(None, map(_known, wanted))
    return Reader(chosen, next(known, _MONEY[chosen]))


def reader_in(language: str) -> Reader:
    """Return a reader of whom nothing else is known; of what language ever."""
    known = language if language in LANGUAGES else ENGLISH
    return Reader(known, _MONEY[known])


def language_of(accepted: str) -> str:
    """Return the language that is wanted most among those of the pages."""
    wanted = (entry[1].lower() for entry in _wanted(accepted))
    return next((each for each in wanted if each in LANGUAGES), ENGLISH)


def locale_of(accepted: str) -> str:
    """Return the locale that is wanted most among those that Babel knows."""
    known = map(_known, _wanted(accepted))
    return next(filter(None, known), DEFAULT)


def tag(locale: str) -> str:
    """Return the name that browsers have for a locale, by BCP 47: ``zh-Hant-TW``."""
    return locale.replace("_", "-")


def current() -> Reader:
    """Return who reads what is being written."""
    return _reader.get()


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """What is written inside is for this reader."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


def read_by(reader: Reader, parts: Iterator[T]) -> Iterator[T]:
    """Yield parts, each of which is written when its turn comes."""
    end = object()
    while True:
        with reading(reader):
            part = next(parts, end)
        if part is end:
            return
        yield cast("T", part)


def _wanted(accepted: str) -> list[re.Match[str]]:
    """Return what can be read of the header, most wanted first."""
    texts = accepted[:MAX_LENGTH].split(",")[:MAX_ENTRIES]
    entries = [found for text in texts if (found := _ENTRY.fullmatch(text))]
    entries.sort(key=_weight, reverse=True)
    return [entry for entry in entries if _weight(entry)]


def _weight(entry: re.Match[str]) -> float:
    return float(entry[4] or 1)


def _known(entry: re.Match[str]) -> str | None:
    """Return the nearest locale: of the language alone where its place is not known."""
    language, script, place = entry[1], entry[2], entry[3]
    for parts in ((language, script, place), (language, place), (language,)):
        name = "_".join(filter(None, parts))
        if len(_names) >= MAX_LOCALES and name not in _names:
            continue
        try:
            _names[name] = str(Locale.parse(name))
        except (ValueError, UnknownLocaleError):
            continue
        return _names[name]
    return None
