"""What a reader's browser asks for, and what is made of it."""

from time import perf_counter

import eventlet
import pytest
from babel import Locale
from eventlet import GreenPool
from hypothesis import given
from hypothesis import strategies as st

from web import languages
from web.languages import DEFAULT, MAX_LENGTH, locale_of, tag


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("de", "de"),
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de_DE"),
        ("en-GB,en;q=0.5", "en_GB"),
        ("fr;q=0.5, ja;q=0.8 , en ; q=0.1", "ja"),
        ("DE-ch", "de_CH"),
        ("zh-TW", "zh_Hant_TW"),
        ("zh-Hans-CN", "zh_Hans_CN"),
        ("es-419", "es_419"),
        ("de-DE-1996", "de_DE"),
        ("de-XX", "de"),
        ("tlh, xx-YY, sv;q=0.1", "sv"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("fr;q=0.5,de;q=0.5", "fr"),
        ("*, de;q=0.5", "de"),
    ],
)
def test_what_is_wanted_most_and_known_is_taken(accepted, locale):
    assert locale_of(accepted) == locale


@pytest.mark.parametrize(
    "accepted",
    [
        "",
        "*",
        ",,;;",
        "de;q=0",
        "de;q=2",
        "de;q=nan",
        "de q=1",
        "d",
        "root",
        "../../etc/passwd",
        "de_DE",
        "dé",
        "\0",
        "x" * 100_000,
        "xx," * 11 + "de",
        " " * MAX_LENGTH + "de",
    ],
)
def test_what_says_nothing_is_read_as_the_default(accepted):
    assert locale_of(accepted) == DEFAULT


@given(st.text() | st.text(alphabet="abdehznTWUS-_,;q=.01* \t", max_size=200))
def test_whatever_is_sent_there_is_a_locale(accepted):
    found = locale_of(accepted)
    assert str(Locale.parse(found)) == found
    assert tag(found).replace("-", "").isalnum()


@pytest.mark.parametrize("text", ["de-", ",", "a-b", "de;q=0.", "x", " ", "1", ";q="])
def test_long_headers_take_no_time(text):
    begun = perf_counter()
    locale_of(text * 100_000)
    assert perf_counter() - begun < 0.1


def test_browsers_have_other_names_for_locales():
    assert (tag("zh_Hant_TW"), tag("de")) == ("zh-Hant-TW", "de")


def test_two_who_are_answered_at_once_each_read_their_own():
    """Greenlets change places in the middle of it."""

    def read(reader):
        seen = [languages.current()]
        with languages.reading(reader):
            for _ in range(3):
                eventlet.sleep(0)
                seen.append(languages.current())
        return [*seen, languages.current()]

    pool, nobody = GreenPool(), languages.ANYBODY
    german, french = (languages.reader_of(each) for each in ("de", "fr"))
    first, second = pool.spawn(read, german), pool.spawn(read, french)
    assert first.wait() == [nobody, *[german] * 3, nobody]
    assert second.wait() == [nobody, *[french] * 3, nobody]
    assert languages.current() == nobody
