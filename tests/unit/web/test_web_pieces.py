"""The pure parts of the pages: money, times, forms, paths, cards."""

import pytest

from stripe_stand_in.cards import TOKENS
from ticketing.errors import BadRequestError, InvalidInputError, UnavailableError
from ticketing.ids import new_id
from ticketing.money import CURRENCIES
from web import formats, languages
from web.checkout import TEST_CARDS, Checkout
from web.forms import Form, price_of, whole_of
from web.paths import safe_path


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
        assert formats.seats(["A-1", "B"]) == "Plätze A-1, B"
        least = formats.alternatives([(0.5, "usd"), (0.5, "eur"), (50, "jpy")])
        assert least.replace(WIDE, " ") == "0,50 $, 0,50 € oder 50 ¥"


def test_an_id_tells_when_it_was_given():
    thing = new_id()
    assert formats.made_at(thing).endswith("Z")


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("20", 20),
        (" 19.99 ", 19.99),
        ("$ 5.5", 5.5),
        ("19,50", 19.5),
        ("7,", 7),
        ("7.", 7),
        ("999999.99", 999999.99),
    ],
)
def test_a_typed_price_is_read_exactly(text, price):
    assert price_of(text, "usd") == price


@pytest.mark.parametrize(
    ("text", "currency", "price"),
    [
        ("€19.50", "eur", 19.5),
        ("19.50 €", "eur", 19.5),
        ("£ 0.30", "gbp", 0.3),
        ("¥1200", "jpy", 1200),
        ("￥1200", "jpy", 1200),
        ("1200.", "jpy", 1200),
        ("99999999", "jpy", 99_999_999),
    ],
)
def test_the_sign_of_the_currency_may_be_typed_beside_a_price(text, currency, price):
    assert price_of(text, currency) == price


@pytest.mark.parametrize(
    ("text", "currency"),
    [("$20", "eur"), ("£20", "usd"), ("€20€", "eur"), ("€", "eur"), ("10.5", "jpy")],
)
def test_what_is_no_price_in_the_currency_is_left_as_well(text, currency):
    assert price_of(text, currency) is None


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "0", "0.001", "1e3", "NaN", "1,000", "1000000", "٣", "9" * 5000],
)
def test_what_is_no_price_is_left_to_the_service_to_refuse(text):
    assert price_of(text, "usd") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [(" 12 ", 12), ("0", 0), ("-1", "-1"), ("1.5", "1.5"), ("", ""), ("٣", "٣")],
)
def test_a_typed_number_is_read_or_left_to_be_refused(text, number):
    assert whole_of(text) == number


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong():
    form = Form({"title": ""}).failed(
        InvalidInputError([{"message": "Too short", "field": "title"}])
    )
    assert (form["title"], form["absent"], form.status) == ("", "", 400)
    assert form.problem("title") == "Too short"
    assert form.problem("price") is None


def test_a_message_without_a_field_goes_where_the_form_wants_it():
    error = BadRequestError("Email in use")
    assert "Sign in" in Form().failed(error, "email").problem("email")
    assert Form().failed(error).problem("email") is None


def test_a_service_that_is_away_is_told_without_its_name():
    form = Form().failed(UnavailableError("tickets is away"))
    assert form.status == 503
    assert "tickets is away" not in form.problems[0]["message"]


@pytest.mark.parametrize("path", ["/", "/orders", "/tickets/1?a=b&c=%2F", "/a//b"])
def test_a_path_of_this_site_is_gone_back_to(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "https://evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: b",
        " /orders",
        "/a b",
        "orders",
        "/é",
        "/" + "a" * 3000,
        "/auth/signin",
    ],
)
def test_any_other_place_is_the_home_page(path):
    assert safe_path(path) == "/"


def test_the_cards_on_offer_are_those_that_stripe_documents():
    assert all(card.token in TOKENS for card in TEST_CARDS)
    assert all(TOKENS[card.token].last4 == card.last4 for card in TEST_CARDS)
    works = [card for card in TEST_CARDS if TOKENS[card.token].decline is None]
    authenticated = [card for card in works if TOKENS[card.token].authenticate]
    assert [card.outcome for card in authenticated] == ["asks you to confirm first"]
    assert [c.outcome for c in works if c not in authenticated] == ["works"] * 2


@pytest.mark.parametrize(
    ("config", "is_test", "stand_in"),
    [
        ({"STRIPE_API_BASE": "http://x", "STRIPE_SECRET_KEY": "sk_test_1"}, True, True),
        ({"STRIPE_API_BASE": "", "STRIPE_SECRET_KEY": "sk_test_1"}, True, False),
        ({"STRIPE_SECRET_KEY": "rk_test_1"}, True, False),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, False, False),
        ({}, False, False),
    ],
)
def test_test_cards_are_offered_for_test_money_only(config, is_test, stand_in):
    checkout = Checkout.of(config)
    assert (checkout.is_test, checkout.stand_in) == (is_test, stand_in)
    assert bool(checkout.cards) == is_test


def test_only_an_offered_card_is_taken():
    checkout = Checkout.of({"STRIPE_API_BASE": "http://x"})
    checkout.check("tok_visa")
    for token in ("", "tok_other"):
        with pytest.raises(BadRequestError, match="Choose a card"):
            checkout.check(token)
    with pytest.raises(BadRequestError, match="cannot take a card yet"):
        Checkout.of({}).check("tok_visa")
