"""What was typed is read exactly, kept, and told what is wrong with it."""

import pytest

from ticketing.errors import BadRequestError, InvalidInputError, UnavailableError
from web.forms import Form, price_of, whole_of


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
