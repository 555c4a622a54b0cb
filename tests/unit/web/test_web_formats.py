"""Money and times as the reader of a page writes them."""

import pytest

from ticketing.ids import new_id
from ticketing.money import CURRENCIES
from web import formats, languages


@pytest.mark.parametrize(
    ("price", "text"),
    [(20, "$20.00"), (0.01, "$0.01"), (19.9, "$19.90"), (999999.99, "$999,999.99")],
)
def test_money_has_two_decimals_and_separators(price, text):
    assert formats.money(price, "usd") == text


# Spaces that do not break lines.
WIDE, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("en_US", ["$1,200.00", "€1,200.00", "£1,200.00", "¥1,200"]),
        ("en_GB", ["US$1,200.00", "€1,200.00", "£1,200.00", "JP¥1,200"]),
        ("de_DE", [f"1.200,00{WIDE}{sign}" for sign in "$€£"]),
        ("fr_FR", [f"1{NARROW}200,00{WIDE}$US", f"1{NARROW}200,00{WIDE}€"]),
        ("ja_JP", ["$1,200.00", "€1,200.00", "£1,200.00", "￥1,200"]),
    ],
)
def test_money_is_written_as_its_reader_writes_it(locale, texts):
    written = [formats.money(1200, each, locale) for each in CURRENCIES]
    assert written[: len(texts)] == texts


def test_a_sum_of_yen_has_no_decimals():
    assert formats.money(99_999_999, "jpy") == "¥99,999,999"
    assert formats.money(1200.0, "jpy", "de_DE") == f"1.200{WIDE}¥"


def test_a_price_is_typed_without_separators():
    assert formats.amount(1234.5, "usd") == "1234.50"
    assert formats.amount(1234, "jpy") == formats.amount(1234.0, "jpy") == "1234"
    assert formats.amount(0, "gbp") == "0.00"


def test_times_are_written_out_and_never_later_than_they_are():
    assert formats.moment("2026-01-01T09:05:59.999Z") == "1 January 2026, 09:05 UTC"


def test_the_time_of_an_event_is_that_of_its_place():
    start = {"startsAt": "2026-07-01T18:05:00.000Z", "timezone": "America/New_York"}
    assert formats.start(start) == "Wednesday, 1 July 2026, 14:05 New York time"
    assert formats.moment("2026-07-01T23:05:00.000Z", "Asia/Tokyo").startswith("2 July")
    typed = formats.typed_time(start["startsAt"], "Europe/Berlin")
    assert typed == "2026-07-01T20:05"


def test_germans_read_times_and_numbers_as_they_write_them():
    start = {"startsAt": "2026-07-01T18:05:00.000Z", "timezone": "Europe/Vienna"}
    with languages.reading(languages.reader_in("de")):
        written = formats.start(start)
        assert written == "Mittwoch, 1. Juli 2026, 20:05 Uhr (Ortszeit Wien)"
        assert formats.moment(start["startsAt"]) == "1. Juli 2026, 18:05 Uhr UTC"
        assert formats.tickets(1200) == "1.200 Tickets"
        assert formats.typed_price(1200, "eur") == "1200,00"
        assert formats.seats(["A-1", "B"]) == "Plätze A-1, B"
        least = formats.alternatives([(0.5, "usd"), (0.5, "eur"), (50, "jpy")])
        assert least.replace(WIDE, " ") == "0,50 $, 0,50 € oder 50 ¥"


def test_an_id_tells_when_it_was_given():
    thing = new_id()
    assert formats.made_at(thing).endswith("Z")


def test_labels_with_a_hyphen_stay_on_one_line():
    """And are text, whatever a seller has typed."""
    page = formats.unbroken("Seats A-1, Box, <b-2>")
    assert page == (
        'Seats <span class="unbroken">A-1</span>, Box, '
        '<span class="unbroken">&lt;b-2&gt;</span>'
    )
    assert formats.unbroken("Box & <b>") == "Box &amp; &lt;b&gt;"
