"""Listings in dollars, euros, pounds and yen."""

import pytest
from tickets_offers import OFFER, edit, sell
from unit_doubles import ANN, BOB, NOWHERE, ORDER

from ticketing.contract import TicketCreated
from ticketing.errors import BadRequestError, InvalidInputError
from tickets import models
from tickets.models import Share
from tickets.repository import TicketDatabase

UNKNOWN = "Currency must be usd, eur, gbp or jpy"
DECIMALS = "Price must be above 0 and at most 999999.99, with at most two decimals"
YEN = "Price in JPY must be a whole number from 1 to 99999999"


def order(shop, ticket, share):
    shop.tickets.change(ticket["id"], lambda t: models.follow(t, {ORDER: share}, {}))


@pytest.mark.parametrize("sent", ["eur", "EUR", "Eur"])
def test_a_currency_is_told_in_lower_case(shop, sent):
    ticket = sell(shop, price=19.5, currency=sent)
    assert (ticket["price"], ticket["currency"]) == (19.5, "eur")
    assert shop.tickets.events[-1].data["currency"] == "eur"
    assert shop.rpc.get_ticket(ticket["id"])["currency"] == "eur"


@pytest.mark.parametrize("more", [{}, {"currency": None}])
def test_without_a_currency_it_is_dollars(shop, more):
    assert sell(shop, **more)["currency"] == "usd"


@pytest.mark.parametrize(
    ("price", "currency"),
    [(999999.99, "usd"), (0.01, "gbp"), (1, "jpy"), (99_999_999, "jpy"), (1e3, "jpy")],
)
def test_a_price_has_the_decimals_of_its_currency(shop, price, currency):
    assert sell(shop, price=price, currency=currency)["price"] == price


@pytest.mark.parametrize(
    "currency", ["", "chf", "us", "usd ", "\uff35SD", 1, True, ["usd"], {"$ne": 1}]
)
def test_another_currency_is_refused(shop, currency):
    answer = shop.site.post("/api/tickets", OFFER | {"currency": currency}, user=ANN)
    assert (answer.status, answer.messages) == (400, [UNKNOWN])
    assert answer.fields == {"currency"}


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        (10.5, "jpy", YEN),
        (100_000_000, "JPY", YEN),
        (None, "jpy", YEN),
        (1_000_000, "eur", DECIMALS),
        (0.001, "gbp", DECIMALS),
    ],
)
def test_a_price_that_the_currency_cannot_have_is_refused(
    shop, method, price, currency, words
):
    """With the body, whatever it is sent to."""
    path = "/api/tickets" if method == "POST" else f"/api/tickets/{NOWHERE}"
    body = {"title": "x", "price": price, "currency": currency}
    answer = shop.site.ask(method, path, body, user=ANN)
    assert (answer.status, answer.messages) == (400, [words])
    assert answer.fields == {"price"}


def test_every_wrong_field_is_named_at_once(shop):
    body = {"title": "", "price": 1_000_000}
    answer = shop.site.post("/api/tickets", body, user=ANN)
    assert answer.fields == {"title", "price"}
    answer = shop.site.post("/api/tickets", body | {"currency": "x"}, user=ANN)
    assert answer.fields == {"title", "currency"}
    for ticket in (sell(shop), sell(shop, price=1200, currency="jpy")):
        wrong = {"title": "", "price": 0.001}
        assert edit(shop, ticket, **wrong).fields == {"title", "price"}
    assert edit(shop, sell(shop), **body).fields == {"title", "price"}


def test_an_edit_without_a_currency_leaves_it(shop):
    ticket = sell(shop, price=1200, currency="jpy")
    edited = edit(shop, ticket, price=1_500_000).json
    assert (edited["price"], edited["currency"]) == (1_500_000, "jpy")
    answer = edit(shop, ticket, price=10.5)
    assert (answer.status, answer.messages) == (400, [YEN])
    assert answer.fields == {"price"}


def test_a_price_is_checked_in_the_currency_that_is_there(shop):
    answer = edit(shop, sell(shop), price=1_000_000)
    assert (answer.status, answer.messages) == (400, [DECIMALS])


def test_a_currency_is_changed_before_anything_is_ordered(shop):
    ticket = sell(shop)
    edited = edit(shop, ticket, price=1200, currency="JPY").json
    assert (edited["price"], edited["currency"]) == (1200, "jpy")
    assert shop.tickets.events[-1].data["currency"] == "jpy"
    assert shop.orders.heard[-1]["currency"] == "jpy"


@pytest.mark.parametrize("share", [Share(0, 1), Share(1, 1, paid=True), Share(1)])
def test_once_it_was_ordered_it_keeps_its_currency(shop, share):
    """An order that has ended counts, too: its sums are still looked at."""
    ticket = sell(shop, quantity=3)
    order(shop, ticket, share)
    answer = edit(shop, ticket, currency="eur")
    assert (answer.status, answer.fields) == (400, {"currency"})
    assert answer.messages == ["This was ordered in USD: its currency stays"]
    assert edit(shop, ticket, currency="usd", price=30).json["price"] == 30


def test_an_order_that_the_listing_has_not_heard_of_counts_as_well(shop):
    ticket = sell(shop, quantity=3)
    shop.orders.taken = {"2"}
    assert edit(shop, ticket, currency="eur").fields == {"currency"}


def test_orders_that_are_remembered_elsewhere_count(shop):
    ticket = sell(shop, quantity=3)
    known = shop.tickets.get(ticket["id"])
    assert not known.was_ordered
    assert models.replace(known, has_older=True).was_ordered


def test_nobody_else_learns_of_a_currency(shop):
    assert edit(shop, sell(shop), BOB, currency="eur").status == 401


def test_a_currency_comes_by_rpc_as_well(shop):
    ticket = shop.rpc.create_ticket(ANN, "Gala", 1200, currency="JPY")
    assert (ticket["price"], ticket["currency"]) == (1200, "jpy")
    edited = shop.rpc.update_ticket(ticket["id"], ANN, "Gala", 19.5, currency="gbp")
    assert (edited["price"], edited["currency"]) == (19.5, "gbp")
    with pytest.raises(InvalidInputError):
        shop.rpc.create_ticket(ANN, "Gala", 10.5, currency="jpy")
    with pytest.raises(BadRequestError, match="Unknown: money"):
        shop.rpc.create_ticket(ANN, "Gala", 1, money="jpy")


def test_what_was_stored_and_told_before_currencies_is_in_dollars(shop):
    ticket = shop.tickets.get(sell(shop)["id"])
    stored = {k: v for k, v in TicketDatabase.encode(ticket).items() if v is not None}
    stored |= {"_id": ticket.id, "version": 0}
    assert TicketDatabase.decode(stored) == ticket
    del stored["currency"]
    assert TicketDatabase.decode(stored).offer.currency == "usd"
    told = shop.tickets.events[-1].data
    del told["currency"]
    assert TicketCreated.model_validate(told).currency == "usd"
