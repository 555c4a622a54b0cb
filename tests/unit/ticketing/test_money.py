"""Prices: read exactly or not at all, written as they were read."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.money import MAX_CENTS, cents, dollars

AMOUNTS = st.integers(1, MAX_CENTS)

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


@pytest.mark.parametrize("value", NO_PRICES.values(), ids=NO_PRICES)
def test_what_is_no_price_is_refused(value):
    with pytest.raises(ValueError, match=r"number|price|limit"):
        cents(value)


@given(AMOUNTS)
def test_cents_survive_the_way_through_json_whoever_parses_it(amount):
    text = json.dumps(dollars(amount))
    assert cents(json.loads(text)) == amount
    assert cents(json.loads(text, parse_float=Decimal)) == amount


@given(AMOUNTS)
def test_dollars_are_written_with_two_decimals_at_most(amount):
    assert Decimal(str(dollars(amount))) == Decimal(amount) / 100


def test_a_whole_number_of_dollars_is_written_without_decimals():
    assert json.dumps(dollars(2000)) == "20"


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.floats() | st.integers())
def test_a_number_is_read_exactly_or_refused(value):
    try:
        amount = cents(value)
    except ValueError:
        return
    assert 1 <= amount <= MAX_CENTS
    assert Decimal(amount) / 100 == Decimal(str(value))


@pytest.mark.parametrize(("value", "amount"), [(0.01, 1), (19.99, 1999), (1e2, 10_000)])
def test_a_float_is_read_as_the_decimal_number_it_was_written_as(value, amount):
    assert cents(value) == amount
    assert cents(999999.99) == MAX_CENTS
