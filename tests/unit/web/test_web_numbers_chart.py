"""The chart of what was sold when."""

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from web_fakes import NOW

from ticketing.clock import iso
from web.chart import SIZE, chart

HOUR = timedelta(hours=1)


def at(hours, sold):
    return {"at": iso(NOW + hours * HOUR), "sold": sold}


def corners(line):
    """Return where a stepped line turns, from its path."""
    start, *steps = re.findall(r"([MHV])([\d.]+)(?: ([\d.]+))?", line)
    assert start[0] == "M"
    found = [(float(start[1]), float(start[2]))]
    for kind, number, _ in steps:
        x, y = found[-1]
        found.append((float(number), y) if kind == "H" else (x, float(number)))
    return found


def test_nothing_sold_is_no_chart():
    assert chart([], NOW) is None


def test_a_sale_is_a_step_up_from_nothing_and_lasts_until_now():
    drawn = chart([at(0, 3)], NOW + HOUR)
    assert drawn.line == "M0 100H0V25H100"
    assert drawn.area == "M0 100H0V25H100V100Z"
    assert drawn.scale == (4, 2, 0)
    assert (drawn.begins, drawn.ends) == (iso(NOW), iso(NOW + HOUR))


def test_each_sale_stands_where_its_time_is():
    drawn = chart([at(0, 1), at(1, 5), at(3, 10)], NOW + 4 * HOUR)
    assert drawn.line == "M0 100H0V90H25V50H75V0H100"


def test_a_sale_after_the_end_is_drawn_all_the_same():
    """Somebody may have paid late, after the event had begun."""
    assert chart([at(0, 1), at(2, 2)], NOW + HOUR).ends == iso(NOW + 2 * HOUR)


def test_a_sale_of_this_very_moment_has_room():
    drawn = chart([at(0, 2)], NOW)
    assert drawn.line == "M0 100H0V0H100"
    assert drawn.ends == iso(NOW + timedelta(minutes=1))


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(1, 10**5)), min_size=1, max_size=62
    ),
    st.integers(-(10**5), 10**7),
)
def test_any_sales_fill_the_plane_and_never_leave_it(sales, until):
    points, sold = [], 0
    for hours, units in sorted(sales):
        sold += units
        points.append(at(hours / 10, sold))
    drawn = chart(points, NOW + until * HOUR)
    turns = corners(drawn.line)
    assert turns[0] == (0, SIZE)
    assert turns[-1][0] == SIZE
    assert all(0 <= x <= SIZE and 0 <= y <= SIZE for x, y in turns)
    assert [x for x, _ in turns] == sorted(x for x, _ in turns)
    assert [y for _, y in turns] == sorted((y for _, y in turns), reverse=True)
    top, middle, bottom = drawn.scale
    assert (2 * middle, bottom) == (top, 0)
    assert sold <= top <= 2 * sold
    assert abs(turns[-1][1] - (SIZE - SIZE * sold / top)) < 0.01
