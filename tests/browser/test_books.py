"""The operator's books in a browser: widths, keyboard, findings and refunds."""

import re
import time

import pytest
import stripe
from playwright.sync_api import expect
from seats_hall import Hall, signed_up

from ticketing.ids import new_id

pytest_plugins = ("element_fixtures",)

DESKTOP, PHONE = 1280, 360
WIDTHS = pytest.mark.parametrize("width", [DESKTOP, PHONE])
PATIENCE = 60


@pytest.fixture
def sold(person):
    """Two seats that somebody has paid for: the buyer and the order."""
    seller, buyer = signed_up(person()), signed_up(person())
    order = Hall(seller, ["A-1", "A-2"]).sell(buyer, "A-1", "A-2")
    return buyer, order["id"]


@pytest.fixture
def bank(instance):
    """Somebody with the key of the account at Stripe."""
    settings = instance.environment()
    return stripe.StripeClient(
        settings["STRIPE_SECRET_KEY"],
        base_addresses={"api": settings["STRIPE_API_BASE"]},
    )


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def tab_to(page, target):
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("(found) => found === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {target}")


def row(page, order_id):
    return page.get_by_role("row").filter(has_text=order_id)


@WIDTHS
def test_an_operator_reads_the_books(boss, element, sold, width):
    """Only the ledger is wider than a phone, and scrolls in itself."""
    _, order_id = sold
    page = boss(width).page
    page.goto(element)
    page.get_by_role("link", name="Books").click()
    expect(row(page, order_id)).to_contain_text("$25.00")
    expect(row(page, order_id)).to_contain_text("paid")
    assert fits(page)
    ledger = page.get_by_role("region", name="Ledger").last
    wider = ledger.evaluate("(table) => table.scrollWidth > table.clientWidth")
    assert wider == (width == PHONE)
    tab_to(page, page.get_by_role("button", name="Compare with Stripe now"))
    tab_to(page, ledger)
    if wider:
        page.keyboard.press("ArrowRight")
        _until(lambda: ledger.evaluate("(table) => table.scrollLeft > 0"))
    tab_to(page, row(page, order_id).get_by_role("link"))
    expect(row(page, order_id).get_by_role("link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Refund this order")).to_be_visible()


@WIDTHS
def test_an_operator_sends_a_part_back(boss, element, sold, width):
    """The buyer learns why, and keeps the other seat."""
    buyer, order_id = sold
    operator = boss(width)
    page = operator.page
    page.goto(f"{element}/operator")
    row(page, order_id).get_by_role("link", name="Refund").click()
    expect(page.locator(".refund-sum")).to_contain_text("$25.00")
    assert fits(page)
    page.get_by_label("Seat A-1").uncheck()
    expect(page.locator(".refund-sum")).to_contain_text("$12.50")
    operator.fill(reason="A pillar stands there")
    operator.press("Send the money back")
    expect(page.get_by_role("status")).to_have_text("The money is on its way back.")
    assert fits(page)
    # The page is live, and told of it whether it comes before or after.
    buyer.page.goto(f"/orders/{order_id}")
    buyer.sees("$12.50 went back to your card for Seat A-2. The reason: A pillar")
    page.reload()
    expect(row(page, order_id)).to_contain_text("$12.50")


def test_nothing_ticked_is_told(boss, element, sold):
    operator = boss(PHONE)
    operator.page.goto(f"{element}/operator/orders/{sold[1]}/refund")
    for seat in ("A-1", "A-2"):
        operator.page.get_by_label(f"Seat {seat}").uncheck()
    operator.press("Send the money back")
    operator.sees("Tick at least one ticket to refund")
    assert fits(operator.page)
    operator.page.get_by_role("alert").get_by_role("link").click()
    expect(operator.page.get_by_label("Seat A-1")).to_be_focused()


@WIDTHS
def test_money_of_no_order_is_found_and_dealt_with(boss, element, bank, width):
    """Comparing finds it, says what to do, and it is refunded at Stripe."""
    order_id = new_id()
    intent = bank.v1.payment_intents.create(_intent(order_id))
    operator = boss(width)
    page = operator.page
    page.goto(f"{element}/operator")
    found = page.get_by_role("article").filter(has_text=intent.id)
    _until(lambda: _compared(operator) and found.count())
    expect(found).to_contain_text("Unknown order")
    expect(found).to_contain_text("Stripe has money for an order that is not here.")
    assert fits(page)
    bank.v1.refunds.create({"payment_intent": intent.id})
    done = found.get_by_role("button", name=re.compile("I have dealt with it"))
    tab_to(page, done)
    page.keyboard.press("Enter")
    expect(found).to_have_count(0)
    operator.sees("To be looked into")


def test_for_others_there_are_no_books(person, element):
    visitor = signed_up(person())
    visitor.page.goto(f"{element}/operator")
    visitor.sees("not")
    expect(visitor.page.get_by_role("link", name="Books")).to_have_count(0)


def _intent(order_id):
    return {
        "amount": 1500,
        "currency": "usd",
        "confirm": True,
        "payment_method_data": {"type": "card", "card": {"token": "tok_visa"}},
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "metadata": {"order_id": order_id},
    }


def _compared(operator):
    operator.press("Compare with Stripe now")
    operator.sees("Compared with Stripe just now")
    return True


def _until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.5)
