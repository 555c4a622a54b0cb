"""Prices: read exactly or not at all, written as they were read."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.money import (
    CURRENCIES,
    DECIMALS,
    MAX_MINOR,
    MINIMUM,
    major,
    minor,
    plain,
)

AMOUNTS = st.integers(1, MAX_MINOR)
ANY = st.sampled_from(CURRENCIES)
CENTS = [each for each in CURRENCIES if DECIMALS[each] == 2]

NO_PRICES = {
    "negative": -1,
    "zero": 0,
    "negative zero": -0.0,
    "too exact": 0.001,
    "too exact in the thirtieth decimal": Decimal("0.010000000000000000000000000001"),
    "rounded down to the limit": Decimal("999999.990000000000000000000000000001"),
    "beyond the limit": 1_000_000,
    "2 to the 63rd": 2**63,
    "beyond what a float holds": Decimal("1e309"),
    "beyond what a Decimal computes": Decimal("1e999999"),
    "too small to compute": Decimal("1e-999999"),
    "more digits than are read": 10**5000,
    "infinite": float("inf"),
    "minus infinite": float("-inf"),
    "not a number": float("nan"),
    "a signalling NaN": Decimal("sNaN"),
    "text": "10",
    "true": True,
    "nothing": None,
    "a list": [1],
    "an object": {"$gt": 0},
}


NO_YEN = {
    "half a yen": 10.5,
    "a hundredth of a yen": Decimal("0.01"),
    "beyond the limit": 100_000_000,
    "zero": 0,
    "negative": -1,
}


@pytest.mark.parametrize("currency", CENTS)
@pytest.mark.parametrize("value", NO_PRICES.values(), ids=NO_PRICES)
def test_what_is_no_price_is_refused(value, currency):
    with pytest.raises(ValueError, match=r"number|price|limit"):
        minor(value, currency)


@pytest.mark.parametrize("value", NO_YEN.values(), ids=NO_YEN)
def test_what_is_no_price_in_yen_is_refused(value):
    with pytest.raises(ValueError, match="price"):
        minor(value, "jpy")


@given(AMOUNTS, ANY)
def test_amounts_survive_the_way_through_json_whoever_parses_it(amount, currency):
    text = json.dumps(major(amount, currency))
    assert minor(json.loads(text), currency) == amount
    assert minor(json.loads(text, parse_float=Decimal), currency) == amount


@given(AMOUNTS)
def test_amounts_are_written_with_the_decimals_of_the_currency_at_most(amount):
    for currency in CENTS:
        assert Decimal(str(major(amount, currency))) == Decimal(amount) / 100
    assert major(amount, "jpy") == amount


def test_a_whole_number_is_written_without_decimals():
    assert json.dumps(major(2000, "usd")) == "20"
    assert json.dumps(major(2000, "jpy")) == "2000"
    assert json.dumps(major(0, "eur")) == "0"


@given(
    st.decimals(allow_nan=True, allow_infinity=True) | st.floats() | st.integers(), ANY
)
def test_a_number_is_read_exactly_or_refused(value, currency):
    try:
        amount = minor(value, currency)
    except ValueError:
        return
    assert 1 <= amount <= MAX_MINOR
    assert Decimal(amount).scaleb(-DECIMALS[currency]) == Decimal(str(value))


@pytest.mark.parametrize(("value", "amount"), [(0.01, 1), (19.99, 1999), (1e2, 10_000)])
@pytest.mark.parametrize("currency", CENTS)
def test_a_float_is_read_as_the_decimal_number_it_was_written_as(
    value, amount, currency
):
    assert minor(value, currency) == amount
    assert minor(999999.99, currency) == MAX_MINOR


def test_yen_are_read_as_they_are():
    assert minor(1200, "jpy") == minor(1200.0, "jpy") == minor(Decimal("1.2e3"), "jpy")
    assert minor(99_999_999, "jpy") == MAX_MINOR


@given(AMOUNTS, ANY)
def test_amounts_are_told_with_all_decimals_and_their_code(amount, currency):
    number, code = plain(amount, currency).split()
    assert (minor(Decimal(number), currency), code) == (amount, currency.upper())


def test_the_least_that_can_be_charged_is_known_for_every_currency():
    told = [plain(MINIMUM[each], each) for each in CURRENCIES]
    assert told == ["0.50 USD", "0.50 EUR", "0.30 GBP", "50 JPY"]
