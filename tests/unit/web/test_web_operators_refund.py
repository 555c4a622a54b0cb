"""Operators send money back: of any order, whole or in part."""

import pytest
from web_books_house import BOSS, OPERATED, BooksHouse
from web_markup import told
from web_sales_house import SalesHouse

SEATS = ["A-1", "A-2", "Box"]
OURS = "the shop refunded it"


@pytest.fixture
def world(make_shop):
    return make_shop(OPERATED)


@pytest.fixture
def sales(world):
    return SalesHouse(world)


@pytest.fixture
def house(world, sales):
    return BooksHouse(world)


@pytest.fixture
def boss(world, house):
    return world.visitor(BOSS)


@pytest.fixture
def listing(world):
    return world.sell("Opera", 30.5, seats=SEATS)


@pytest.fixture
def sold(world, sales, buyer, listing):
    order = sales.buy(buyer, listing, seats=SEATS)
    world.payments.put(order["id"], "paid")
    return order


@pytest.fixture
def refund(sold):
    return f"/operator/orders/{sold['id']}/refund"


def ticked(*units, reason=""):
    return [*(("unit", unit) for unit in units), ("reason", reason)]


def test_it_begins_with_everything_ticked_and_leads_back_to_the_books(boss, refund):
    page = boss.get(refund)
    words, html = told(page), page.get_data(as_text=True)
    assert "buyer@example.com" in words
    assert "sends $30.50 back, all 3 together $91.50" in words
    for unit in SEATS:
        assert f'name="unit" value="{unit}" checked' in html
    assert '<p class="back"><a href="/operator">Books</a></p>' in html
    assert f'action="{refund}"' in html


def test_the_way_back_is_in_the_readers_language(world, boss, refund):
    world.language = "de"
    html = boss.get(refund).get_data(as_text=True)
    assert '<p class="back"><a href="/operator">Buchhaltung</a></p>' in html


def test_all_of_an_order_goes_back(boss, house, sold, refund):
    """Somebody else sold it; a reason of the shop's own is given."""
    answer = boss.post(refund, ticked(*SEATS))
    assert house.refunds == [(sold["id"], SEATS, OURS)]
    assert "The money is on its way back." in told(boss.get(answer.headers["Location"]))


def test_a_part_goes_back_with_a_reason(boss, house, sold, refund):
    assert boss.post(refund, ticked("Box", reason=" It leaks ")).status_code == 303
    assert house.refunds == [(sold["id"], ["Box"], "It leaks")]


def test_nothing_ticked_sends_nothing(boss, house, refund):
    answer = boss.post(refund, ticked(reason="It leaks"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Tick at least one ticket to refund" in told(answer)
    assert 'value="It leaks"' in html
    assert "checked" not in html
    assert not house.refunds


def test_units_of_another_order_are_refused(boss, house, refund):
    answer = boss.post(refund, ticked("A-1", "Z-9"))
    assert answer.status_code == 400
    assert "This order does not have Z-9" in told(answer)
    assert not house.refunds


def test_a_reason_that_is_too_long_stays_to_be_shortened(boss, house, refund):
    answer = boss.post(refund, ticked("Box", reason="x" * 201))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Reason must be a text of at most 200 characters" in told(answer)
    assert f'value="{"x" * 201}"' in html
    assert 'value="Box" checked' in html
    assert 'value="A-1" checked' not in html
    assert not house.refunds


def test_while_payments_are_away_the_form_stays(world, boss, house, refund):
    world.payments.away = True
    answer = boss.post(refund, ticked("Box", reason="It leaks"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Please try again in a moment" in told(answer)
    assert 'value="It leaks"' in html
    assert 'value="Box" checked' in html
    assert boss.get(refund).status_code == 200


def test_what_was_paid_and_not_delivered_goes_back_whole(
    world, boss, house, sold, refund
):
    """Its tickets are somebody else's by now: only all of it can be returned."""
    world.orders.end(sold["id"], "expired")
    page = boss.get(refund)
    words, html = told(page), page.get_data(as_text=True)
    assert "This order was paid and does not have its tickets." in words
    assert "goes back: $91.50." in words
    assert "never paid" not in words
    assert "checkbox" not in html
    assert "refund.js" not in html
    assert boss.post(refund, {"reason": ""}).status_code == 303
    assert house.refunds == [(sold["id"], None, OURS)]


def test_what_is_left_of_it_is_told_without_what_is_back(
    world, boss, house, sold, refund
):
    world.orders.end(sold["id"], "expired")
    world.payments.things[sold["id"]]["refunded"] = 3050
    assert "goes back: $61.00." in told(boss.get(refund))
    answer = boss.post(refund, {"reason": "x" * 201})
    assert answer.status_code == 400
    assert "Reason must be a text of at most 200 characters" in told(answer)
    assert "goes back: $61.00." in told(answer)


@pytest.mark.parametrize(
    ("reason", "payment", "words"),
    [
        ("expired", "cancelled", "was never paid"),
        ("expired", None, "was never paid"),
        ("refunded", "refunded", "was refunded already"),
    ],
)
def test_where_there_is_nothing_to_refund_it_is_said(
    world, boss, sold, refund, reason, payment, words
):
    world.orders.end(sold["id"], reason)
    del world.payments.things[sold["id"]]
    if payment:
        world.payments.put(sold["id"], payment)
    page = boss.get(refund)
    assert words in told(page)
    html = page.get_data(as_text=True)
    assert "<form" not in html.partition("<main")[2].partition("</main>")[0]


def test_what_is_not_paid_yet_is_not_refunded(world, boss, buyer, order):
    words = told(boss.get(f"/operator/orders/{order['id']}/refund"))
    assert "This order is not paid yet" in words


@pytest.mark.parametrize("order_id", ["5e" * 12, "nothing"])
def test_an_order_that_is_not_there_is_not_found(boss, order_id):
    path = f"/operator/orders/{order_id}/refund"
    assert boss.get(path).status_code in {400, 404}
    assert boss.post(path, ticked("1")).status_code in {400, 404}
