"""Paying with interruptions: nothing is lost, and nothing is done twice."""

import pytest
from conftest import PASSWORD
from playwright.sync_api import expect

SCRIPTS = [pytest.param(True, id="script"), pytest.param(False, id="without-script")]


@pytest.fixture
def ticket(person):
    return person().join().offer("A seat for the impatient", 20)


@pytest.fixture(params=SCRIPTS)
def buyer(request, person, ticket):
    """Somebody on the page of an order that is to be paid."""
    buyer = person(script=request.param).join()
    buyer.reserve(ticket)
    return buyer


def is_paid_once(buyer):
    buyer.sees("The ticket is yours")
    orders = buyer.page.request.get("/api/orders").json()
    return [order["status"] for order in orders] == ["complete"]


def test_a_session_that_ended_in_the_middle_of_paying(buyer):
    """Signing in leads back to the order, which is still held and is then paid."""
    order = buyer.page.url
    buyer.page.context.clear_cookies()
    buyer.pay("tok_visa")
    expect(buyer.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    buyer.fill(email=buyer.email, password=PASSWORD)
    buyer.press("Sign in")
    expect(buyer.page).to_have_url(order)
    buyer.sees("Held for you until")
    buyer.pay("tok_visa")
    assert is_paid_once(buyer)


def test_two_clicks_are_one_payment(buyer):
    buyer.page.locator("input[value=tok_visa]").check()
    button = buyer.page.get_by_role("main").get_by_role("button", name="Pay $")
    button.dblclick(no_wait_after=True)
    assert is_paid_once(buyer)


def test_back_and_reload_after_paying(buyer):
    """Neither shows the form again."""
    buyer.pay("tok_visa")
    assert is_paid_once(buyer)
    buyer.page.reload()
    assert is_paid_once(buyer)
    buyer.page.go_back()
    buyer.page.go_forward()
    assert is_paid_once(buyer)
    expect(buyer.page.get_by_role("button", name="Pay $")).to_have_count(0)


def test_two_tabs_pay(buyer):
    """The slower one is shown what the faster one did."""
    tab = buyer.page.context.new_page()
    tab.route("**/live?*", lambda route: route.fulfill(status=404))  # late to hear
    tab.goto(buyer.page.url)
    tab.locator("input[value=tok_visa]").check()
    buyer.pay("tok_visa")
    assert is_paid_once(buyer)
    tab.get_by_role("button", name="Pay $").click()
    expect(tab.locator("main")).to_contain_text("The ticket is yours")
    assert is_paid_once(buyer)
