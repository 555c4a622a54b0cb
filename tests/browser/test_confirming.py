"""Cards whose bank asks whether it is you, with and without scripts."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect
from seats_hall import ask, signed_up

DESKTOP, PHONE = 1280, 360
KINDS = [
    pytest.param(DESKTOP, True, id="desktop"),
    pytest.param(PHONE, True, id="phone"),
    pytest.param(PHONE, False, id="phone-without-script"),
]
SECURE = "tok_threeDSecure2Required"


@pytest.fixture
def asked(person):
    """Makes somebody whose bank wants to know, and returns their order's path."""

    def make(width, script):
        seller, buyer = (signed_up(person(width, script=script)) for _ in range(2))
        title = f"Opera {uuid4().hex[:8]}"
        ticket = ask(seller, "tickets", title=title, price=49.9)
        path = f"/orders/{ask(buyer, 'orders', ticketId=ticket['id'])['id']}"
        buyer.page.goto(path)
        buyer.pay(SECURE)
        buyer.sees("Your bank asks whether it is you")
        return buyer, path

    return make


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def says(buyer, outcome):
    """Go to the bank, which asks, and answer it."""
    buyer.follow("Go on to your bank")
    main = buyer.page.get_by_role("main")
    expect(main).to_contain_text("Authenticate your payment of $49.90")
    buyer.press(f"{outcome} authentication")


@pytest.mark.parametrize(("width", "script"), KINDS)
def test_who_confirms_has_the_ticket(asked, width, script):
    """The bank leads back, and the shop has asked Stripe by then."""
    buyer, path = asked(width, script)
    if script:
        assert fits(buyer.page)
    says(buyer, "Complete")
    buyer.sees("The ticket is yours")
    expect(buyer.page).to_have_url(buyer.page.url.partition("/orders")[0] + path)
    buyer.sees("You have paid $49.90")


@pytest.mark.parametrize(("width", "script"), KINDS)
def test_who_does_not_confirm_is_told_and_takes_another_card(asked, width, script):
    buyer, _ = asked(width, script)
    says(buyer, "Fail")
    buyer.sees("Your last card did not work")
    buyer.sees("was not confirmed with your bank: try it again, or use another card")
    buyer.sees_not("Your bank asks whether it is you")
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")


def test_another_card_can_be_taken_without_going_to_the_bank(asked):
    """What the bank asked is of no meaning any more."""
    buyer, path = asked(DESKTOP, script=True)
    bank = buyer.page.get_by_role("link", name="Go on to your bank")
    address = bank.get_attribute("href")
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    buyer.page.goto(address)
    expect(buyer.page.get_by_role("button", name="Complete")).to_have_count(0)
    buyer.page.goto(f"{path}/returned")
    buyer.sees("The ticket is yours")


def test_the_bank_can_be_found_again(asked):
    """After a closed tab the order's page still leads there."""
    buyer, path = asked(PHONE, script=True)
    buyer.follow("Go on to your bank")
    buyer.page.goto("/orders")
    buyer.page.goto(path)
    says(buyer, "Complete")
    buyer.sees("The ticket is yours")


def test_the_way_to_the_bank_is_found_with_the_keyboard(asked):
    buyer, _ = asked(DESKTOP, script=True)
    bank = buyer.page.get_by_role("link", name="Go on to your bank")
    for _ in range(30):
        buyer.page.keyboard.press("Tab")
        if bank.evaluate("(link) => link === document.activeElement"):
            break
    expect(bank).to_be_focused()
    buyer.page.keyboard.press("Enter")
    expect(buyer.page.get_by_role("button", name="Complete")).to_be_visible()
