"""Files for spreadsheets: what is in them, and that nothing in them is run."""

import csv
import io
import re

import pytest

from ticketing.errors import UnavailableError
from web.csv_files import download, file_name, time_cell


def content(*pages, header=("A", "B")):
    return b"".join(download("x", header, iter(pages)).iter_encoded())


def read(data):
    """Return the rows as a program reads them."""
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, strict=True))


def test_what_goes_in_comes_out_page_after_page():
    rows = [["1, 2", 'say "so"'], ["two\r\nlines", "one\rother"], ["Ünï", "日本"]]
    assert read(content(rows[:2], rows[2:])) == [["A", "B"], *rows]


def test_spreadsheets_know_that_it_is_utf_8():
    assert content([["é", 2]]) == b"\xef\xbb\xbfA,B\r\n\xc3\xa9,2\r\n"


def test_a_table_without_rows_is_its_header():
    assert read(content()) == [["A", "B"]]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\tx",
        "\rx",
        "\nx",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "\N{NO-BREAK SPACE}=1",
    ],
)
def test_no_text_is_run_as_a_formula(text):
    assert read(content([[text, "x"]]))[1] == [f"'{text}", "x"]


def test_no_text_is_run_where_a_semicolon_ends_a_cell():
    """As in German spreadsheets; quotes do not help, as they begin no cell there."""
    assert read(content([["a;=1;b; +2;c", "x"]]))[1] == ["a;'=1;b;' +2;c", "x"]


@pytest.mark.parametrize(
    "text", ["", "a;b", "a=1", "A-1", "x@example.com", "'x", "12.50"]
)
def test_other_text_stays_as_it_is(text):
    assert read(content([[text, "x"]]))[1] == [text, "x"]


def test_a_number_is_no_text():
    assert read(content([[-1, 20000]]))[1] == ["-1", "20000"]


def test_it_is_a_download_that_nobody_keeps():
    headers = download("orders-x", ["A"], iter([])).headers
    assert headers["Content-Disposition"] == 'attachment; filename="orders-x.csv"'
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


def test_what_the_first_page_raises_is_answered():
    def pages():
        raise UnavailableError
        yield

    with pytest.raises(UnavailableError):
        download("x", ["A"], pages())


def test_what_a_later_page_raises_breaks_the_download_off():
    """The first page is on its way before the second one is read."""

    def pages():
        yield [["1"]]
        raise UnavailableError

    response = download("x", ["A"], pages())
    assert response.is_streamed
    parts = response.iter_encoded()
    assert [next(parts) for _ in range(3)][1:] == [b"A\r\n", b"1\r\n"]
    with pytest.raises(UnavailableError):
        next(parts)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("One night only!", "orders-one-night-only"),
        ("../../etc/passwd", "orders-etc-passwd"),
        ('a"; filename="b.exe\r\nX: y', "orders-a-filename-b-exe-x-y"),
        ("日本", "orders"),
        ("", "orders"),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(title, name):
    assert file_name("orders", title) == name


def test_a_long_title_makes_no_long_name():
    for letters in (51, 52, 100):
        name = file_name("orders", "x" * letters + " y" * 100)
        assert len(name) <= 60
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)


def test_times_are_written_as_spreadsheets_know_them():
    assert time_cell("2026-01-31T12:00:00.250Z") == "2026-01-31 12:00:00"
    assert time_cell("2026-01-31T12:00:00.000+02:00") == "2026-01-31 10:00:00"
