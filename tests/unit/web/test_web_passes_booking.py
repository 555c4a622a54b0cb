"""What is made of an order, and its event as a calendar knows it."""

from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from web_pass_house import EVENT, ORDER, booking

from web.documents import ics
from web.documents.booking import PART, line

LINK = f"https://shop.test/orders/{ORDER}/passes"


def entry_of(told):
    (entry,) = icalendar.Calendar.from_ical(ics.render(told, LINK)).events
    return entry


def test_a_booking_is_called_like_its_event_and_detailed_by_its_listing():
    assert (booking().name, booking().detail) == ("Opera in the park", "Front row")


def test_without_an_event_or_with_the_same_name_nothing_is_said_twice():
    plain = booking(event=None)
    same = booking(title=EVENT["name"])
    assert (plain.name, plain.detail) == ("Front row", "")
    assert (same.name, same.detail) == (EVENT["name"], "")


def test_a_pass_is_written_as_it_is_typed():
    assert booking().passes[0].id == "K7QM-4T9X-0000"


def test_numbers_of_units_without_seats_are_not_told():
    told = booking(("17", "40", "41"), seated=False)
    assert [each.label for each in told.passes] == ["1 of 3", "2 of 3", "3 of 3"]
    assert (told.kind, booking().kind) == ("Ticket", "Seat")


def test_refunded_passes_are_kept_apart():
    told = booking(refunded=["A-1"])
    assert [each.label for each in told.good] == ["A-2"]
    assert told.kept.passes == told.good


@pytest.mark.parametrize(("count", "parts"), [(0, 1), (PART, 1), (PART + 1, 2)])
def test_a_large_order_has_parts_with_every_pass_once(count, parts):
    told = booking([f"A-{number}" for number in range(count)])
    assert told.parts == parts
    shown = [told.part(number) for number in range(1, parts + 1)]
    assert sum((part.passes for part in shown), ()) == told.passes
    assert all(len(part.passes) <= PART for part in shown)


@given(st.text(st.characters()))
@example("a\ud800b\x07c\u2028d\x85")
def test_any_text_becomes_one_line_that_can_be_sent(text):
    assert len(f"x{line(text)}".splitlines()) == 1
    assert min(line(text).encode(), default=32) >= 32
    assert line(line(text)) == line(text)


def test_the_calendar_says_what_where_and_when():
    entry = entry_of(booking())
    assert entry["SUMMARY"] == "Opera in the park"
    assert entry["LOCATION"] == "Waldbühne, Berlin"
    assert entry["DESCRIPTION"] == f"Bring a cushion\n\n{LINK}"
    assert entry["URL"] == LINK
    assert entry["DTSTART"].dt == datetime(2026, 6, 30, 17, 30, tzinfo=UTC)
    assert not entry.subcomponents


def test_an_event_without_a_venue_or_description_has_none_in_the_calendar():
    entry = entry_of(booking(venue="", description=""))
    assert "LOCATION" not in entry
    assert entry["DESCRIPTION"] == LINK


def test_files_of_one_order_are_one_entry_and_a_later_one_counts_more():
    first, again = entry_of(booking()), entry_of(booking())
    assert first.to_ical() == again.to_ical()
    assert first["UID"] == ORDER
    assert first["SEQUENCE"] == booking().revision


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x0b", "\x85"])
@pytest.mark.parametrize("field", ["name", "venue", "description"])
def test_nothing_a_seller_types_becomes_a_line_of_its_own(field, end):
    told = booking(**{field: f"x{end}BEGIN:VALARM{end}ATTENDEE:mailto:a@b.de"})
    raw = ics.render(told, LINK).decode().replace("\r\n ", "")
    assert min(raw.replace("\r\n", "")) >= " "
    assert "\r\nBEGIN:VALARM" not in raw
    assert not entry_of(told).subcomponents
    assert "ATTENDEE" not in entry_of(told)
