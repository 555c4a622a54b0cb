"""Lists by the page: what may be asked for, and what comes then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.errors import InvalidInputError
from ticketing.paging import DEFAULT_LIMIT, MAX_LIMIT, Page, page_of


def test_nothing_asked_for_is_the_first_page_oldest_first():
    assert page_of({}) == Page(DEFAULT_LIMIT, None, descending=False)


@pytest.mark.parametrize("limit", [1, "1", "200", MAX_LIMIT])
def test_a_limit_from_1_to_200_is_taken(limit):
    assert page_of({"limit": limit}).limit == int(limit)


@pytest.mark.parametrize(
    "limit",
    [
        "0",
        "201",
        "-1",
        "1.5",
        "",
        "x",
        "1e2",
        " 1",
        "9" * 5000,
        "0" * 8 + "11000",
        None,
        True,
        {},
    ],
)
def test_another_limit_is_refused(limit):
    with pytest.raises(InvalidInputError) as refused:
        page_of({"limit": limit})
    assert [error["field"] for error in refused.value.errors] == ["limit"]


def test_both_wrong_fields_are_named():
    with pytest.raises(InvalidInputError) as refused:
        page_of({"limit": "x", "order": "sideways"})
    assert [error["field"] for error in refused.value.errors] == ["limit", "order"]


def test_the_next_page_begins_after_the_last_id():
    condition = Page(10, "b").within({"userId": "u"})
    assert condition == {"userId": "u", "_id": {"$gt": "b"}}
    assert Page(10, "b").sort == ("_id", 1)


def test_turned_round_the_next_page_ends_before_the_last_id():
    page = page_of({"order": "desc", "after": "b"})
    assert page.within({}) == {"_id": {"$lt": "b"}}
    assert page.sort == ("_id", -1)


@pytest.mark.parametrize("after", ["", None])
def test_an_empty_after_is_none(after):
    assert page_of({"after": after}).within({"a": 1}) == {"a": 1}


@given(st.dictionaries(st.sampled_from(["limit", "after", "order"]), st.text()))
def test_any_query_is_a_page_or_refused(query):
    try:
        page = page_of(query)
    except InvalidInputError:
        return
    assert 1 <= page.limit <= MAX_LIMIT
