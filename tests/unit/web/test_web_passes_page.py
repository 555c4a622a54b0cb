"""The page of a buyer's passes, and the files that it leads to."""

import re

import icalendar
import pytest
from web_markup import check
from web_pass_house import EVENT, Printed, draw_svg, passes_json, read_codes

from web.bookings import FEW
from web.documents.booking import ON_PAGE, PART

SEATS = ["A-1", "A-2"]
SVG = re.compile(r'(?<=">)<svg.*?</svg>(?=</div>)', re.DOTALL)


@pytest.fixture
def told(world):
    """The passes of every order, which a test may change."""
    passes = []
    world.orders.list_passes = lambda _order_id: passes
    return passes


@pytest.fixture
def order(world, buyer, told):
    """Two seats of an event that are held, and not paid for."""
    ticket = world.sell("Front row", 49.5, seats=SEATS, event=EVENT)
    return world.orders.create_order(buyer.id, ticket["id"], seats=SEATS)


@pytest.fixture
def path(order):
    return f"/orders/{order['id']}"


@pytest.fixture
def complete(world, order, told):
    world.orders.complete(order["id"])
    told += passes_json(SEATS)


def test_each_pass_has_a_code_that_a_phone_can_read(buyer, path, told, complete):
    html = buyer.read(f"{path}/passes")
    check(html)
    drawn = [read_codes(draw_svg(svg)) for svg in SVG.findall(html)]
    assert drawn == [[each["code"]] for each in told]
    for fact in ("Opera in the park", "Front row", "A-1", "$49.50", "K7QM-4T9X-0001"):
        assert fact in html
    assert html.count(">Valid<") == len(SEATS)


def test_an_order_that_is_paid_shows_its_passes(buyer, path, told, complete):
    """The good ones; of many the first, and a way to all of them."""
    html = buyer.read(path)
    check(html)
    drawn = [read_codes(draw_svg(svg)) for svg in SVG.findall(html)]
    assert drawn == [[each["code"]] for each in told]
    assert "K7QM-4T9X-0001" in html
    told[0]["status"] = "refunded"
    assert len(SVG.findall(buyer.read(path))) == 1
    told[:] = passes_json([f"A-{number}" for number in range(1, 8)])
    assert len(SVG.findall(buyer.read(path))) == FEW


def test_an_order_without_passes_shows_none(world, buyer, path, told, order):
    """Not paid, or paid while nobody can be asked for them."""
    assert not SVG.findall(buyer.read(path))
    world.orders.complete(order["id"])
    world.orders.list_passes = world.tickets.get_ticket
    html = buyer.read(path)
    check(html)
    assert "The tickets are yours" in html
    assert f'href="{path}/passes"' in html
    assert not SVG.findall(html)


def test_a_used_pass_says_when_and_where_by_the_clock_of_the_event(
    buyer, path, told, complete
):
    used = {"status": "admitted", "admittedAt": "2026-06-30T17:05:00.000Z"}
    told[0] |= used | {"door": "North <gate>"}
    html = buyer.read(f"{path}/passes")
    assert ">Used</span> 30 June 2026, 19:05 Berlin time, North &lt;gate&gt;" in html
    assert html.count(">Valid<") == 1


def test_a_refunded_pass_is_shown_without_its_code(buyer, path, told, complete):
    told[0]["status"] = "refunded"
    html = buyer.read(f"{path}/passes")
    check(html)
    assert ">Refunded<" in html
    assert len(SVG.findall(html)) == 1
    assert Printed(buyer.get(f"{path}/passes.pdf").data).text().count("A-2")


def test_when_all_is_refunded_there_is_nothing_to_print(buyer, path, told, complete):
    for each in told:
        each["status"] = "refunded"
    html = buyer.read(f"{path}/passes")
    check(html)
    assert "nobody gets in" in html
    assert ".pdf" not in html
    assert buyer.get(f"{path}/passes.pdf").headers["Location"] == f"{path}/passes"
    assert buyer.get(f"{path}/event.ics").status_code == 404


def test_before_it_is_paid_the_page_says_what_to_do(buyer, path, order):
    html = buyer.read(f"{path}/passes")
    check(html)
    assert "as soon as the order is paid for" in html
    assert f'<a class="button" href="{path}">' in html
    assert buyer.get(f"{path}/passes.pdf").status_code == 303


def test_a_cancelled_order_leads_to_other_tickets(world, buyer, path, order):
    world.orders.end(order["id"], "expired")
    html = buyer.read(f"{path}/passes")
    check(html)
    assert "This order is cancelled" in html
    assert '<a class="button" href="/">' in html


@pytest.mark.parametrize("file", ["passes", "passes.pdf", "event.ics"])
def test_nobody_else_gets_anything(world, other, path, complete, file):
    assert other.get(f"{path}/{file}").status_code == 404
    asked = world.visitor().get(f"{path}/{file}")
    assert asked.status_code == 303
    assert asked.headers["Location"].startswith("/auth/signin?")


@pytest.mark.parametrize("file", ["", "/passes", "/passes.pdf"])
def test_no_browser_keeps_what_lets_its_reader_in(buyer, path, told, complete, file):
    """Whoever comes after the buyer would find the codes on the disk."""
    assert buyer.get(f"{path}{file}").headers["Cache-Control"] == "no-store"


def test_the_page_leads_to_a_pdf_of_the_passes(buyer, path, told, complete):
    assert f'href="{path}/passes.pdf"' in buyer.read(f"{path}/passes")
    answer = buyer.get(f"{path}/passes.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=passes-")
    made = Printed(answer.data)
    assert [read_codes(made.picture(page)) for page in range(len(made))] == [
        [each["code"]] for each in told
    ]


def test_the_page_leads_to_a_calendar_entry_if_there_is_an_event(buyer, path, complete):
    assert f'href="{path}/event.ics"' in buyer.read(f"{path}/passes")
    answer = buyer.get(f"{path}/event.ics")
    assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    (entry,) = icalendar.Calendar.from_ical(answer.data).events
    assert entry["URL"].endswith(f"{path}/passes")


def test_without_an_event_there_is_no_calendar_entry(world, buyer, told):
    ticket = world.sell("Front row", 20)
    order = world.orders.create_order(buyer.id, ticket["id"])
    world.orders.complete(order["id"])
    told += passes_json(["1"])
    html = buyer.read(f"/orders/{order['id']}/passes")
    check(html)
    assert "calendar" not in html
    assert "1 of 1" in html
    assert buyer.get(f"/orders/{order['id']}/event.ics").status_code == 404


def test_a_large_order_is_shown_in_parts(buyer, path, told, complete):
    told[:] = passes_json([f"A-{number}" for number in range(PART + 1)])
    first, second, third = (
        buyer.read(f"{path}/passes{part}") for part in ("", "?part=2", "?part=3")
    )
    shown = [len(SVG.findall(each)) for each in (first, second, third)]
    assert shown == [ON_PAGE, ON_PAGE, 1]
    for html, pdf in ((first, 1), (second, 1), (third, 2)):
        check(html)
        assert f'href="{path}/passes.pdf?part={pdf}"' in html
    assert f'rel="next" href="{path}/passes?part=2"' in first
    assert f'rel="prev" href="{path}/passes?part=2"' in third
    assert 'rel="next"' not in third
    assert len(Printed(buyer.get(f"{path}/passes.pdf?part=2").data)) == 1


@pytest.mark.parametrize("part", ["0", "2", "-1"])
def test_a_part_that_is_not_there_is_a_404(buyer, path, complete, part):
    for file in ("passes", "passes.pdf"):
        assert buyer.get(f"{path}/{file}?part={part}").status_code == 404


def test_what_sellers_type_is_shown_as_text(world, buyer, told):
    name = "<script>alert(1)</script>{{7*7}}"
    ticket = world.sell(name, 20, event=EVENT | {"name": name, "venue": name})
    order = world.orders.create_order(buyer.id, ticket["id"])
    world.orders.complete(order["id"])
    told += passes_json(["1"])
    html = buyer.read(f"/orders/{order['id']}/passes")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in html
    assert "<script>alert" not in html
