"""Paying in Stripe's Payment Element: what is on the page, and what it may do."""

from threading import Event
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from seats_hall import ask, signed_up

pytest_plugins = ("element_fixtures",)

DESKTOP, PHONE = 1280, 360
GOOD, DECLINED = "4242424242424242", "4000000000009995"
SECURE = "4000000000003220"
VIOLATIONS = """() => {
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
}"""
TRESPASS = """async () => {
  const part = (tag, src) => document.body.append(
    Object.assign(document.createElement(tag), { src }));
  part("script", "https://evil.test/x.js");
  part("iframe", "https://evil.test/");
  part("iframe", "https://js.stripe.com/v3/frame.html");
  part("img", "https://evil.test/x.png");
  await fetch("https://evil.test/").catch(() => {});
  await fetch("https://api.stripe.com/v1/tokens").catch(() => {});
  const inline = document.createElement("script");
  inline.textContent = "window.trespassed = true";
  document.body.append(inline);
  for (let tries = 0; window.violations.length < 5 && tries < 100; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""


@pytest.fixture
def order(person):
    """Makes an order for somebody, by somebody else's listing; returns its path."""
    seller = signed_up(person())

    def make(buyer, price=20):
        title = f"Opera {uuid4().hex[:8]}"
        ticket = ask(seller, "tickets", title=title, price=price)
        return f"/orders/{ask(buyer, 'orders', ticketId=ticket['id'])['id']}"

    return make


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def pay(page, number):
    page.get_by_label("Card number").fill(number)
    page.get_by_role("button", name="Pay $").click()


def shows(page, text):
    expect(page.locator("main")).to_contain_text(text)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_card_pays_for_the_ticket(payer, order, till, width):
    """After a declined one, whose reason is told where the card is."""
    buyer = payer(width)
    page = buyer.page
    page.goto(till.element + order(buyer))
    expect(page.get_by_role("button", name="Pay $20.00")).to_be_enabled()
    assert fits(page)
    pay(page, "")
    expect(page.get_by_role("alert")).to_have_text("Your card number is incomplete.")
    pay(page, DECLINED)
    expect(page.get_by_role("alert")).to_have_text("Your card has insufficient funds.")
    expect(page.get_by_role("button", name="Pay $20.00")).to_be_enabled()
    assert fits(page)
    pay(page, GOOD)
    buyer.sees("The ticket is yours")
    assert page.url.startswith(till.element)
    assert till.confirmed == 2


def test_a_decline_is_known_after_a_reload(payer, order, till):
    """The shop hears of it from Stripe, and says what to do."""
    buyer = payer()
    path = order(buyer)
    buyer.page.goto(till.element + path)
    pay(buyer.page, DECLINED)
    expect(buyer.page.get_by_role("alert")).to_be_visible()
    buyer.page.goto(f"{till.element}{path}/returned")
    expect(buyer.page).to_have_url(till.element + path)
    buyer.sees("Your last card did not work: Your card has insufficient funds.")
    pay(buyer.page, GOOD)
    buyer.sees("The ticket is yours")


def test_a_double_click_confirms_once(payer, order, till):
    buyer = payer()
    buyer.page.goto(till.element + order(buyer))
    buyer.page.get_by_label("Card number").fill(GOOD)
    buyer.page.get_by_role("button", name="Pay $20.00").dblclick()
    buyer.sees("The ticket is yours")
    assert till.confirmed == 1


@pytest.mark.parametrize("outcome", ["Complete", "Fail"])
def test_a_bank_that_asks_leads_back_to_the_order(payer, order, till, outcome):
    buyer = payer()
    path = order(buyer)
    buyer.page.goto(till.element + path)
    pay(buyer.page, SECURE)
    buyer.page.get_by_role("button", name=f"{outcome} authentication").click()
    expect(buyer.page).to_have_url(till.element + path)
    if outcome == "Fail":
        buyer.sees("Your last card did not work")
        pay(buyer.page, GOOD)
    buyer.sees("The ticket is yours")


def test_what_was_paid_in_another_tab_is_shown_in_this_one(payer, order, till):
    """Stripe says that there is nothing to confirm; the shop knows why.

    Nobody tells this page of it: it would have turned by itself.
    """
    buyer = payer()
    path = order(buyer)
    buyer.page.route("**/live?*", lambda route: route.fulfill(status=404))
    buyer.page.goto(till.element + path)
    tab = buyer.page.context.new_page()
    tab.goto(till.element + path)
    pay(tab, GOOD)
    shows(tab, "The ticket is yours")
    pay(buyer.page, GOOD)
    buyer.sees("The ticket is yours")


def test_stripes_script_that_does_not_come_is_told(payer, order, till):
    """Nothing can be pressed, and nothing is lost."""
    till.script = False
    buyer = payer()
    page = buyer.page.context.new_page()  # the missing script is complained about
    page.goto(till.element + order(buyer))
    expect(page.get_by_role("alert")).to_contain_text(
        "Stripe's part of this page could not be loaded. Your tickets stay held"
    )
    expect(page.get_by_role("button", name="Pay $")).to_be_disabled()
    till.script = True
    page.reload()
    pay(page, GOOD)
    shows(page, "The ticket is yours")


def test_an_answer_that_gets_lost_leaves_a_second_try(payer, order, till):
    """Stripe.js says so in its own words; the page must not hang."""
    buyer = payer()
    page = buyer.page.context.new_page()
    page.goto(till.element + order(buyer))
    confirm = "https://api.stripe.com/**/confirm"
    page.route(confirm, lambda route: route.abort())
    pay(page, GOOD)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Pay $")).to_be_enabled()
    page.unroute(confirm)
    pay(page, GOOD)
    shows(page, "The ticket is yours")


def test_the_shop_that_is_away_is_told(payer, order, till):
    buyer = payer()
    page = buyer.page.context.new_page()
    page.route("**/api/payments/intent", lambda route: route.abort())
    page.goto(till.element + order(buyer))
    expect(page.get_by_role("alert")).to_contain_text("The shop could not be reached.")
    expect(page.get_by_role("button", name="Pay $")).to_be_disabled()


def test_nobody_but_stripe_may_act_on_the_page(payer, order, till):
    """Its frames and answers come through, and nothing of any other site."""
    buyer = payer()
    page = buyer.page.context.new_page()
    reached = Event()
    page.route("https://evil.test/**", lambda _route: reached.set())
    page.goto(till.element + order(buyer))
    expect(page.get_by_label("Card number")).to_be_visible()
    page.evaluate(VIOLATIONS)
    page.evaluate(TRESPASS)
    assert sorted(page.evaluate("window.violations")) == [
        "connect-src https://evil.test/",
        "frame-src https://evil.test",
        "img-src https://evil.test/x.png",
        "script-src-elem https://evil.test/x.js",
        "script-src-elem inline",
    ]
    assert not reached.is_set()
    assert not page.evaluate("window.trespassed")
    frame = page.frame_locator("iframe[src^='https://js.stripe.com/']")
    expect(frame.get_by_text("a frame")).to_be_visible()


def test_without_scripts_the_page_says_what_it_needs(payer, order, till):
    buyer = payer(PHONE, script=False)
    buyer.page.goto(till.element + order(buyer))
    words = buyer.page.get_by_role("main").inner_text()
    assert "needs JavaScript" in words
    assert "the ticket stays yours until the hold ends" in words
    expect(buyer.page.get_by_role("button", name="Pay $")).to_be_disabled()
    expect(buyer.page.locator("#payment-element")).to_be_hidden()
