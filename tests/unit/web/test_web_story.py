"""The story of an order, as its operators read it, and how they find one."""

import pytest
from web_books_house import BOSS, OPERATED
from web_operations_house import read


@pytest.fixture
def world(make_shop):
    return make_shop(OPERATED)


@pytest.fixture
def boss(world):
    return world.visitor(BOSS)


@pytest.fixture
def story(world):
    steps = [
        {
            "at": "2026-01-31T11:00:00.000Z",
            "service": "orders",
            "what": "created: 1 unit",
            "by": "POST /api/orders",
            "trace": "ab" * 16,
        },
        {
            "at": "2026-01-31T11:00:01.000Z",
            "service": "orders",
            "what": "order.created",
            "trace": "ab" * 16,
            "handled": {"tickets": "done", "web": "waiting"},
        },
    ]
    world.orders.timeline = lambda _: steps
    return steps


def test_the_story_of_an_order_is_told(boss, story, order):
    words = read(boss, f"/operator/orders/{order['id']}")
    assert f"Order {order['id']}" in words
    assert "created: 1 unit POST /api/orders abab" in words
    assert "order.created tickets: done, web: waiting" in words
    story.clear()
    assert "Nothing is kept" in read(boss, f"/operator/orders/{order['id']}")


def test_the_end_of_an_order_is_told_in_the_language_of_its_reader(
    boss, story, world, order
):
    world.orders.things[order["id"]] |= {"status": "cancelled", "reason": "expired"}
    world.language = "de"
    page = boss.get(f"/operator/orders/{order['id']}").get_data(as_text=True)
    assert "storniert: abgelaufen" in page


def test_an_order_is_found_by_its_number(boss, story, order):
    assert "Its number, 24 digits" in read(boss, "/operator/orders")
    answer = boss.get(f"/operator/orders?id=%20{order['id'].upper()}%20")
    assert answer.headers["Location"] == f"/operator/orders/{order['id']}"
    for wrong in ("x", "f" * 24, "%3Cb%3E"):
        assert "There is no such order" in read(boss, f"/operator/orders?id={wrong}")
    assert boss.get(f"/operator/orders/{'f' * 24}").status_code == 404
