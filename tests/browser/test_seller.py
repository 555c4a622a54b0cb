"""A seller in a browser: how it sells, who gets money back, and the end of it."""

import csv
import io
import re
import time
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import PATIENCE
from playwright.sync_api import expect

DESKTOP, PHONE = 1280, 360
KINDS = [
    pytest.param(DESKTOP, True, id="desktop"),
    pytest.param(PHONE, True, id="phone"),
    pytest.param(PHONE, False, id="phone-without-script"),
]


def api(person, path, **body):
    answer = person.page.request.post(f"/api/{path}", data=body)
    assert answer.ok, answer.text()
    return answer.json()


def sell(seller, **more):
    """Sell five seats and return the address of their numbers."""
    title = f"Quartet {uuid4().hex[:8]}, =row one"
    seats = [f"A-{number}" for number in range(1, 6)]
    listing = {"title": title, "price": 30, "seats": seats, **more}
    return f"/listings/{api(seller, 'tickets', **listing)['id']}"


def reserve(buyer, listing, *seats):
    ticket_id = listing.rpartition("/")[2]
    return api(buyer, "orders", ticketId=ticket_id, seats=list(seats))


def buy(buyer, listing, *seats):
    order = reserve(buyer, listing, *seats)
    api(buyer, "payments", orderId=order["id"], token="tok_visa")
    buyer.page.goto(f"/orders/{order['id']}")
    buyer.sees("You have paid")
    return order["id"]


def see_numbers(seller, listing, **expected):
    """Look at the numbers until they are as expected."""
    for name, number in expected.items():
        figure = seller.page.locator(".numbers div").filter(has_text=name.capitalize())
        deadline = time.monotonic() + PATIENCE
        seller.page.goto(listing)
        while figure.locator("dd").inner_text() != number:
            if time.monotonic() > deadline:
                break
            seller.page.goto(listing)
        expect(figure.locator("dd")).to_have_text(number)


def rows_of(seller, name):
    """Download a file as the person would."""
    with seller.page.expect_download() as download:
        seller.page.get_by_role("link", name=name).click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return download.value.suggested_filename, list(csv.DictReader(io.StringIO(text)))


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize(("width", "script"), KINDS)
def test_from_the_first_sale_to_the_last_refund(person, width, script):
    """Two buy, one seat is refunded and sold again, then all of it is cancelled."""
    seller = person(width, script=script).sign_up()
    first, second = person().join(), person().join()
    listing = sell(seller)
    buy(first, listing, "A-1", "A-2")
    buy(second, listing, "A-3")

    seller.page.goto("/")
    seller.follow("My listings")
    seller.page.get_by_role("heading", name="Quartet").get_by_role("link").click()
    see_numbers(seller, listing, left="2", reserved="0", sold="3", earned="$90.00")
    expect(
        seller.page.get_by_role("img", name="Tickets sold over time")
    ).to_be_visible()
    name, rows = rows_of(seller, "all orders (CSV)")
    assert re.fullmatch(r"orders-quartet-\w+-row-one\.csv", name)
    columns = ("Buyer email", "Units", "Total", "Currency")
    assert [[row[column] for column in columns] for row in rows] == [
        [first.email, "A-1, A-2", "60.00", "USD"],
        [second.email, "A-3", "30.00", "USD"],
    ]
    _, passes = rows_of(seller, "all passes (CSV)")
    assert [row["Unit"] for row in passes] == ["A-1", "A-2", "A-3"]

    sale = seller.page.get_by_role("listitem").filter(has_text=first.email)
    sale.get_by_role("link", name="Refund").click()
    seller.page.get_by_label("Seat A-1").uncheck()
    expect(seller.page.locator(".refund-sum")).to_be_visible(visible=script)
    if script:
        seller.sees("You send back $30.00")
    seller.fill(reason="A pillar is in the way")
    seller.press("Send the money back")
    seller.sees("The money is on its way back")
    see_numbers(seller, listing, left="3", sold="2", earned="$60.00")
    buy(second, listing, "A-2")
    see_numbers(seller, listing, left="2", sold="3", earned="$90.00")
    reserve(first, listing, "A-5")
    see_numbers(seller, listing, left="1", reserved="1")

    seller.follow("Cancel this listing")
    seller.sees("3 paid orders are refunded in full: 3 tickets, $90.00 in all")
    seller.sees("1 ticket reserved but not paid is given up")
    seller.press("Cancel this listing")
    seller.sees("everything that was paid went back to the buyers")
    see_numbers(seller, listing, left="0", reserved="0", sold="0", earned="$0.00")
    name, rows = rows_of(seller, "all orders (CSV)")
    assert {row["Status"] for row in rows} == {"refunded", "cancelled"}
    assert {row["Quantity"] for row in rows} == {"0"}


def test_no_page_of_a_seller_scrolls_sideways_on_a_phone(person):
    """Not even with long titles and long names."""
    seller, buyer = person(PHONE).join(), person()
    buyer.email = f"{'long' * 12}{uuid4().hex[:8]}@{'example' * 8}.example.com"
    buyer.join()
    event = {
        "name": "N" * 200,
        "venue": "V" * 200,
        "startsAt": "2037-06-30T17:30:00.000Z",
        "timezone": "America/Argentina/ComodRivadavia",
    }
    listing = sell(seller, title="W" * 200, price=99999, event=event)
    order = buy(buyer, listing, "A-1", "A-2")
    seen = []
    for path in (
        "/listings",
        listing,
        f"{listing}/orders",
        f"{listing}/cancel",
        f"{listing}/orders/{order}/refund",
    ):
        seller.page.goto(path)
        for details in seller.page.locator("summary").all():
            details.click()
        seen.append((path, fits(seller.page)))
    assert [path for path, fit in seen if not fit] == []


def test_a_double_click_refunds_and_cancels_once(person):
    """The second click finds what the first one did."""
    seller, buyer = person().join(), person().join()
    listing = sell(seller)
    order = buy(buyer, listing, "A-1", "A-2")
    seller.page.goto(f"{listing}/orders/{order}/refund")
    seller.page.get_by_label("Seat A-2").uncheck()
    seller.page.get_by_role("button", name="Send the money back").dblclick()
    seller.sees("The money is on its way back")
    see_numbers(seller, listing, left="4", sold="1", earned="$30.00")
    seller.page.goto(f"{listing}/cancel")
    seller.page.get_by_role("button", name="Cancel this listing").dblclick()
    seller.sees("everything that was paid went back to the buyers")
