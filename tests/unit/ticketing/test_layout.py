"""A layout is written short and read back as the same labels in the same order."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ticketing.layout import ONE_UNIT, Layout

# What a label may be made of, numbers more often than anything else.
CHARACTERS = st.sampled_from("0019923aBé٣ ._-/")
NUMBERS = st.integers(0, 10**20 - 1).map(str)
PADDED = st.builds(
    lambda number, width: str(number).zfill(width),
    st.sampled_from([0, 1, 8, 9, 10, 98, 99, 100, 999, 10**9 - 2, 10**9 - 1, 10**9]),
    st.integers(1, 12),
)
PREFIXES = st.sampled_from(["", "A-", "A", "Row 3/", "Box ", "1", "0", "٣"])
LABELS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=20),
    NUMBERS,
    st.builds(str.__add__, PREFIXES, PADDED),
    st.sampled_from(["Box", "A", "A-", "1.5", "A1B2"]),
)
LAYOUTS = st.lists(LABELS, unique=True, max_size=60)


@st.composite
def runs(draw):
    """Rows of seats as people number them, some of them with gaps."""
    labels = []
    for _ in range(draw(st.integers(1, 5))):
        prefix, width = draw(PREFIXES), draw(st.integers(1, 11))
        first = draw(st.sampled_from([0, 1, 7, 95, 998, 10**9 - 3, 10**10 - 3]))
        numbers = range(first, first + draw(st.integers(1, 12)))
        labels += [prefix + str(number).zfill(width) for number in numbers]
    kept = [label for label in labels if draw(st.integers(0, 9))]
    return list(dict.fromkeys(kept))


@given(st.one_of(LAYOUTS, runs()))
@example(["999999999", "1000000000"])
@example(["A999999998", "A999999999", "A1000000000", "A1000000001"])
@example(["9", "10", "010", "11", "0012"])
def test_any_labels_come_back_in_their_order(labels):
    layout = Layout.of_labels(labels)
    assert Layout(layout.text).labels == tuple(labels)
    assert Layout.parse(layout.text).labels == tuple(labels)


@given(st.one_of(LAYOUTS, runs()))
def test_labels_are_counted_without_being_written_out(labels):
    layout = Layout(Layout.of_labels(labels).text)
    assert len(layout) == len(labels)
    assert "labels" not in vars(layout)
    assert len(layout) == len(layout.labels)


@given(st.one_of(LAYOUTS, runs()))
def test_each_label_stands_in_its_place_and_no_other_does(labels):
    layout = Layout.of_labels(labels)
    assert layout.places == {label: place for place, label in enumerate(labels)}
    assert all(label in layout for label in labels)
    for stranger in {"", "~", ";", layout.text} - set(labels):
        assert stranger not in layout


@given(st.one_of(LAYOUTS, runs()))
def test_the_same_labels_are_written_in_one_way(labels):
    """So that two layouts are equal when their texts are."""
    text = Layout.of_labels(labels).text
    assert Layout.of_labels(Layout(text).labels).text == text


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ([], ""),
        (["1"], "1"),
        (["1", "2"], "1~2"),
        (["Box"], "Box"),
        (["8", "9", "10", "11"], "8~11"),
        (["08", "09", "10", "11"], "08~11"),
        (["098", "099", "100"], "098~100"),
        (["A-1", "A-2", "B-01", "B-02", "Box"], "A-1~2;B-01~2;Box"),
        (["A-1", "A-3", "A-2"], "A-1;A-3;A-2"),
        (["A-9", "A-010"], "A-9;A-010"),
        (["1", "A2", "3"], "1;A2;3"),
        (["Row 3/11", "Row 3/12"], "Row 3/11~12"),
    ],
)
def test_what_follows_in_number_is_one_run(labels, text):
    assert Layout.of_labels(labels).text == text


@pytest.mark.parametrize(
    ("text", "length", "last"),
    [
        ("A-1~40;B-01~20;Box", 61, "Box"),
        ("1~100000", 100_000, "100000"),
        ("A-001~5", 5, "A-005"),
        ("7", 1, "7"),
    ],
)
def test_a_text_is_read(text, length, last):
    layout = Layout.parse(text)
    assert (len(layout), layout.labels[-1]) == (length, last)


def test_a_hall_is_a_short_text():
    """Thirty thousand seats in rows of a hundred are a few kilobytes."""
    rows = [f"Row {row}/{seat}" for row in range(300) for seat in range(1, 101)]
    layout = Layout.of_labels(rows)
    assert layout.labels == tuple(rows)
    assert len(layout.text) < 5000


@pytest.mark.parametrize("quantity", [1, 2, 9, 10, 99, 100, 100_000])
def test_a_quantity_is_numbered_from_one(quantity):
    layout = Layout.of_quantity(quantity)
    assert len(layout) == quantity
    assert (layout.labels[0], layout.labels[-1]) == ("1", str(quantity))
    assert layout == Layout.of_labels(layout.labels)
    assert Layout.of_quantity(1) == ONE_UNIT


@given(st.one_of(LAYOUTS, runs()), st.data())
def test_labels_are_taken_off_and_the_rest_keeps_its_order(labels, data):
    gone = data.draw(st.lists(st.sampled_from(labels) if labels else st.nothing()))
    strangers = data.draw(st.lists(LABELS.filter(lambda each: each not in labels)))
    layout = Layout.of_labels(labels)
    left = layout.without([*gone, *strangers])
    assert left.labels == tuple(label for label in labels if label not in gone)
    assert layout.labels == tuple(labels)


@given(
    st.sets(st.integers(1, 300), max_size=40),
    st.integers(1, 50),
    st.integers(1, 50),
)
def test_units_are_added_under_new_numbers(numbers, more, again):
    """None that is there, and the same number is not given out twice."""
    layout = Layout.of_labels(map(str, sorted(numbers)))
    larger = layout.extended(more)
    added = larger.labels[len(layout) :]
    assert larger.labels[: len(layout)] == layout.labels
    assert len(set(larger.labels)) == len(larger) == len(layout) + more
    largest = larger.extended(again)
    later = set(largest.labels) - set(larger.labels)
    assert len(later) == again
    assert not later & {*added, *layout.labels}


def test_what_was_taken_off_in_the_middle_is_not_numbered_again():
    layout = Layout.of_quantity(10).without(["3", "7"])
    assert layout.text == "1~2;4~6;8~10"
    assert layout.extended(2).text == "1~2;4~6;8~12"


def test_texts_that_were_read_before_are_remembered():
    assert Layout.parse("A-1~40") is Layout.parse("A-1~40")
