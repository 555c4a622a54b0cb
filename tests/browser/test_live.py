"""Pages that stay open show what has become of things, without being loaded again."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect


@pytest.fixture
def seller(person):
    return person().join()


@pytest.fixture
def ticket(seller):
    return seller.offer(f"Opera, {uuid4().hex[:8]}", 20)


@pytest.fixture
def several(seller):
    """The address of a listing of three."""
    body = {"title": f"Field, {uuid4().hex[:8]}", "price": 20, "quantity": 3}
    made = seller.page.request.post("/api/tickets", data=body)
    return f"/tickets/{made.json()['id']}"


@pytest.fixture
def buyer(person):
    return person().join()


def another_tab(buyer, address):
    """One more window with the same session, which hears of changes."""
    tab = buyer.page.context.new_page()
    with tab.expect_response(lambda response: "/live?" in response.url):
        tab.goto(address)
    return tab


def open_page(visitor, address):
    """A page that hears of changes, and knows whether it was loaded again."""
    page = visitor.page
    with page.expect_response(lambda response: "/live?" in response.url):
        page.goto(address)
    page.evaluate("window.isTheSame = true")
    return page


def is_the_same(page):
    return page.evaluate("window.isTheSame === true")


def test_an_order_paid_in_one_window_is_paid_in_the_other(buyer, ticket):
    order = buyer.reserve(ticket)
    tab = another_tab(buyer, order)
    expect(tab.locator("main")).to_contain_text("Held for you until")
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    expect(tab.locator("main")).to_contain_text("The ticket is yours")


def test_an_order_cancelled_in_one_window_is_cancelled_in_the_other(buyer, ticket):
    tab = another_tab(buyer, buyer.reserve(ticket))
    buyer.press("Cancel this reservation")
    expect(tab.locator("main")).to_contain_text("You cancelled this reservation")


def test_a_paid_order_is_its_passes_on_every_open_page(buyer, ticket):
    """On its own, on that of the passes and in the list of orders."""
    order = buyer.reserve(ticket)
    passes, orders = (
        another_tab(buyer, each) for each in (f"{order}/passes", "/orders")
    )
    other = another_tab(buyer, order)
    expect(passes.locator("main")).to_contain_text("Not yet")
    expect(orders.locator("main")).to_contain_text("Pay by")
    for tab in (passes, orders):
        tab.evaluate("window.isTheSame = true")
    buyer.pay("tok_visa")
    for tab in (passes, other, buyer.page):
        expect(tab.get_by_role("img", name="QR code of pass")).to_be_visible()
    expect(orders.locator("#orders")).to_contain_text("Yours")
    for tab in (passes, orders):
        assert tab.evaluate("window.isTheSame") is True


def test_passes_stay_where_they_cannot_be_had_anew(buyer, ticket):
    """Without a session, or a shop, somebody still stands at the door with them."""
    order = buyer.reserve(ticket)
    buyer.pay("tok_visa")
    page = buyer.page
    code = page.get_by_role("img", name="QR code of pass")
    expect(code).to_be_visible()
    page.clock.install()
    page.route("**/live?*", lambda route: route.fulfill(status=404))
    page.goto(f"{order}/passes")
    expect(code).to_be_visible()
    page.context.clear_cookies()
    with page.expect_response(lambda found: "/auth/signin" in found.url):
        page.clock.run_for(11_000)
    page.route("**/passes", lambda route: route.fulfill(status=404))
    with page.expect_response(lambda found: found.status == 404):
        page.clock.run_for(11_000)
    expect(code).to_be_visible()


def test_what_went_wrong_can_be_read_before_the_page_turns(buyer, ticket):
    """The last card was declined, and the reservation ends with it."""
    buyer.reserve(ticket)
    for _ in range(3):
        buyer.pay("tok_chargeDeclined")
        buyer.sees("Your card was declined.")
    turned = "The card was declined too often"
    expect(buyer.page.locator("main")).to_contain_text(turned, timeout=15_000)


def test_what_is_left_of_a_listing_is_seen_by_who_looks_at_it(person, buyer, several):
    """The number changes under the eyes of another person, whose choice stays."""
    other = person().join()
    page = open_page(other, several)
    other.sees("3 tickets left")
    page.get_by_label("How many").select_option("2")
    buyer.page.goto(several)
    buyer.press("Reserve")
    other.sees("2 tickets left")
    assert is_the_same(page)
    expect(page.get_by_label("How many")).to_have_value("2")
    buyer.page.goto(several)
    buyer.page.get_by_label("How many").select_option("2")
    buyer.press("Reserve")
    other.sees("All reserved right now")
    expect(page.locator("#availability-news")).to_have_text("All reserved right now")
    buyer.press("Cancel this reservation")
    other.sees("2 tickets left")
    assert is_the_same(page)
    expect(page.get_by_role("button", name="Reserve")).to_be_enabled()


def test_who_goes_back_to_a_listing_is_told_what_they_hold(buyer, several):
    """By a page from before, so that nobody reserves more without noticing."""
    page = buyer.page
    page.goto(several)
    buyer.press("Reserve")
    buyer.sees("Held for you until")
    page.go_back()
    buyer.sees("You are holding 1 ticket of these")
    expect(page.get_by_label("How many")).to_be_visible()


def test_a_ticket_that_somebody_takes_is_seen_to_be_taken(person, buyer, ticket):
    """And to be free again when it is."""
    other = person().join()
    page = open_page(other, ticket)
    other.sees("Reserve this ticket")
    buyer.reserve(ticket)
    other.sees("Somebody else is holding this ticket")
    buyer.press("Cancel this reservation")
    other.sees("Reserve this ticket")
    assert is_the_same(page)


def test_a_page_that_cannot_be_told_looks_now_and_then(buyer, ticket):
    order = buyer.reserve(ticket)
    tab = buyer.page.context.new_page()
    tab.clock.install()
    tab.route("**/live?*", lambda route: route.fulfill(status=404))
    tab.goto(order)
    # However long the payment takes, it does not look before its time.
    tab.clock.pause_at(datetime.now(UTC) + timedelta(seconds=3))
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    expect(tab.locator("main")).to_contain_text("Held for you until")
    tab.clock.run_for(11_000)
    tab.clock.resume()
    expect(tab.locator("main")).to_contain_text("The ticket is yours")


def test_a_hold_that_became_longer_is_counted_down_anew(buyer, ticket):
    """In place: who is about to pay goes on."""
    page = buyer.page
    open_page(buyer, buyer.reserve(ticket))
    page.evaluate(
        """document.dispatchEvent(new CustomEvent("extended", {
          detail: new Date(Date.now() + 2_000_000).toISOString(),
        }))"""
    )
    expect(page.get_by_role("timer")).to_have_text(
        re.compile(r"3[23]:\d\d left to pay")
    )
    expect(page.locator("#countdown-news")).to_have_text("You have more time to pay")
    assert is_the_same(page)


def test_what_is_left_of_a_listing_is_told_among_others(seller, buyer, person, several):
    """On home, without its being loaded again."""
    visitor = person()
    listed = visitor.page.locator(f"[data-listed='{several.rpartition('/')[2]}']")
    page = open_page(visitor, "/")
    while not listed.count():  # home hears of it a moment later
        page = open_page(visitor, "/")
    expect(listed).to_have_text("3 left")
    body = {"ticketId": several.rpartition("/")[2], "quantity": 2}
    buyer.page.request.post("/api/orders", data=body)
    expect(listed).to_have_text("1 left")
    buyer.page.request.post("/api/orders", data=body | {"quantity": 1})
    expect(listed).to_have_text("All reserved right now")
    seller.page.request.delete(f"/api{several}")
    expect(listed).to_have_text("Cancelled")
    assert is_the_same(page)


def test_a_seller_sees_the_numbers_change(seller, buyer, several):
    """What is reserved and sold, the chart and the orders, without loading again."""
    listing = several.rpartition("/")[2]
    page = open_page(seller, f"/listings/{listing}")
    seller.sees("No orders yet")
    left = page.locator("dl.numbers dd").first
    expect(left).to_have_text("3")
    buyer.page.goto(several)
    buyer.press("Reserve")
    expect(left).to_have_text("2")
    expect(page.locator(".sale")).to_contain_text("Reserved")
    buyer.pay("tok_visa")
    expect(page.locator(".sale")).to_contain_text("Paid")
    expect(page.locator("figure.chart")).to_be_visible()
    assert is_the_same(page)
