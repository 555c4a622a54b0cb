"""Selling several units, seats and events: the form, and what is made of it."""

import html
import re
from datetime import timedelta

import pytest
from web_fakes import NOW

from ticketing.clock import iso
from ticketing.errors import InvalidInputError
from ticketing.http.request import validate
from tickets.inputs import TicketInput
from web import offers
from web.form_tokens import FIELD
from web.forms import Form

OPERA = {
    "title": "Opera",
    "price": "20",
    "event.name": "Rigoletto",
    "event.venue": "State Opera",
    "event.startsAt": "2026-07-01T20:00",
    "event.timezone": "Europe/Berlin",
    "event.description": "Doors open\r\nat 19:00",
}
EVENT = {
    "name": "Rigoletto",
    "venue": "State Opera",
    "startsAt": "2026-07-01T18:00:00.000Z",
    "timezone": "Europe/Berlin",
    "description": "Doors open\nat 19:00",
}


@pytest.fixture
def seller(world):
    return world.visitor("sells@example.com")


def problems(answer):
    """``{field: message}`` as the page lists them at its top."""
    assert answer.status_code == 400
    found = re.findall(
        r'<a href="#([\w.]+)">([^<]+)</a>', answer.get_data(as_text=True)
    )
    return {field: html.unescape(message) for field, message in found}


def sold(world, answer):
    """The listing that a form has made or changed."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return world.tickets.things[answer.headers["Location"].rpartition("/")[2]]


def fields_of(page):
    """The form as a browser would send it unchanged."""
    found = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = (re.search(rf' {a}="([^"]*)"', tag) for a in ("name", "value"))
        if name and value:
            found[name[1]] = html.unescape(value[1])
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL
    ):
        found[name] = html.unescape(text).replace("\n", "\r\n")
    return found


def test_a_title_and_a_price_are_enough(world, seller):
    """The empty form, sent with these two, lists one ticket."""
    form = fields_of(seller.read("/tickets/new")) | {"title": "Opera", "price": "20"}
    ticket = sold(world, seller.post("/tickets/new", form))
    assert (ticket["quantity"], ticket["seated"]) == (1, False)
    assert not {"event", "onSaleAt"} & ticket.keys()


def test_several_tickets_of_an_event_are_listed(world, seller):
    """What is typed in the time of the place is kept in UTC."""
    form = OPERA | {"quantity": " 500 ", "maxPerOrder": "4"}
    form |= {"onSaleAt": "2026-03-01T10:00"}
    ticket = sold(world, seller.post("/tickets/new", form))
    assert (ticket["quantity"], ticket["maxPerOrder"]) == (500, 4)
    assert ticket["event"] == EVENT
    assert ticket["onSaleAt"] == "2026-03-01T09:00:00.000Z"


def test_the_start_of_a_sale_needs_no_event(world, seller):
    """Its time is that of the zone, unless it says another one itself."""
    form = {"title": "Opera", "price": "20", "event.timezone": "Europe/Berlin"}
    for typed in ("2026-03-01T10:00", "2026-03-01T14:00+05:00"):
        ticket = sold(world, seller.post("/tickets/new", form | {"onSaleAt": typed}))
        assert ticket["onSaleAt"] == "2026-03-01T09:00:00.000Z"
        assert "event" not in ticket


def test_seats_are_listed_by_rows(world, seller):
    form = {"title": "Opera", "price": "20", "seats": "A-1 to 3\r\nB-09~10, Box;"}
    ticket = sold(world, seller.post("/tickets/new", form))
    assert ticket["seated"]
    assert ticket["layout"] == "A-1~3;B-09~10;Box"


def test_a_form_that_comes_back_unchanged_asks_for_no_change(
    world, seller, monkeypatch
):
    """Not of the event's seconds nor of seats that are being sold meanwhile."""
    event = EVENT | {"startsAt": "2026-07-01T18:00:30Z"}
    more = {"seats": ["A-1", "A-2", "Box"], "event": event, "max_per_order": 2}
    later = "2026-03-01T09:00:30Z"
    ticket = world.sell("Opera", 20, seller, on_sale_at=later, **more)
    asked = []
    monkeypatch.setattr(
        world.tickets, "update_ticket", lambda *_, **wanted: asked.append(wanted)
    )
    edit = f"/tickets/{ticket['id']}/edit"
    page = seller.read(edit)
    assert page.count(" open>") == 2
    form = fields_of(page)
    assert form["seats"] == "A-1 to 2\r\nBox"
    assert form["event.startsAt"] == "2026-07-01T20:00"
    seller.post(edit, form)
    assert asked == [{"title": "Opera", "price": 20}]


def test_a_form_without_the_other_fields_leaves_them_alone(world, seller):
    ticket = world.sell("Opera", 20, seller, quantity=7, event=EVENT)
    edit = f"/tickets/{ticket['id']}/edit"
    changed = sold(world, seller.post(edit, {"title": "Ballet", "price": "20"}))
    assert (changed["title"], changed["quantity"]) == ("Ballet", 7)
    assert changed["event"] == EVENT


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ({"quantity": "9"}, "quantity", 9),
        ({"maxPerOrder": "3"}, "maxPerOrder", 3),
        ({"event.venue": ""}, "event", EVENT | {"venue": ""}),
        (
            {"event.timezone": "UTC"},
            "event",
            EVENT | {"timezone": "UTC", "startsAt": "2026-07-01T20:00:00.000Z"},
        ),
        ({"event.timezone": "UTC"}, "onSaleAt", "2026-03-01T10:00:00.000Z"),
        ({"onSaleAt": "2026-03-02T10:00"}, "onSaleAt", "2026-03-02T09:00:00.000Z"),
        ({"onSaleAt": ""}, "onSaleAt", iso(NOW)),
    ],
)
def test_each_thing_can_be_changed(world, seller, typed, name, value):
    more = {"event": EVENT, "on_sale_at": "2026-03-01T09:00:00Z"}
    ticket = world.sell("Opera", 20, seller, quantity=7, **more)
    edit = f"/tickets/{ticket['id']}/edit"
    form = fields_of(seller.read(edit)) | typed
    assert sold(world, seller.post(edit, form))[name] == value


def test_seats_are_changed_and_a_quantity_becomes_seats(world, seller):
    ticket = world.sell("Opera", 20, seller, quantity=3)
    edit = f"/tickets/{ticket['id']}/edit"
    for typed, layout in {"A-1 to 3": "A-1~3", "A-1 to 4\nBox": "A-1~4;Box"}.items():
        form = fields_of(seller.read(edit)) | {"seats": typed}
        assert ("quantity" in form) == (not ticket["seated"])
        form |= {"quantity": ""} if "quantity" in form else {}
        ticket = sold(world, seller.post(edit, form))
        assert ticket["layout"] == layout
    form = fields_of(seller.read(edit)) | {"seats": ""}
    assert problems(seller.post(edit, form)) == {"seats": "Fill in the seats"}


def test_an_event_cannot_be_emptied_unnoticed(world, seller):
    ticket = world.sell("Opera", 20, seller, event=EVENT)
    edit = f"/tickets/{ticket['id']}/edit"
    form = fields_of(seller.read(edit))
    form |= {name: "" for name in form if name.startswith("event.")}
    form |= {"event.timezone": "UTC"}
    assert problems(seller.post(edit, form)).keys() == {"event.name", "event.startsAt"}
    assert world.tickets.things[ticket["id"]]["event"] == EVENT


WRONG = OPERA | {
    "price": "x",
    "quantity": "many",
    "maxPerOrder": "0",
    "event.name": " ",
    "event.startsAt": "soon",
    "event.venue": "v" * 300,
    "onSaleAt": "20",
}


def test_everything_wrong_is_told_beside_its_field_in_plain_words(world, seller):
    """What was typed is kept, the part of the form that holds it is open."""
    answer = seller.post("/tickets/new", WRONG)
    page = answer.get_data(as_text=True)
    found = problems(answer)
    assert found.keys() == WRONG.keys() - {
        "title",
        "event.timezone",
        "event.description",
    }
    for name, message in found.items():
        assert f'id="{name}-problem"' in page
        assert not re.search(r"StartsAt|OnSaleAt|MaxPerOrder|Quantity|\dT\d", message)
    for name, value in fields_of(page.partition("</main>")[0]).items():
        assert value == WRONG.get(name, "") or name == FIELD
    assert page.count("<details") == page.count(" open>") == 2


def test_a_simple_form_is_not_opened_further_than_needed(seller):
    assert " open>" not in seller.read("/tickets/new")
    answer = seller.post("/tickets/new", {"title": "", "price": "1"})
    assert " open>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../UTC", "Europe"])
def test_an_unknown_time_zone_is_refused_though_only_the_sale_needs_it(seller, zone):
    form = {"title": "Opera", "price": "20", "onSaleAt": "2026-03-01T10:00"}
    found = problems(seller.post("/tickets/new", form | {"event.timezone": zone}))
    assert found.keys() == {"event.timezone"}
    assert "Europe/Berlin" in found["event.timezone"]


@pytest.mark.parametrize(
    "typed",
    [
        {"quantity": "3", "seats": "A-1"},
        {"seats": "A-1, A-1"},
        {"seats": "x" * 30},
        {"seats": " , ;\n"},
    ],
)
def test_units_that_cannot_be_are_refused_by_the_service(seller, typed):
    form = {"title": "Opera", "price": "20", "quantity": "2"} | typed
    assert problems(seller.post("/tickets/new", form)).keys() <= {"quantity", "seats"}


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_times_beyond_the_calendar_are_refused_and_break_nothing(text):
    zones = {"event.timezone": "Asia/Tokyo"}, {"event.timezone": "America/New_York"}
    for zone in zones:
        form = Form(offers.BLANK | OPERA | zone | {"onSaleAt": text})
        wanted = offers.wanted(form, offers.BLANK, NOW - timedelta(days=1))
        listing = {"title": "x", "price": 1, "on_sale_at": wanted["on_sale_at"]}
        with pytest.raises(InvalidInputError):
            validate(TicketInput, listing)
