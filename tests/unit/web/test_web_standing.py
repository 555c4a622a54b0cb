"""Where a listing stands: not open yet, held, sold out, over or cancelled."""

import pytest
from web_fakes import HOLD, NOW
from web_markup import told

from ticketing.clock import iso

EVENT = {
    "name": "Rigoletto",
    "startsAt": "2026-07-01T18:00:00Z",
    "timezone": "Europe/Berlin",
}
LATER = "2026-03-01T09:00:00Z"


@pytest.fixture
def hall(world):
    return world.sell("Opera", 20, seats=["A-1", "A-2", "B-1"])


@pytest.mark.parametrize("quantity", [1, 12])
def test_a_sale_that_is_not_open_says_when_it_opens(world, buyer, quantity):
    seller = world.visitor("sells@example.com")
    ticket = world.sell(
        "Opera", 20, seller, quantity=quantity, on_sale_at=LATER, event=EVENT
    )
    page = told(buyer.get(f"/tickets/{ticket['id']}"))
    assert "The sale opens on 1 March 2026, 10:00 Berlin time" in page
    assert ("There are 12 tickets, at most 10 in one order" in page) == (quantity > 1)
    assert "Reserve" not in page
    assert "Change this" in told(seller.get(f"/tickets/{ticket['id']}"))
    world.now += HOLD * 100_000
    assert "The sale opens" not in told(buyer.get(f"/tickets/{ticket['id']}"))


@pytest.mark.parametrize("quantity", [1, 12])
def test_what_has_begun_or_was_cancelled_is_not_offered(world, buyer, quantity):
    begun = world.sell("Late", quantity=quantity, event=EVENT | {"startsAt": iso(NOW)})
    off = world.sell("Off", quantity=quantity)
    world.tickets.things[off["id"]]["cancelled"] = True
    for ticket, words in ((begun, "This has begun"), (off, "has cancelled this")):
        page = told(buyer.get(f"/tickets/{ticket['id']}"))
        assert words in page
        assert "Reserve" not in page


def test_sold_out_and_merely_held_are_different_things(world, buyer, hall):
    order = world.orders.create_order(world.visitor("x@y.zz").id, hall["id"], 3)
    page = told(buyer.get(f"/tickets/{hall['id']}"))
    assert "3 are held by people who have not paid yet and may come back" in page
    world.orders.complete(order["id"])
    page = told(buyer.get(f"/tickets/{hall['id']}"))
    assert "Sold out" in page
    assert "come back" not in page


def test_a_seller_sees_the_numbers_and_cannot_change_what_is_cancelled(world, buyer):
    seller = world.visitor("sells@example.com")
    ticket = world.sell("Opera", 20, seller, quantity=9)
    world.orders.create_order(buyer.id, ticket["id"], 2)
    order = world.orders.create_order(buyer.id, ticket["id"], 3)
    world.orders.complete(order["id"])
    path = f"/tickets/{ticket['id']}"
    assert "Of 9 there are: Left 4 Reserved 2 Sold 3" in told(seller.get(path))
    assert "Save" in told(seller.get(f"{path}/edit"))
    for place in ("listings", "door"):
        assert f'href="/{place}/{ticket["id"]}"' in seller.read(path)
        assert f"/{place}/" not in buyer.read(path)
    world.tickets.things[ticket["id"]]["cancelled"] = True
    assert "You have cancelled this" in told(seller.get(path))
    assert "Save" not in told(seller.get(f"{path}/edit"))
