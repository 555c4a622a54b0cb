"""A page that was opened before the sale: it needs no reload when the sale begins."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

UPCOMING = "Not on sale yet"


@pytest.fixture
def listing(person):
    """Makes listings whose sale opens soon, or so many seconds later."""

    def make(later=0, **more):
        opens = datetime.now(UTC) + timedelta(seconds=later or 5)
        body = {
            "title": f"Premiere {uuid4().hex[:8]}",
            "price": 20,
            "onSaleAt": opens.isoformat(),
            **more,
        }
        answer = person().join().page.request.post("/api/tickets", data=body)
        assert answer.ok, answer.text()
        return f"/tickets/{answer.json()['id']}"

    return make


def watch(someone, address):
    """Open the page of a sale that has not opened, and know whether it is reloaded."""
    someone.page.goto(address)
    someone.sees(UPCOMING)
    someone.sees("When the sale opens, this page shows it by itself.")
    someone.page.evaluate("window.isTheSame = true")


def test_who_waits_for_a_sale_sees_it_open(person, listing):
    """In place, and is told so."""
    buyer = person().join()
    watch(buyer, listing())
    buyer.sees("Reserve this ticket")
    buyer.sees_not(UPCOMING)
    expect(buyer.page.locator("#availability-news")).to_have_text("For sale")
    assert buyer.page.evaluate("window.isTheSame") is True
    buyer.press("Reserve this ticket")
    buyer.sees("Held for you until")


def test_the_map_of_seats_comes_with_the_sale(person, listing):
    """Its scripts need the page anew, which comes by itself as well."""
    visitor = person()
    watch(visitor, listing(seats=["A-1", "A-2"]))
    expect(visitor.page.get_by_role("application", name="Seat map")).to_be_visible()


def test_the_servers_clock_opens_a_sale(person, listing):
    """A page whose computer lives in another year opens neither before nor after."""
    visitor, asked = person(), []
    page, address = visitor.page, listing(later=600)
    page.on("request", lambda request: asked.append(request.method))
    page.clock.install(time="2001-02-03T04:05:06Z")
    watch(visitor, address)
    page.clock.run_for(500_000)
    assert "HEAD" not in asked
    with page.expect_response(lambda found: found.request.method == "HEAD") as told:
        page.clock.run_for(95_000)
    assert told.value.ok
    visitor.sees(UPCOMING)


def test_without_scripts_nothing_is_promised(person, listing):
    visitor = person(script=False)
    visitor.page.goto(listing(later=600))
    visitor.sees(UPCOMING)
    expect(visitor.page.locator(".with-script")).to_be_hidden()
    expect(visitor.page.get_by_role("link", name="Look again")).to_be_visible()
