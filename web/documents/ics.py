"""The event of an order as a calendar file (RFC 5545)."""

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from web.documents.booking import Booking, Event

CONTENT_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"


def render(booking: Booking, link: str) -> bytes:
    """Return the calendar file; ``link`` leads to the passes. It must have an event.

    Two files of one order are the same entry of a calendar; the later one replaces the
    earlier.
    """
    assert booking.event is not None
    calendar = Calendar()
    calendar.add("prodid", "-//Ticketing//Passes//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_entry(booking, booking.event, link))
    return calendar.to_ical()


def _entry(booking: Booking, event: Event, link: str) -> CalendarEvent:
    entry = CalendarEvent()
    entry.add("uid", booking.order_id)
    entry.add("dtstamp", booking.made)
    entry.add("sequence", booking.revision)
    # In UTC, which says when it is without the rules of a time zone.
    entry.add("dtstart", event.starts_at)
    entry.add("summary", booking.name)
    entry.add("description", f"{event.description}\n\n{link}".strip())
    entry.add("url", link)
    if event.venue:
        entry.add("location", event.venue)
    return entry
