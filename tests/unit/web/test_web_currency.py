"""Prices on the pages: in the currency of the listing, as the reader writes them."""

import re

import eventlet
import pytest
from eventlet import GreenPool
from jinja2 import DictLoader
from werkzeug.test import EnvironBuilder

from ticketing.http import Request
from ticketing.money import CURRENCIES
from tickets.inputs import TicketInput
from web.checkout import Checkout
from web.form_tokens import FormTokens
from web.operators import Operators
from web.rendering import Renderer

GERMAN = "de-DE,de;q=0.9,en;q=0.8"
YEN = "Price in JPY must be a whole number from 1 to 99999999"


@pytest.fixture
def seller(world):
    return world.visitor("seller@example.com")


def text_of(answer):
    html = answer.get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def order_in(world, buyer, currency, price, quantity=2):
    ticket = world.sell("Opera", price, currency=currency, quantity=5)
    return world.orders.create_order(buyer.id, ticket["id"], quantity=quantity)


@pytest.mark.parametrize(
    ("currency", "price", "each", "total"),
    [
        ("usd", 1200, "$1,200.00", "$2,400.00"),
        ("eur", 19.5, "€19.50", "€39.00"),
        ("gbp", 0.3, "£0.30", "£0.60"),
        ("jpy", 1200, "¥1,200", "¥2,400"),
    ],
)
def test_every_page_has_the_currency_of_the_listing(
    world, buyer, currency, price, each, total
):
    order = order_in(world, buyer, currency, price)
    for path in ("/", f"/tickets/{order['ticket']['id']}"):
        assert each in text_of(buyer.get(path))
    page = text_of(buyer.get(f"/orders/{order['id']}"))
    assert f"2 tickets at {each}" in page
    assert f"Pay {total}" in page
    assert total in text_of(buyer.get("/orders"))
    buyer.post(f"/orders/{order['id']}/pay", {"token": "tok_visa"})
    assert f"You have paid {total}." in text_of(buyer.get(f"/orders/{order['id']}"))


def test_a_part_that_goes_back_is_told_in_the_currency(world, buyer):
    order = order_in(world, buyer, "jpy", 1200)
    world.orders.complete(order["id"])
    world.payments.refund(order["id"], order["units"][:1])
    assert "¥1,200 is on its way back" in text_of(buyer.get(f"/orders/{order['id']}"))


def test_a_reader_gets_sums_as_in_the_reader_s_language(world, buyer):
    world.sell("Opera", 1200, currency="eur")
    answer = buyer.get("/", accept_language=GERMAN)
    assert "1.200,00 €" in text_of(answer)
    assert 'data-locale="de-DE"' in answer.get_data(as_text=True)
    assert "accept-language" in answer.vary.as_set()
    plain = buyer.get("/")
    assert "€1,200.00" in text_of(plain)
    assert 'data-locale="en-US"' in plain.get_data(as_text=True)
    assert plain.headers["ETag"] != answer.headers["ETag"]


def test_refusals_are_pages_in_the_reader_s_language_as_well(buyer):
    answer = buyer.get("/nowhere", accept_language=GERMAN)
    assert answer.status_code == 404
    assert "accept-language" in answer.vary.as_set()


@pytest.mark.parametrize("header", ["x" * 5000, ",;=", "é", "../..", "de;q=x"])
def test_no_header_breaks_a_page(world, buyer, header):
    world.sell("Opera", 1200)
    assert "$1,200.00" in text_of(buyer.get("/", accept_language=header))


def test_two_pages_at_once_are_each_in_their_reader_s_language():
    """Also where a macro writes the sum, and a constant one."""
    renderer = Renderer(Checkout.of({}), Operators({}), FormTokens([b"k"]))
    pages = {
        "page.html": "{% from 'part.html' import sum %}{{ pause() }}{{ sum(1200) }}",
        "part.html": "{% macro sum(price) %}{{ price|money('eur') }} "
        "{{ 1000|money('eur') }}{% endmacro %}",
    }
    renderer._templates.loader = DictLoader(pages)

    def show(language):
        environ = EnvironBuilder(headers={"Accept-Language": language}).get_environ()
        request = Request(environ)
        pause = lambda: eventlet.sleep(0) or ""  # noqa: E731
        answer = renderer.show(request, "page.html", pause=pause)
        return answer.get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")

    pool = GreenPool()
    german, english = pool.spawn(show, "de"), pool.spawn(show, "en-US")
    assert german.wait() == "1.200,00 € 1.000,00 €"
    assert english.wait() == "€1,200.00 €1,000.00"


def test_the_form_to_sell_has_the_currencies_and_their_least(seller):
    page = seller.read("/tickets/new")
    assert re.findall(r'<option value="([a-z]{3})"', page) == list(CURRENCIES)
    assert '<option value="usd" selected>USD $</option>' in page
    least = "at least $0.50, €0.50, £0.30 or ¥50: cards cannot be charged less."
    assert least in " ".join(page.split())


@pytest.mark.parametrize(
    ("price", "currency", "told"),
    [("¥1200", "jpy", (1200, "jpy")), ("19.50 €", "eur", (19.5, "eur"))],
)
def test_a_listing_is_made_in_the_currency_that_was_chosen(
    world, seller, price, currency, told
):
    form = {"title": "Opera", "price": price, "currency": currency}
    answer = seller.post("/tickets/new", form)
    assert answer.status_code == 303
    (ticket,) = world.tickets.things.values()
    assert (ticket["price"], ticket["currency"]) == told


def test_what_is_wrong_with_price_or_currency_is_told_beside_it(world, seller):
    for currency, price, field, words in (
        ("jpy", "10.5", "price", YEN),
        ("chf", "10", "currency", TicketInput.MESSAGES["currency"]),
    ):
        form = {"title": "Opera", "price": price, "currency": currency}
        answer = seller.post("/tickets/new", form)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 400
        assert f'<a href="#{field}">{words}</a>' in html
    assert not world.tickets.things


def test_a_listing_is_changed_in_its_currency_or_to_another(world, seller):
    ticket = world.sell("Opera", 1200, seller=seller, currency="jpy")
    edit = f"/tickets/{ticket['id']}/edit"
    page = seller.read(edit)
    assert 'value="1200"' in page
    assert '<option value="jpy" selected>' in page
    assert seller.post(edit, {"title": "Opera", "price": "1500"}).status_code == 303
    kept = world.tickets.get_ticket(ticket["id"])
    assert (kept["price"], kept["currency"]) == (1500, "jpy")
    form = {"title": "Opera", "price": "£19.50", "currency": "gbp"}
    assert seller.post(edit, form).status_code == 303
    changed = world.tickets.get_ticket(ticket["id"])
    assert (changed["price"], changed["currency"]) == (19.5, "gbp")


def test_the_scripts_are_told_the_currency(world, buyer):
    hall = world.sell("Gala", 1200, currency="jpy", seats=["A-1", "A-2"])
    page = buyer.read(f"/tickets/{hall['id']}")
    assert 'data-price="1200" data-currency="jpy"' in page


@pytest.mark.parametrize(
    ("currency", "price", "is_dear"),
    [("usd", 9999.99, False), ("usd", 10_000, True), ("jpy", 10_000, False)],
)
def test_long_prices_have_more_room(world, buyer, currency, price, is_dear):
    world.sell("Opera", price, currency=currency)
    assert ("ticket dear" in buyer.read("/")) == is_dear
