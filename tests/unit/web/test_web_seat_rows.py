"""Seats as sellers type them."""

import pytest

from ticketing.errors import InvalidInputError
from web import languages, seat_rows


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Box", ["Box"]),
        ("A-1 to 3", ["A-1", "A-2", "A-3"]),
        ("A-1 to A-3", ["A-1", "A-2", "A-3"]),
        ("A-1~3", ["A-1", "A-2", "A-3"]),
        ("A-1 \N{EN DASH} A-3", ["A-1", "A-2", "A-3"]),
        ("B-09 to 11", ["B-09", "B-10", "B-11"]),
        ("B-09 to B-011", ["B-09", "B-10", "B-11"]),
        ("7 to 8", ["7", "8"]),
        ("A-1 bis 2", ["A-1", "A-2"]),
        ("Row 3/1 to 2 ; C", ["Row 3/1", "Row 3/2", "C"]),
        ("A-5 to 5", ["A-5"]),
        ("\n A-1 ,, B \r\n", ["A-1", "B"]),
        ("Way to go", ["Way to go"]),
        ("", []),
    ],
)
def test_rows_are_read(text, labels):
    assert seat_rows.labels_of(text) == labels


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_what_is_written_for_a_layout_is_read_as_the_same_seats(language):
    with languages.reading(languages.reader_in(language)):
        written = seat_rows.typed("A-1~3;B-09~10;Box")
    seats = ["A-1", "A-2", "A-3", "B-09", "B-10", "Box"]
    assert seat_rows.labels_of(written) == seats


@pytest.mark.parametrize(
    "text",
    [
        "A-3 to 1",
        "A~B",
        "~",
        "A-1~",
        "1 to 50001",
        "A-1 to 999999999",
        "A-1 to 49999\nB-1 to 2",
        "1~" * 100_000,
    ],
)
def test_rows_that_make_no_sense_or_no_end_are_refused(text):
    with pytest.raises(InvalidInputError) as caught:
        seat_rows.labels_of(text)
    assert [problem["field"] for problem in caught.value.errors] == ["seats"]
