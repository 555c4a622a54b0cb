"""Listings and orders in dollars, euros, pounds and yen, from the API to the pages."""

import pytest
from system_bus import Bus
from system_control import eventually
from system_people import Person


@pytest.fixture(scope="module")
def seller(system):
    with Person(system) as person:
        yield person


@pytest.fixture(scope="module")
def buyer(system):
    with Person(system) as person:
        yield person


SUMS = [
    ("usd", 1200.5, 3601.5, "$1,200.50"),
    ("eur", 19.99, 59.97, "€19.99"),
    ("gbp", 0.3, 0.9, "£0.30"),
    ("jpy", 1200, 3600, "¥1,200"),
]


@pytest.mark.parametrize(("currency", "price", "total", "shown"), SUMS)
def test_a_listing_and_its_orders_have_one_currency(
    seller, buyer, currency, price, total, shown
):
    """It is told with every sum, and pages write it as the reader does."""
    ticket = seller.sell(price=price, currency=currency.upper(), quantity=5)
    assert (ticket["price"], ticket["currency"]) == (price, currency)
    order = buyer.reserve(ticket, quantity=3)
    assert (order["ticket"]["price"], order["total"]) == (price, total)
    assert order["currency"] == currency
    assert buyer.order(order) == order
    counted = seller.until_counted(ticket, held=3)
    assert (counted["price"], counted["currency"]) == (price, currency)
    assert shown in buyer.http.get(f"/tickets/{ticket['id']}").text
    buyer.cancel(order)


def test_the_currency_is_told_on_the_bus(system, seller, buyer):
    """By a listing and by its orders."""
    ticket = seller.sell(price=1200, currency="jpy")
    order = buyer.reserve(ticket)

    def told():
        found = Bus(system).messages(order["id"])
        return next((m.data for m in found if m.subject == "order.created"), None)

    created = eventually(told)
    assert (created["currency"], created["total"]) == ("jpy", 1200)
    listed = Bus(system).messages(ticket["id"])
    assert {
        message.data["currency"]
        for message in listed
        if message.subject.rpartition(".")[0].endswith("ticket")
    } == {"jpy"}
    buyer.cancel(order)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"currency": "chf", "price": 1}, "currency", "usd, eur, gbp or jpy"),
        ({"currency": "jpy", "price": 10.5}, "price", "whole number"),
        ({"currency": "jpy", "price": 100_000_000}, "price", "99999999"),
        ({"currency": "eur", "price": 0.001}, "price", "two decimals"),
        ({"price": 1_000_000}, "price", "999999.99"),
    ],
)
def test_a_price_that_a_currency_cannot_have_is_refused(seller, body, field, words):
    response = seller.http.post("/api/tickets", json={"title": "x"} | body)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert words in error["message"]


@pytest.mark.parametrize(
    ("currency", "price", "least"),
    [("usd", 0.49, "0.50 USD"), ("gbp", 0.29, "0.30 GBP"), ("jpy", 49, "50 JPY")],
)
def test_an_order_that_no_card_can_pay_is_refused(
    seller, buyer, currency, price, least
):
    """The listing itself is fine: two of them can be paid for."""
    ticket = seller.sell(price=price, currency=currency, quantity=5)
    response = buyer.ask_for(ticket)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["field"] == "quantity"
    assert least in error["message"]
    buyer.cancel(buyer.reserve(ticket, quantity=2))


def test_a_currency_stays_once_somebody_has_ordered(seller, buyer):
    """It can be changed before, and the next order is in the new one."""
    ticket = seller.sell(price=20, quantity=5)
    changed = seller.edit(ticket, price=3000, currency="JPY")
    assert (changed.status_code, changed.json()["currency"]) == (200, "jpy")
    order = buyer.reserve(ticket)
    assert (order["currency"], order["total"]) == ("jpy", 3000)
    refused = seller.edit(ticket, currency="eur")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "currency"
    assert seller.edit(ticket, price=3500).json()["currency"] == "jpy"
    buyer.cancel(order)
    seller.until_counted(ticket, available=5)
    assert seller.edit(ticket, currency="eur").status_code == 400


def test_a_reader_gets_prices_in_the_reader_s_language(seller):
    """And no cache mixes them up."""
    ticket = seller.sell(price=1200, currency="eur")
    path = f"/tickets/{ticket['id']}"
    german = seller.http.get(path, headers={"Accept-Language": "de-DE,de;q=0.9"})
    assert "1.200,00\N{NO-BREAK SPACE}€" in german.text
    assert "Accept-Language" in german.headers["Vary"]
    assert "€1,200.00" in seller.http.get(path).text
