"""Several seats of a hall: chosen by name or left to the shop, and gone in part."""

import pytest
from web_markup import told
from web_several import reserve


@pytest.fixture
def hall(world):
    return world.sell("Opera", 20, seats=["A-1", "A-2", "B-1"])


def test_seats_are_chosen_by_name_or_left_to_the_shop(world, buyer, hall):
    answer = reserve(buyer, hall, seats="B-1, A-1", quantity="")
    page = told(buyer.get(answer.headers["Location"]))
    assert "Seats B-1, A-1" in page
    assert "2 tickets at $20.00" in page
    answer = reserve(buyer, hall, seats="", quantity="1")
    assert "Seat A-2" in told(buyer.get(answer.headers["Location"]))


def test_seats_that_are_gone_are_named_and_the_choice_is_kept(world, buyer, hall):
    world.orders.create_order(buyer.id, hall["id"], seats=["A-1"])
    answer = reserve(buyer, hall, seats="A-1, B-1", quantity="")
    assert answer.status_code == 400
    assert "Seats A-1 are gone" in told(answer)
    assert 'value="A-1, B-1"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("form", [{}, {"quantity": " "}, {"quantity": "1"}])
def test_a_hall_without_a_choice_of_seats_gives_none_by_chance(
    world, buyer, hall, form
):
    answer = reserve(buyer, hall, seats=" ", **form)
    assert (answer.status_code == 303) == (form == {"quantity": "1"})
    if answer.status_code == 400:
        assert "Choose your seats, or say how many you want" in told(answer)
        assert not world.orders.things


def test_numbered_seats_are_told_as_seats(world, buyer):
    """Unlike the numbers of units that are no seats; also while it is not known."""
    hall = world.sell("Hall", 20, seats=["17", "18"])
    floor = world.sell("Floor", 20, quantity=2)
    for ticket, seats in ((hall, ["17"]), (floor, None)):
        order = world.orders.create_order(buyer.id, ticket["id"], seats=seats)
        path = f"/orders/{order['id']}"
        assert ("Seat 17" in told(buyer.get(path))) == (ticket is hall)
        world.tickets.away = True
        page = told(buyer.get(path))
        assert "Seat" not in page
        assert "Pay for your ticket" in page
        world.tickets.away = False


@pytest.mark.parametrize("done", [False, True])
def test_a_part_that_was_refunded_is_told_beside_what_is_left(world, buyer, hall, done):
    order = world.orders.create_order(buyer.id, hall["id"], seats=["A-1", "B-1"])["id"]
    world.orders.complete(order)
    world.payments.refund(order, ["B-1"], "it rained", done=done)
    if done:
        world.orders.things[order] |= {
            "units": ["A-1"],
            "quantity": 1,
            "total": 20,
            "refunded": ["B-1"],
        }
    page = told(buyer.get(f"/orders/{order}"))
    assert "You have paid $40.00" in page
    way = "went back" if done else "is on its way back"
    assert f"$20.00 {way} to your card for Seat B-1. The reason: it rained." in page
    assert ("1 refunded" in told(buyer.get("/orders"))) == done
    world.payments.away = True
    page = told(buyer.get(f"/orders/{order}"))
    assert ("The money for 1 ticket went back to your card" in page) == done
