"""A seller's listings and their numbers."""

import re

import pytest
from web_fakes import NOW
from web_markup import check, told

from ticketing.clock import iso
from web import shop

EVENT = {
    "name": "Quartet",
    "venue": "Small <hall>",
    "startsAt": "2026-06-30T17:30:00.000Z",
    "timezone": "Europe/Berlin",
}
STARTED = EVENT | {"startsAt": iso(NOW)}
LATER = "2026-02-01T00:00:00.000Z"


@pytest.fixture
def listing(world, seller):
    return world.sell("Quartet & more", 30, seller, quantity=8, event=EVENT)


@pytest.fixture
def path(listing):
    return f"/listings/{listing['id']}"


def test_whoever_sells_nothing_is_told_how_to_begin(buyer, house):
    answer = buyer.get("/listings")
    assert "You have not sold anything yet" in told(answer)
    assert 'href="/tickets/new"' in answer.get_data(as_text=True)


def test_the_way_to_ones_listings_is_on_every_page_once_signed_in(world, buyer):
    link = '<a href="/listings">My listings</a>'
    assert link in buyer.read("/")
    assert link not in world.visitor().read("/")


def test_a_listing_is_shown_to_its_seller_only(world, buyer, seller, listing, house):
    words = told(seller.get("/listings"))
    for fact in ("Quartet &amp; more", "30 June 2026, 19:30 Berlin time", "On sale"):
        assert fact in words
    assert "Quartet" not in told(buyer.get("/listings"))


def test_a_listing_says_how_much_is_sold_held_and_left(house, buyer, seller, listing):
    house.buy(buyer, listing, quantity=2)
    house.orders.create_order(buyer.id, listing["id"], quantity=1)
    page = seller.get("/listings")
    assert "2 sold, 1 reserved, 5 left" in told(page)
    html = page.get_data(as_text=True)
    assert 'viewBox="0 0 8 1"' in html
    assert '<rect class="share-sold" width="2" height="1"/>' in html
    assert '<rect class="share-held" x="2" width="1" height="1"/>' in html


def test_a_listing_leads_to_its_numbers_its_form_and_its_door(seller, listing):
    html = seller.read("/listings")
    ticket_id = listing["id"]
    for link in ("/listings/{}", "/tickets/{}/edit", "/door/{}"):
        assert f'href="{link.format(ticket_id)}"' in html


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"on_sale_at": LATER}, "On sale from 1 February 2026, 00:00 UTC"),
        ({"event": STARTED}, "Over"),
        ({}, "On sale"),
    ],
)
def test_a_listing_says_what_buyers_can_do(world, seller, more, state):
    world.sell("Thing", 3, seller, **more)
    assert f"Thing {state} " in told(seller.get("/listings"))


def test_a_listing_says_that_all_is_taken(world, house, buyer, seller):
    listing = world.sell("Thing", 3, seller)
    order = world.orders.create_order(buyer.id, listing["id"])
    assert "Thing All reserved right now" in told(seller.get("/listings"))
    world.orders.complete(order["id"])
    assert "Thing Sold out" in told(seller.get("/listings"))


def test_long_lists_of_listings_are_shown_in_parts(world, seller):
    made = [world.sell(f"L{n}.", 1, seller) for n in range(shop.PAGE_SIZE + 1)]
    html = seller.read("/listings")
    assert "L0." not in html
    older = re.search(r'rel="next" href="([^"]+)"', html)[1]
    assert "L0." in seller.read(older)
    past = seller.get(f"/listings?after={made[0]['id']}")
    assert "That was the last of them" in told(past)


def test_the_numbers_are_those_of_the_orders(house, buyer, seller, listing, path):
    house.buy(buyer, listing, quantity=3)
    house.orders.create_order(buyer.id, listing["id"], quantity=1)
    house.admitted = 2
    words = told(seller.get(path))
    assert "Left 4 Reserved 1 Sold 3 Let in 2 Earned $90.00" in words


def test_large_numbers_can_be_read(house, seller, listing, path):
    house.get_sales = house.orders.get_sales = lambda *_: {
        "held": 0, "sold": 20000, "orders": 20000, "earned": 1234567.5,
        "currency": "usd", "points": [], "admitted": 0,
    }  # fmt: skip
    words = told(seller.get(path))
    assert "Left 0 Reserved 0 Sold 20,000 Let in 0 Earned $1,234,567.50" in words


def test_before_the_first_sale_there_is_no_chart(seller, path):
    words = told(seller.get(path))
    assert "Earned $0.00" in words
    assert "The chart begins with the first sale" in words
    assert "No orders yet" in words


def test_the_chart_says_the_same_as_its_table_and_its_words(house, seller, path):
    house.points = [
        {"at": "2026-01-31T10:00:00.000Z", "sold": 1},
        {"at": "2026-01-31T11:00:00.000Z", "sold": 3},
    ]
    page = seller.get(path)
    html, words = page.get_data(as_text=True), told(page)
    assert 'd="M0 100H0V75H50V25H100"' in html
    assert 'role="img" aria-labelledby="chart-name chart-words"' in html
    assert (
        "From 31 January 2026, 11:00 Berlin time to 31 January 2026, 13:00 Berlin time"
        in words
    )
    assert "When Sold by then 31 January 2026, 11:00 Berlin time 1 31" in words


def test_the_chart_of_an_event_ends_when_it_begins(house, world, seller):
    house.points = [{"at": "2026-01-31T10:00:00.000Z", "sold": 1}]
    past = STARTED | {"startsAt": "2026-01-31T11:00:00.000Z", "timezone": "UTC"}
    listing = world.sell("Past", 3, seller, event=past)
    words = told(seller.get(f"/listings/{listing['id']}"))
    assert "10:00 UTC to 31 January 2026, 11:00 UTC" in words


def test_the_latest_orders_say_who_bought_what(house, buyer, other, seller, listing):
    house.buy(buyer, listing, quantity=2)
    house.orders.create_order(other.id, listing["id"], quantity=1)
    words = told(seller.get(f"/listings/{listing['id']}"))
    latest = words.partition("Latest orders")[2]
    assert re.match(r" other@example.com 1 ticket, \$30.00 .* Reserved ", latest)
    assert re.search(r"buyer@example.com 2 tickets, \$60.00 .* Paid Refund", latest)


def test_seats_are_named_in_the_orders(house, world, buyer, seller):
    listing = world.sell("Seats", 3, seller, seats=["A-1", "Box"])
    house.buy(buyer, listing, seats=["A-1", "Box"])
    words = told(seller.get(f"/listings/{listing['id']}"))
    assert "2 tickets (A-1, Box)" in words


def test_orders_are_shown_though_nobody_knows_the_buyers(
    house, world, buyer, seller, listing, path
):
    house.buy(buyer, listing)
    world.auth.away = True
    assert "Buyer not known right now" in told(seller.get(path))


def test_every_order_can_be_found_page_by_page(house, buyer, seller, world):
    listing = world.sell("Many", 1, seller, quantity=100)
    size = shop.PAGE_SIZE + 1
    made = [house.buy(buyer, listing) for _ in range(size)]
    path = f"/listings/{listing['id']}"
    assert f'href="{path}/orders"' in seller.read(path)
    html = seller.read(f"{path}/orders")
    check(html)
    assert made[0]["id"] not in html
    older = re.search(r'rel="next" href="([^"]+)"', html)[1]
    html = seller.read(older)
    assert made[0]["id"] in html
    assert f'href="{path}/orders">Newest orders' in html


def test_every_state_of_an_order_has_its_own_word(house, buyer, seller, listing, path):
    house.buy(buyer, listing)
    for end in ("refunded", "expired", "cancelled by the buyer"):
        order = house.buy(buyer, listing)
        house.orders.end(order["id"], end)
    house.orders.create_order(buyer.id, listing["id"])
    words = told(seller.get(f"{path}/orders"))
    badges = re.findall(r"Berlin time (\w+(?: paid)?)", words)
    assert badges == ["Reserved", "Not paid", "Not paid", "Refunded", "Paid"]
    assert words.count("Paid Refund") == 1


@pytest.mark.parametrize(
    "page", ["", "/orders", "/orders.csv", "/passes.csv", "/cancel", "/orders/x/refund"]
)
def test_only_the_seller_sees_how_it_sells(world, house, buyer, path, page):
    """Others are told so, people without a session are asked who they are."""
    refused = buyer.get(path + page)
    assert refused.status_code == 403
    assert "belongs to somebody else" in refused.get_data(as_text=True)
    visitor = world.visitor().get(path + page)
    assert visitor.status_code == 303
    assert visitor.headers["Location"].startswith("/auth/signin?next=%2Flistings%2F")
    nowhere = f"/listings/{'0' * 24}{page}"
    assert buyer.get(nowhere).status_code == 404


@pytest.mark.parametrize("page", ["", "/orders.csv", "/passes.csv", "/cancel"])
def test_without_the_orders_the_numbers_ask_for_patience(world, seller, path, page):
    world.orders.away = True
    answer = seller.get(path + page)
    assert answer.status_code == 503
    assert "Please try again in a moment" in answer.get_data(as_text=True)
