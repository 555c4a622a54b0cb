"""Bodies: strict JSON, and every wrong field named at once."""

import json
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.errors import BadRequestError, InvalidInputError
from ticketing.fields import Input, Price
from ticketing.http.request import read_json, validate

JSON = "application/json"
NO_JSON = {
    "empty": b"",
    "cut off": b'{"a": 1',
    "followed by more": b"{} {}",
    "in single quotes": b"{'a': 1}",
    "with a comment": b"{} // yes",
    "with a comma too many": b'{"a": 1,}',
    "a key twice": b'{"price": 1, "price": 2}',
    "a key twice further in": b'{"a": [{"b": 1, "b": 1}]}',
    "a key twice in other letters": b'{"a": 1, "\\u0061": 2}',
    "NaN": b'{"price": NaN}',
    "Infinity": b'{"price": Infinity}',
    "minus Infinity": b'{"price": -Infinity}',
    "deeply nested": b"[" * 100_000,
    "deeply nested and closed": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of 5,000 digits": b"1" * 5_000,
    "an exponent beyond every number": b'{"price": 1e99999999999999999999}',
    "an exponent below every number": b'{"price": 1e-99999999999999999999}',
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a raw surrogate": b'{"a": "\xed\xa0\x80"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a raw control character": b'{"a": "\x00"}',
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_strict_json_is_refused(body):
    with pytest.raises(BadRequestError, match="not valid JSON"):
        read_json(body, JSON)


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused_and_nothing_else(body):
    try:
        read_json(body, JSON)
    except BadRequestError:
        return


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(ANY_JSON)
def test_json_is_read_as_it_was_written(data):
    assert read_json(json.dumps(data).encode(), JSON) == data


def test_numbers_with_decimals_are_read_exactly():
    assert read_json(b'{"p": 0.1}', JSON) == {"p": Decimal("0.1")}
    assert read_json(b'{"p": 1e309}', JSON) == {"p": Decimal("1e309")}


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_refused(kind):
    with pytest.raises(BadRequestError, match="application/json"):
        read_json(b"{}", kind)


@pytest.mark.parametrize("kind", [JSON, f"{JSON}; charset=utf-8", "a/b+json"])
def test_a_content_type_of_json_is_taken(kind):
    assert read_json(b"{}", kind) == {}


class Wish(Input):
    MESSAGES: ClassVar = {"price": "Price is wrong"}

    title: str
    price: Price
    unit_names: list[str]


def test_every_wrong_field_is_named_at_once_with_its_words():
    with pytest.raises(InvalidInputError) as refused:
        validate(Wish, {"price": -1, "unitNames": ["a", 2]})
    errors = {e["field"]: e["message"] for e in refused.value.errors}
    assert set(errors) == {"title", "price", "unitNames.1"}
    assert errors["price"] == "Price is wrong"
    assert refused.value.status == 400


def test_a_wrong_value_is_not_repeated_to_the_client():
    with pytest.raises(InvalidInputError) as refused:
        validate(Wish, {"title": ["secret"], "price": "secret", "unitNames": "secret"})
    assert "secret" not in json.dumps(refused.value.errors)


@pytest.mark.parametrize("data", [[], "text", 1, None, True, [{"title": "x"}]])
def test_a_body_that_is_no_object_is_refused(data):
    with pytest.raises(BadRequestError, match="JSON object"):
        validate(Wish, data)


def test_keys_that_a_database_would_take_for_orders_mean_nothing():
    wish = {"title": "x", "price": 1, "unitNames": [], "$set": 1, "price.$gt": 0}
    assert set(validate(Wish, wish).model_dump()) == {"title", "price", "unit_names"}
