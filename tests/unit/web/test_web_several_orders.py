"""Several orders of one listing: reserving again holds more, sending again does not."""

import re

import pytest
from web_markup import told
from web_several import newest, numbers, reserve, sell

from web.views import SHOWN


@pytest.fixture
def listing(world):
    return sell(world)


def test_a_form_that_is_sent_twice_reserves_once(world, buyer, listing):
    form = {"quantity": "2", "newest": newest(buyer.read(f"/tickets/{listing['id']}"))}
    first, second = (reserve(buyer, listing, **form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(world.orders.things) == 1


def test_the_form_of_another_window_holds_nothing_more(world, buyer, listing):
    path = f"/tickets/{listing['id']}"
    form = {"quantity": "2", "newest": newest(buyer.read(path))}
    reserve(buyer, listing, **form)
    answer = reserve(buyer, listing, **form | {"quantity": "3"})
    assert answer.headers["Location"] == path
    assert "You are holding 2 tickets of these" in told(buyer.get(path))


@pytest.mark.parametrize("cancels", [True, False])
def test_the_page_shown_anew_reserves_anew(world, buyer, listing, cancels):
    path = f"/tickets/{listing['id']}"
    for _ in range(2):
        form = {"quantity": "2", "newest": newest(buyer.read(path))}
        order = reserve(buyer, listing, **form).headers["Location"]
        if cancels:
            buyer.post(f"{order}/cancel")
    assert len(world.orders.things) == 2


def test_one_may_have_several_orders_and_finds_the_one_to_pay(world, buyer, listing):
    """Reserving again is no double click: it holds more."""
    page = f"/tickets/{listing['id']}"
    first, second = (reserve(buyer, listing, quantity="2") for _ in range(2))
    orders = [answer.headers["Location"] for answer in (first, second)]
    assert orders[0] != orders[1]
    world.orders.complete(orders[1].rpartition("/")[2])
    assert "You are holding 2 tickets of these until 12:15 UTC" in told(buyer.get(page))
    assert f'href="{orders[0]}">Go to your order' in buyer.read(page)
    assert numbers(buyer.read(page)) == [1, 2, 3, 4, 5]
    world.orders.complete(orders[0].rpartition("/")[2])
    assert "You have bought 2 tickets of these" in told(buyer.get(page))
    assert "of these" not in told(world.visitor("x@example.com").get(page))


def test_each_of_ones_orders_is_told_what_is_to_be_paid_first(world, buyer, listing):
    """But for those that have ended, and of many only some, with the way to all."""
    page = f"/tickets/{listing['id']}"
    orders = []
    for quantity in ("1", "2", "3", "4"):
        answer = reserve(buyer, listing, quantity=quantity)
        orders.append(answer.headers["Location"])
    world.orders.complete(orders[3].rpartition("/")[2])
    buyer.post(f"{orders[1]}/cancel")
    shown = re.findall(r'href="(/orders/\w+)">', buyer.read(page))
    assert shown == [orders[2], orders[0], orders[3]]
    words = told(buyer.get(page))
    assert "holding 3 tickets" in words
    assert "holding 1 ticket of" in words
    assert "bought 4 tickets" in words
    for _ in range(SHOWN - 2):
        reserve(buyer, listing, quantity="1")
    shown = re.findall(r'href="(/orders/\w+)">', buyer.read(page))
    assert len(shown) == SHOWN
    assert "All your orders" in told(buyer.get(page))
