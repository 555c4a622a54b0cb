"""The words of the pages in other languages."""

import re
import subprocess
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from web_every_page import every_page_of
from web_markup import check, told

import web
from web import languages, translations
from web.translations import gettext, ngettext

ROOT = Path(__file__).parents[3]
GERMAN = languages.reader_in("de")
# What pages show that is no word of ours.
DATA = re.compile(
    r"Ticketing|English|Deutsch|Visa|Mastercard|Your card was declined\.|"
    r"[\w.]+@example\.com|One < two & three|Mine|\b[0-9a-f]{24}\b|\b[A-Z]{3}\b|"
    r"(?<=: )[0-9a-f]{32}\b"
)
# The line break after a block is not part of a page: what follows stands right behind.
GLUED = re.compile(
    r"endtrans %\}(?:\{% end\w+ %\})*\n(?:\{% if[^\n]*\n)*"
    r"\{(?:% trans|\{ _\(|\{ n?p?gettext\()[^\n]*"
)
TEMPLATES = sorted(Path(web.__file__).parent.glob("templates/**/*.*"))
SPOKEN = {"aria-label", "alt", "placeholder", "title"}


@pytest.fixture(params=[each for each in languages.LANGUAGES if each != "en"])
def catalogue(request):
    with translations.catalogue_path(request.param).open("rb") as file:
        return read_po(file, locale=request.param, abort_invalid=True)


def test_the_catalogues_have_every_message_and_no_other():
    """What is new or gone in web/ is brought in by scripts/messages."""
    command = [ROOT / "scripts" / "messages", "--check"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_there_is_a_space_between_two_sentences(template):
    """Also where one of them is there only sometimes."""
    assert GLUED.findall(template.read_text()) == []


def test_every_message_is_translated(catalogue):
    """None is empty, unsure or left over."""
    messages = [message for message in catalogue if message.id]
    empty = [each.id for each in messages if not all(texts_of(each.string))]
    unsure = [each.id for each in messages if each.fuzzy]
    assert (empty, unsure, list(catalogue.obsolete)) == ([], [], [])


def test_a_translation_has_the_values_of_its_message(catalogue):
    """And the tags: a page is made of it."""
    assert [str(error) for _, errors in catalogue.check() for error in errors] == []
    for message in catalogue:
        for text, first in zip(
            texts_of(message.string), texts_of(message.id), strict=True
        ):
            assert parts_of(text) == parts_of(first), message.id


def texts_of(forms):
    return [forms] if isinstance(forms, str) else forms


def parts_of(text):
    return sorted(re.findall(r"%\(\w+\)s|</?\w+[^>]*>", text))


def test_quotes_are_those_of_the_language(catalogue):
    """Only markup has straight ones."""
    for message in catalogue:
        for text in texts_of(message.string) if message.id else []:
            words = re.sub(r"<[^>]*>", "", text)
            assert not re.search("[\"']", words), text
            assert words.count("„") == words.count("“"), text


def test_a_message_takes_its_values_and_the_form_of_its_number():
    with languages.reading(GERMAN):
        assert gettext("The reason: %(reason)s", reason="krank") == "Grund: krank"
        texts = [
            ngettext("%(number)s ticket", "%(number)s tickets", number, number=number)
            for number in (0, 1, 2)
        ]
    assert texts == ["0 Tickets", "1 Ticket", "2 Tickets"]
    assert gettext("The reason: %(reason)s", reason="ill") == "The reason: ill"


def test_every_page_is_german_for_who_wants_it(world, buyer):
    """The pages pass the same checks, and say which language they are in."""
    world.language = "de-AT, en;q=0.5"
    for name, answer in every_page_of(world, buyer).items():
        assert answer.headers["Content-Language"] == "de", name
        assert {"accept-language", "cookie"} <= answer.vary.as_set(), name
        check(answer.get_data(as_text=True), "de")


def test_macros_do_not_keep_the_words_of_their_first_reader(world, buyer):
    """Jinja keeps the modules of templates."""
    for number in range(30):
        world.sell(f"Opera {number}")
    seen = []
    for language in ("de", "en", "de", "en"):
        world.language = language
        seen.append(told_in(language, buyer.get("/")))
    assert seen[:2] == seen[2:]
    assert "Ältere Tickets" in seen[0]
    assert "Older tickets" in seen[1]


def told_in(language, answer):
    html = answer.get_data(as_text=True)
    check(html, language)
    return told(answer) if language == "en" else html


class Marked(NullTranslations):
    """Puts a mark around what went through it."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, one, several, number):
        return self.gettext(one if number == 1 else several)

    def pgettext(self, context, message):
        return self.gettext(message)


class Words(HTMLParser):
    """All that is read of a page, seen or heard."""

    def __init__(self, html):
        super().__init__()
        self.found, self._silent = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._silent = tag in {"style", "script"}
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_data(self, data):
        if not self._silent:
            self.found.append(data)


def test_no_word_of_a_page_is_left_out(world, buyer, monkeypatch):
    """Whatever is read on a page went through the catalogue."""
    monkeypatch.setitem(translations._catalogues, "de", Marked())
    world.language = "de"
    for name, answer in every_page_of(world, buyer).items():
        words = "\n".join(Words(answer.get_data(as_text=True)).found)
        while words != (words := re.sub(r"⟦[^⟦⟧]*⟧", "", words)):
            pass
        assert not re.findall(r"[^\W\d_]{2,}.*", DATA.sub("", words)), name
