"""Ways to search on home: prices, days, an order, and back again step by step."""

import html
import re
from datetime import UTC, datetime

import pytest
from web_listed import EVENT, cards
from web_markup import check

from web import searches
from web.forms import Form


@pytest.fixture
def visitor(world):
    """Somebody who looks for something in a shop with prices of all kinds."""
    seller = world.visitor("sells@example.com")
    world.sell("Cheap", 5, seller)
    world.sell("Dear", 500, seller, event=EVENT)
    world.sell("Euro", 20, seller, currency="eur")
    return world.visitor()


def links(page):
    """``{text: address}`` of the links under the form."""
    lists = re.findall(r'<ul class="ways".*?</ul>', page, re.DOTALL)
    found = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', "".join(lists))
    plain = "<span aria-hidden.*?</span>|<[^>]+>"
    return {re.sub(plain, "", text): html.unescape(path) for path, text in found}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("currency=usd", {"Cheap", "Dear"}),
        ("currency=eur&maxPrice=20", {"Euro"}),
        ("currency=usd&minPrice=5.01", {"Dear"}),
        ("currency=usd&minPrice=5,01", {"Dear"}),
        ("currency=usd&maxPrice=4.99", set()),
        ("currency=usd&minPrice=1&maxPrice=10&text=cheap", {"Cheap"}),
    ],
)
def test_listings_are_found_by_their_price(visitor, query, found):
    page = visitor.read(f"/?{query}")
    assert cards(page).keys() == found
    check(page)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("minPrice=5", "currency"),
        ("currency=xxx", "currency"),
        ("currency=usd&minPrice=free", "minPrice"),
        ("currency=jpy&maxPrice=0.5", "maxPrice"),
        ("sort=price", "sort"),
    ],
)
def test_a_price_that_makes_no_sense_is_told_beside_its_field(visitor, query, field):
    answer = visitor.get(f"/?{query}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert f'id="{field}-problem"' in page
    check(page)


def test_the_order_is_that_which_is_asked_for(world, visitor):
    visitor.read("/?sort=event")
    assert world.tickets.searched.sort == "event"
    visitor.read("/?text=cheap")
    assert world.tickets.searched.sort == "listed"


def test_each_part_of_a_search_can_be_taken_back(visitor):
    """With a currency go its prices; the order and what is shown stay."""
    page = visitor.read("/?text=o&currency=usd&minPrice=2&sort=event")
    steps = links(page)
    assert steps["Remove Words: o"] == "/?currency=usd&minPrice=2&sort=event"
    assert steps["Remove Currency: USD"] == "/?text=o&sort=event"
    assert steps["Remove Price from: 2"] == "/?text=o&currency=usd&sort=event"
    assert steps["Remove all"] == "/"
    assert "Remove" not in " ".join(links(visitor.read("/")))


def test_a_search_tells_how_much_it_found(world, visitor):
    def count(query):
        told = re.search(r'<p class="hint">((?:More than )?\d+ found)', query)
        return told and told[1]

    assert count(visitor.read("/?text=cheap")) == "1 found"
    assert count(visitor.read("/?currency=usd")) == "2 found"
    assert count(visitor.read("/")) is None
    for _ in range(25):
        world.sell("Many", seller=None)
    assert count(visitor.read("/?text=many")) == "More than 24 found"


@pytest.mark.parametrize(
    ("today", "weekend"),
    [
        ("2026-06-01", ("2026-06-06", "2026-06-07")),  # a Monday
        ("2026-06-05", ("2026-06-06", "2026-06-07")),
        ("2026-06-06", ("2026-06-06", "2026-06-07")),
        ("2026-06-07", ("2026-06-07", "2026-06-07")),
    ],
)
def test_days_are_counted_from_today(today, weekend):
    now = datetime.fromisoformat(today).replace(hour=23, tzinfo=UTC)
    ways = {way.name: way for way in searches.days(Form({"text": "x"}), now)}
    spans = {name: (way.query["from"], way.query["to"]) for name, way in ways.items()}
    assert spans["today"] == (today, today)
    assert spans["weekend"] == weekend
    assert spans["week"][0] == today
    assert all(way.query["text"] == "x" for way in ways.values())
    here = searches.days(Form(ways["weekend"].query), now)
    assert [way.is_here for way in here] == [spans["today"] == weekend, True, False]


def test_at_midnight_the_days_of_home_are_others(world, visitor):
    world.bus.is_there = True
    world.worker.look_at_listings()
    before = links(visitor.read("/"))["Today"]
    world.now = world.now.replace(hour=23, minute=59)
    assert links(visitor.read("/"))["Today"] == before
    world.now = searches.tomorrow(world.now)
    assert links(visitor.read("/"))["Today"] != before
