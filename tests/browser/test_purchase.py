"""The main job in a browser: from sign-up to a paid ticket."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

DESKTOP, PHONE = 1280, 360
KINDS = [
    pytest.param(DESKTOP, True, id="desktop"),
    pytest.param(PHONE, True, id="phone"),
    pytest.param(DESKTOP, False, id="desktop-without-script"),
    pytest.param(PHONE, False, id="phone-without-script"),
]


def new_title():
    return f"Opera, box 5, seat {uuid4().hex[:8]}"


@pytest.fixture
def ticket(person):
    """The address of a ticket that somebody else sells."""
    return person().join().offer(new_title(), 20)


@pytest.mark.parametrize(("width", "script"), KINDS)
def test_two_people_one_ticket_from_sign_up_to_paid(person, width, script):
    """One lists it, another one reserves it, pays and owns it."""
    title = new_title()
    seller, buyer = (person(width, script=script).sign_up() for _ in range(2))
    ticket = seller.sell(title, "49.90")

    buyer.find(title)
    expect(buyer.page).to_have_url(ticket)
    buyer.sees("$49.90")
    buyer.press("Reserve this ticket")
    buyer.sees("Held for you until")
    expect(buyer.page.get_by_role("timer")).to_be_visible(visible=script)

    seller.looks(ticket, "A buyer is holding your ticket")

    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    buyer.sees("You have paid $49.90")
    buyer.follow("My orders")
    expect(buyer.page.get_by_role("listitem").filter(has_text=title)).to_contain_text(
        "Yours"
    )
    seller.looks(ticket, "Your ticket is sold and paid for")


@pytest.mark.parametrize(("width", "script"), KINDS[:3])
def test_a_declined_card_and_then_a_good_one(person, ticket, width, script):
    """The refusal is told beside the cards; the hold stays; another card pays."""
    buyer = person(width, script=script).join()
    order = buyer.reserve(ticket)
    buyer.pay("tok_chargeDeclinedInsufficientFunds")
    buyer.sees("Your card has insufficient funds.")
    expect(buyer.page.get_by_role("alert")).to_be_focused()
    expect(buyer.page.get_by_role("alert").get_by_role("link")).to_have_attribute(
        "href", "#token"
    )
    buyer.page.goto(order)
    buyer.sees("Your last card did not work: Your card has insufficient funds.")
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")


def test_cards_that_are_declined_too_often_end_the_reservation(person, ticket):
    """The last refusal is told, and so is what became of the order."""
    buyer = person().join()
    order = buyer.reserve(ticket)
    for _ in range(3):
        buyer.pay("tok_chargeDeclined")
        buyer.sees("Your card was declined.")
    buyer.page.goto(order)
    buyer.sees("You may reserve it again")
    buyer.follow("See if it is still for sale")
    buyer.sees("Reserve this ticket")


@pytest.mark.parametrize(("width", "script"), KINDS[:3])
def test_a_cancelled_reservation_frees_the_ticket(person, ticket, width, script):
    """At once, for everybody."""
    buyer, other = (person(width, script=script).join() for _ in range(2))
    buyer.reserve(ticket)
    other.looks(ticket, "Somebody else is holding this ticket")
    buyer.press("Cancel this reservation")
    buyer.sees("You cancelled this reservation")
    if not script:
        other.follow("Look again")
        other.looks(ticket, "Reserve this ticket")
    other.press("Reserve this ticket")
    other.sees("Held for you until")


def test_the_other_person_sees_the_ticket_as_gone(person, ticket):
    """Whoever presses the button a moment later is told so, and later sees it sold."""
    buyer, late = person().join(), person(script=False).join()
    late.page.goto(ticket)
    buyer.reserve(ticket)
    late.press("Reserve this ticket")
    late.sees("Ticket is already reserved")
    late.sees("Somebody else is holding this ticket")
    buyer.pay("tok_visa")
    buyer.sees("The ticket is yours")
    late.looks(ticket, "Somebody else has bought this ticket")
    buyer.looks(ticket, "You have bought this ticket")


def test_ones_own_hold_is_found_again(person, ticket):
    """From the ticket, from the list of orders, and by reserving in another tab."""
    buyer = person().join()
    buyer.page.goto(ticket)
    tab = buyer.page.context.new_page()
    tab.route("**/live?*", lambda route: route.fulfill(status=404))  # late to hear
    tab.goto(ticket)
    buyer.press("Reserve this ticket")
    buyer.sees("Held for you until")
    order = buyer.page.url
    tab.get_by_role("button", name="Reserve this ticket").click()
    expect(tab).to_have_url(order)
    buyer.page.goto(ticket)
    buyer.sees("You are holding this ticket")
    buyer.follow("Go to your order")
    expect(buyer.page).to_have_url(order)


def test_signing_in_leads_back(person, ticket):
    """Somebody who finds a ticket first signs in and is where they were."""
    visitor = person()
    visitor.page.goto(ticket)
    visitor.follow("Sign in to reserve")
    visitor.follow("Create an account")
    visitor.fill(email=visitor.email, password="short")
    visitor.press("Create account")
    visitor.sees("Password must be between 8 and 128 characters")
    expect(visitor.page.get_by_label("Email")).to_have_value(visitor.email)
    visitor.fill(password="long enough")
    visitor.press("Create account")
    expect(visitor.page).to_have_url(ticket)
    visitor.press("Reserve this ticket")
    visitor.sees("Held for you until")
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.sees("Tickets you can buy now")
    visitor.page.goto("/orders")
    visitor.sees("Sign in")
