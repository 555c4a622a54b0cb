"""How the pages behave in a browser: widths, keyboard, clock, looking again."""

import re

import pytest
from playwright.sync_api import expect

PHONE = 360
LONG = "W" * 60 + " a title without end " * 6


@pytest.fixture
def order(person):
    """Somebody with an order, its address and its ticket's."""
    ticket = person().join().offer(LONG, 999999.99)
    buyer = person(PHONE).join()
    buyer.reserve(ticket)
    return buyer, buyer.page.url, ticket


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_no_page_scrolls_sideways_on_a_phone(person, order):
    """Not even with long titles and high prices."""
    buyer, address, ticket = order
    visitor = person(PHONE)
    seen = []
    for page, paths in (
        (visitor.page, ["/", ticket, "/auth/signin", "/auth/signup", "/none"]),
        (buyer.page, ["/", ticket, "/orders", address, "/tickets/new"]),
    ):
        for path in [*paths, "/auth/signout"]:
            page.goto(path)
            seen.append((path, fits(page)))
    buyer.page.goto("/tickets/new")
    buyer.press("List this ticket")
    buyer.sees("There is a problem")
    seen.append(("refused", fits(buyer.page)))
    buyer.page.goto(address)
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    seen.append(("paid", fits(buyer.page)))
    assert [path for path, fit in seen if not fit] == []


def test_the_keyboard_finds_the_content_first(person):
    """The first stop is a link past the header, and it is seen when it is reached."""
    page = person().page
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_countdown_follows_the_servers_clock(order):
    """A clock that is years off makes no difference; what matters is said aloud."""
    buyer, address, _ = order
    page = buyer.page
    page.clock.install(time="2001-02-03T04:05:06Z")
    page.goto(address)
    timer, news = page.get_by_role("timer"), page.locator("#countdown-news")
    expect(timer).to_have_text(re.compile(r"1[45]:\d\d left to pay"))
    expect(news).to_be_empty()
    left = timer.inner_text()
    page.clock.run_for(2000)
    expect(timer).not_to_have_text(left)
    page.clock.fast_forward("13:30")
    page.clock.run_for(60_000)
    expect(news).to_have_text("1 minute left to pay")
    expect(timer).to_have_text(re.compile(r"00:[0-5]\d left to pay"))


def test_a_page_that_waits_looks_again_by_itself(order):
    """The script asks the API and shows the page anew when the order has moved on."""
    buyer, address, _ = order
    page = buyer.page
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    script = re.search(r"/static/\w+/", page.content())[0] + "watch.js"
    path = "/orders/" + address.rpartition("/")[2]
    waiting = (
        f'<main data-watch="/api{path}" data-page="{path}" data-status="created"'
        " data-passes>being confirmed</main>"
        f'<script type="module" src="{script}"></script>'
    )
    page.route(
        address,
        lambda route: route.fulfill(body=waiting, content_type="text/html"),
        times=1,
    )
    page.goto(address)
    buyer.sees("The ticket is yours")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_are_readable(person, scheme):
    """The ground and the words differ, and follow the person's choice."""
    page = person().page
    page.emulate_media(color_scheme=scheme)
    page.goto("/")
    ground, words = page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.documentElement).color]"
        ".map((text) => text.match(/\\d+/g).reduce((sum, n) => sum + Number(n), 0))"
    )
    assert (ground > words) == (scheme == "light")
    assert abs(ground - words) > 500
