"""Finding listings: what is asked for, what a list tells of each."""

import html
import re

import pytest
from web_fakes import NOW
from web_listed import EVENT, cards
from web_markup import check

from ticketing.clock import iso

LATER = "2026-03-01T09:00:00Z"


@pytest.fixture
def seller(world):
    return world.visitor("sells@example.com")


@pytest.fixture
def visitor(world):
    return world.visitor()


def test_a_list_tells_when_where_and_how_many_are_left(world, visitor, seller):
    world.sell("Opera", 20, seller, quantity=12, event=EVENT)
    world.sell("Single", 30, seller)
    told = cards(visitor.read("/"))
    assert told["Opera"] == (
        "Opera Wednesday, 1 July 2026, 20:00 Berlin time , State Opera 12 left $20.00"
    )
    assert told["Single"] == "Single $30.00"


def test_a_list_of_all_tells_what_cannot_be_bought_and_why(
    world, visitor, seller, buyer
):
    """Sold, reserved, upcoming, over and cancelled listings say so in a word."""
    for title, quantity in {"Gone": 1, "Out": 2, "Held": 1, "Taken": 2}.items():
        ticket = world.sell(title, 20, seller, quantity=quantity)
        order = world.orders.create_order(buyer.id, ticket["id"], quantity)
        if title in {"Gone", "Out"}:
            world.orders.complete(order["id"])
    world.sell("Soon", 20, seller, on_sale_at=LATER, event=EVENT)
    world.sell("Late", 20, seller, quantity=2, event=EVENT | {"startsAt": iso(NOW)})
    off = world.sell("Off", 20, seller)
    world.tickets.things[off["id"]]["cancelled"] = True
    told = cards(visitor.read("/?availability=all"))
    assert {
        title: text.removesuffix("$20.00").strip() for title, text in told.items()
    } == {
        "Gone": "Gone Sold",
        "Out": "Out Sold out",
        "Held": "Held Reserved",
        "Taken": "Taken All reserved right now",
        "Soon": "Soon Wednesday, 1 July 2026, 20:00 Berlin time , State Opera "
        "On sale from 1 March 2026, 10:00 Berlin time",
        "Late": "Late Saturday, 31 January 2026, 13:00 Berlin time , State Opera "
        "Has begun",
        "Off": "Off Cancelled",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Opera", "Ballet"}),
        ("availability=now", {"Opera", "Ballet"}),
        ("text=oper", {"Opera"}),
        ("text=+opera+", {"Opera"}),
        ("from=2026-07-01&to=2026-07-01", {"Opera"}),
        ("from=2026-07-02", set()),
        ("to=2026-06-30", set()),
        ("availability=upcoming", {"Soon"}),
        ("availability=all", {"Opera", "Ballet", "Soon"}),
        ("availability=all&text=soon", {"Soon"}),
    ],
)
def test_what_is_asked_for_is_found_and_stays_in_the_form(
    world, visitor, seller, query, found
):
    world.sell("Opera", 20, seller, event=EVENT)
    world.sell("Ballet", 20, seller)
    world.sell("Soon", 20, seller, on_sale_at=LATER)
    page = visitor.read(f"/?{query}")
    assert cards(page).keys() == found
    for name, value in re.findall(r"(\w+)=\+?([\w-]+)", query):
        assert re.search(
            rf'name="{name}"[^>]* value="{value}"|value="{value}" selected', page
        ) or (name, value) == ("availability", "now")
    assert ("Nothing found" in page) == (not found)
    check(page)


def test_the_pages_of_a_search_are_of_that_search(world, visitor, seller):
    """To the last of them and back to the first."""
    made = [world.sell(f"Opera & {n}", seller=seller)["id"] for n in range(30)]
    for n in range(30):
        world.sell(f"Ballet {n}", seller=seller)
    seen, path = [], "/?text=opera&availability=all"
    while path:
        page = visitor.read(path)
        seen += re.findall(r'href="/tickets/([0-9a-f]{24})"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following and html.unescape(following[1])
    assert seen == made[::-1]
    newest = re.search(r'href="([^"]+)">Newest tickets', page)[1]
    assert html.unescape(newest) == "/?text=opera&availability=all"
    past = visitor.read("/?text=opera&after=0")
    assert 'href="/?text=opera">See the newest tickets' in past


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=soon", "from"), ("to=2026-02-30", "to"), ("text=" + "x" * 101, "text")],
)
def test_a_search_that_makes_no_sense_is_told_beside_its_field(visitor, query, field):
    answer = visitor.get(f"/?{query}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert f'<a href="#{field}">' in page
    assert f'id="{field}-problem"' in page
    assert "2027-06-01" not in page
    check(page)


def test_an_availability_that_is_none_is_refused_and_not_shown_as_another(visitor):
    assert visitor.get("/?availability=never").status_code == 400
