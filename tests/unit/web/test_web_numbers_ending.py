"""Refunding orders, and cancelling a whole listing."""

import pytest
from web_markup import told

from ticketing.errors import UnavailableError

SEATS = ["A-1", "A-2", "Box"]


@pytest.fixture
def listing(world, seller):
    return world.sell("Opera & more", 30.5, seller, seats=[*SEATS, "Row 3/12"])


@pytest.fixture
def sold(house, buyer, listing):
    return house.buy(buyer, listing, seats=SEATS)


@pytest.fixture
def path(listing):
    return f"/listings/{listing['id']}"


@pytest.fixture
def refund(path, sold):
    return f"{path}/orders/{sold['id']}/refund"


def away(*_args):
    raise UnavailableError


def test_a_refund_begins_with_everything_ticked_and_says_the_sums(seller, refund):
    page = seller.get(refund)
    words, html = told(page), page.get_data(as_text=True)
    assert "buyer@example.com" in words
    assert "sends $30.50 back, all 3 together $91.50" in words
    for unit in SEATS:
        assert f'name="unit" value="{unit}" checked' in html
    assert 'data-price="30.5" data-currency="usd"' in html


def test_who_is_inside_already_is_known_before_the_refund(house, seller, sold, refund):
    house.passes[sold["id"]][1] |= {"status": "admitted"}
    words = told(seller.get(refund))
    assert "Seat A-1 Pass K7QM-4T9X-0000 Seat A-2" in words
    assert "Seat A-2 Pass K7QM-4T9X-0001, already let in Seat Box" in words


def test_what_is_ticked_is_refunded_with_the_reason(house, seller, sold, path, refund):
    form = [("unit", "A-1"), ("unit", "Box"), ("reason", " Moved ")]
    answer = seller.post(refund, form)
    assert answer.status_code == 303
    assert house.refunds == [(sold["id"], ["A-1", "Box"], "Moved")]
    words = told(seller.get(answer.headers["Location"]))
    assert "The money is on its way back" in words
    assert "Sold 1 " in words
    assert "1 ticket (A-2), $30.50 , 2 more refunded" in words
    assert "on its way back" not in told(seller.get(path))


def test_a_second_click_refunds_nothing_more(house, seller, sold, refund):
    form = [("unit", unit) for unit in SEATS]
    first, second = seller.post(refund, form), seller.post(refund, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert second.status_code == 303


def test_a_refund_of_nothing_is_refused_beside_the_boxes(house, seller, refund):
    answer = seller.post(refund, {"reason": "Moved <away>"})
    html, words = answer.get_data(as_text=True), told(answer)
    assert answer.status_code == 400
    assert '<a href="#units">Tick at least one ticket to refund</a>' in html
    assert 'value="Moved &lt;away&gt;"' in html
    assert " checked" not in html
    assert "Error: Tick at least one" in words
    assert not house.refunds


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ([("unit", "A-1"), ("reason", "x" * 201)], "Reason must have at most 200"),
        ([("unit", "A-1"), ("unit", "A-1")], "A-1 stands twice"),
    ],
)
def test_what_the_service_refuses_is_told_and_the_ticks_stay(
    house, seller, refund, form, problem
):
    answer = seller.post(refund, form)
    assert answer.status_code == 400
    assert problem in told(answer)
    html = answer.get_data(as_text=True)
    assert 'value="A-1" checked' in html
    assert 'value="A-2" checked' not in html
    assert not house.refunds


def test_a_refund_that_cannot_be_made_now_says_what_to_do(world, seller, refund):
    world.orders.refund_order = away
    answer = seller.post(refund, [("unit", "A-1")])
    assert answer.status_code == 503
    assert "Please try again in a moment" in told(answer)
    assert "Send the money back" in told(answer)


def test_an_order_for_another_listing_is_not_found(world, house, seller, buyer, sold):
    """Though both belong to the same seller."""
    other = world.sell("Other", 3, seller)
    path = f"/listings/{other['id']}/orders/{sold['id']}/refund"
    assert seller.get(path).status_code == 404
    assert seller.post(path, [("unit", "A-1")]).status_code == 404
    assert not house.refunds


def test_nobody_else_refunds(house, buyer, refund):
    assert buyer.post(refund, [("unit", "A-1")]).status_code == 403
    assert not house.refunds


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (None, "not paid yet"),
        ("refunded", "refunded already"),
        ("expired", "was never paid"),
    ],
)
def test_where_nothing_can_be_refunded_the_page_says_why(
    house, buyer, seller, listing, path, end, words
):
    order = house.orders.create_order(buyer.id, listing["id"], quantity=1)
    if end:
        house.orders.end(order["id"], end)
    page = seller.get(f"{path}/orders/{order['id']}/refund")
    assert words in told(page)
    assert "<button>Send" not in page.get_data(as_text=True)


def test_cancelling_asks_first_and_says_what_it_costs(
    house, buyer, other, seller, listing, path, sold
):
    house.orders.create_order(other.id, listing["id"], seats=["Row 3/12"])
    words = told(seller.get(f"{path}/cancel"))
    assert "1 paid order is refunded in full: 3 tickets, $91.50 in all" in words
    assert "1 ticket reserved but not paid is given up" in words
    assert "cannot be undone" in words
    assert "cancelled" not in house.tickets.things[listing["id"]]


def test_cancelling_what_is_not_sold_costs_nothing(seller, path):
    words = told(seller.get(f"{path}/cancel"))
    assert "Nothing is sold, so there is no money to send back" in words
    assert "given up" not in words


def test_a_cancelled_listing_shows_how_far_the_refunds_are(
    house, buyer, other, seller, listing, path, sold
):
    held = house.orders.create_order(other.id, listing["id"], seats=["Row 3/12"])
    answer = seller.post(f"{path}/cancel")
    assert answer.headers["Location"] == path
    page = seller.get(path)
    assert (
        "is being cancelled: 3 tickets for $91.50 still to be refunded, and 1 ticket "
        "reserved but not paid." in told(page)
    )
    assert '<meta http-equiv="refresh"' in page.get_data(as_text=True)
    house.orders.end(held["id"], "listing cancelled")
    assert "still to be refunded." in told(seller.get(path))
    house.orders.end(sold["id"], "refunded")
    page = seller.get(path)
    words = told(page)
    assert "You cancelled this listing. Nobody holds a ticket any more" in words
    assert "Left 0 Reserved 0 Sold 0" in words
    assert "http-equiv" not in page.get_data(as_text=True)
    assert "Cancel this listing" not in words


def test_a_cancelled_listing_waits_for_those_who_have_not_paid_too(
    house, buyer, seller, listing, path
):
    """They may be paying at this moment."""
    house.orders.create_order(buyer.id, listing["id"], quantity=2)
    seller.post(f"{path}/cancel")
    words = told(seller.get(path))
    assert "is being cancelled: 2 tickets reserved but not paid." in words
    assert "to be refunded" not in words


def test_a_cancelled_listing_is_not_cancelled_again(house, seller, path):
    """A second click, and whoever comes to ask, find what has become of it."""
    assert [seller.post(f"{path}/cancel").status_code for _ in range(2)] == [303, 303]
    asked = seller.get(f"{path}/cancel")
    assert (asked.status_code, asked.headers["Location"]) == (303, path)
    assert "Cancelled" in told(seller.get("/listings"))


def test_nobody_else_cancels(house, buyer, listing, path):
    assert buyer.post(f"{path}/cancel").status_code == 403
    assert "cancelled" not in house.tickets.things[listing["id"]]


def test_a_listing_that_cannot_be_cancelled_now_says_what_to_do(world, seller, path):
    world.tickets.cancel_ticket = away
    answer = seller.post(f"{path}/cancel")
    assert answer.status_code == 503
    assert "Please try again in a moment" in told(answer)
    assert "Cancel this listing?" in told(answer)
