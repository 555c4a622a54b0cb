"""Words in the language of whoever reads them: gettext, with catalogues by Babel.

Messages are English sentences. A catalogue is read when the process starts, as its
translators write it: ``locales/de/LC_MESSAGES/web.po``. ``scripts/messages`` brings it
up to date.
"""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from web import languages

LOCALES = Path(__file__).with_name("locales")
DOMAIN = "web"


def catalogue_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _read(language: str) -> NullTranslations:
    path = catalogue_path(language)
    if not path.exists():
        return NullTranslations()  # the messages themselves are in this language
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


_catalogues = {language: _read(language) for language in languages.LANGUAGES}


def mark(message: str) -> str:
    """Name a message that is looked up later, by its text, so that it is translated."""
    return message


def gettext(message: str, /, **values: Any) -> str:
    """Return a message for its reader; ``%(name)s`` in it stands for a value."""
    return plain_gettext(message) % values


def ngettext(one: str, several: str, number: int, /, **values: Any) -> str:
    """The same with the form of a message that goes with a number."""
    return plain_ngettext(one, several, number) % values


def plain_gettext(message: str) -> str:
    return _catalogue().gettext(message)


def plain_ngettext(one: str, several: str, number: int) -> str:
    return _catalogue().ngettext(one, several, number)


def plain_pgettext(context: str, message: str) -> str:
    return _catalogue().pgettext(context, message)


def _catalogue() -> NullTranslations:
    return _catalogues[languages.current().language]
