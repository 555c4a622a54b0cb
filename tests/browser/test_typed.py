"""What somebody has typed outlives a session that ends meanwhile."""

import pytest
from conftest import PASSWORD
from playwright.sync_api import expect

TYPED = {
    "title": "Typed for long",
    "price": "20",
    "seats": "A-1 to 4",
    "event.name": "A long evening",
    "event.description": "Two acts,\none interval.",
}
IN_VAIN = "Nothing was saved yet: you were signed out in between."
AGAIN = "What you had typed is here again."


def type_all(seller, path, **fields):
    seller.page.goto(path)
    closed = seller.page.locator("details:not([open]) summary")
    while closed.count():
        closed.first.click()
    for name, value in fields.items():
        seller.page.locator(f"[name='{name}']").fill(value)


def sign_in_again(seller):
    expect(seller.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    seller.fill(email=seller.email, password=PASSWORD)
    seller.press("Sign in")


def test_a_listing_whose_seller_was_signed_out(person):
    """It is there again, and is listed once."""
    seller = person().join()
    type_all(seller, "/tickets/new", **TYPED)
    seller.page.context.clear_cookies()
    seller.press("List this ticket")
    sign_in_again(seller)
    seller.sees(IN_VAIN)
    seller.sees(AGAIN)
    for name, value in TYPED.items():
        field = seller.page.locator(f"[name='{name}']")
        expect(field).to_have_value(value)
        expect(field).to_be_visible()
    start = seller.page.locator("[name='event.startsAt']")
    start.fill("2037-06-01T20:00")
    seller.press("List this ticket")
    seller.sees("You are selling these tickets. Of 4 there are:")
    seller.follow("Sell")
    seller.sees_not(AGAIN)
    expect(seller.page.locator("[name=title]")).to_have_value("")


def test_a_change_whose_seller_was_signed_out(person):
    seller = person().join()
    ticket = seller.offer("As it was", 20)
    type_all(seller, f"{ticket}/edit", title="As it is to be")
    seller.page.context.clear_cookies()
    seller.press("Save")
    sign_in_again(seller)
    seller.sees(AGAIN)
    expect(seller.page.locator("[name=title]")).to_have_value("As it is to be")
    seller.page.reload()
    expect(seller.page.locator("[name=title]")).to_have_value("As it was")
    seller.sees_not(IN_VAIN)


def test_a_form_of_an_earlier_session(person):
    """Somebody has signed in again in another window, and goes on in this one."""
    seller = person().join()
    type_all(seller, "/tickets/new", title="Of this morning", price="20")
    answer = seller.page.request.post(
        "/api/users/signin", data={"email": seller.email, "password": PASSWORD}
    )
    assert answer.ok
    seller.press("List this ticket")
    seller.sees("That page was out of date")
    seller.follow("Back to where you were")
    seller.sees(AGAIN)
    seller.press("List this ticket")
    seller.sees("You are selling this ticket")


@pytest.mark.parametrize("script", [True, False])
def test_where_nothing_is_kept_nothing_is_promised(person, script):
    """Without scripts, or in another window than the one where it was typed."""
    seller = person(script=script).join()
    seller.page.goto("/tickets/new?typed")
    seller.sees(IN_VAIN)
    expect(seller.page.locator("#typed-again")).to_be_hidden()
