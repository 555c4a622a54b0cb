"""Times: written in UTC with milliseconds, and read again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.clock import from_iso, iso, utc_now


def test_times_are_written_in_utc_with_milliseconds():
    moment = datetime(2026, 1, 31, 13, 0, 0, 5999, timezone(timedelta(hours=1)))
    assert iso(moment) == "2026-01-31T12:00:00.005Z"


@given(st.integers(0, 253_370_000_000_000))
def test_times_survive_being_written(milliseconds):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert from_iso(iso(moment)) == moment


def test_now_is_cut_to_what_the_database_keeps():
    now = utc_now()
    assert now.microsecond % 1000 == 0
    assert now.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"isoformat|month"):
        from_iso(text)
