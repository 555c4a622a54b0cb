"""Sums of money in a browser: scripts write them as the page does, for any reader."""

import re

import pytest
from playwright.sync_api import expect
from seats_hall import Choice, Hall, signed_up

PHONE = 360
PRICES = {"usd": 999999.99, "eur": 1234.5, "gbp": 0.3, "jpy": 120_000}
READERS = ["en-US", "de-DE", "en-GB", "fr-FR", "ja-JP", "de-CH", "ar-EG", "hi-IN"]
WRITE = """async ([folder, currency, sum]) =>
  (await import(folder + 'money.js')).moneyIn(currency)(sum)"""


def reads(person, language):
    person.page.set_extra_http_headers({"Accept-Language": language})
    return person


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("currency", PRICES)
def test_scripts_write_sums_as_the_page_does(person, currency):
    seller, reader = signed_up(person()), person(PHONE)
    hall = Hall(seller, ["A-1"], price=PRICES[currency], currency=currency)
    for language in READERS:
        reads(reader, language).page.goto(hall.path)
        price = reader.page.locator(".price")
        folder = re.search(r"/static/\w+/", reader.page.content())[0]
        written = reader.page.evaluate(WRITE, [folder, currency, PRICES[currency]])
        assert written == price.text_content(), language
        assert fits(reader.page), language


def test_picked_seats_cost_what_they_cost_in_yen(person):
    seller, buyer = signed_up(person()), reads(signed_up(person()), "nl")
    hall = Hall(seller, ["A-1", "A-2", "A-3"], price=1200, currency="jpy")
    choice = Choice(buyer, hall)
    choice.canvas.focus()
    choice.press("Enter", "ArrowRight", "Enter")
    expect(choice.basket).to_contain_text("In all JP¥\N{NO-BREAK SPACE}2.400")


def test_a_refund_is_summed_up_in_yen(person):
    seller, buyer = signed_up(person()), signed_up(person())
    hall = Hall(seller, ["A-1", "A-2", "A-3"], price=1200, currency="jpy")
    order = hall.sell(buyer, "A-1", "A-3")
    page = reads(seller, "de-DE").page
    page.goto(f"/listings/{hall.id}/orders/{order['id']}/refund")
    expect(page.locator(".refund-sum")).to_contain_text("2.400\N{NO-BREAK SPACE}¥")
    page.get_by_label("Platz A-3").uncheck()
    expect(page.locator(".refund-sum")).to_contain_text("1.200\N{NO-BREAK SPACE}¥")


def test_a_seller_chooses_a_currency_on_a_phone(person):
    seller = person(PHONE).sign_up()
    seller.follow("Sell")
    assert fits(seller.page)
    seller.fill(title="Opera", price="¥ 10.5")
    seller.page.get_by_label("Currency").select_option("JPY ¥")
    seller.press("List this ticket")
    seller.sees("Price in JPY must be a whole number")
    assert fits(seller.page)
    seller.fill(price="¥ 1200")
    seller.press("List this ticket")
    seller.sees("You are selling this ticket")
    seller.sees("¥1,200")
