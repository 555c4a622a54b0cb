"""Reserving and cancelling, and what the pages say about it."""

import pytest

OPEN = "Pay for your ticket"


def test_reserving_leads_to_the_order(world, buyer, ticket):
    """The order's page says until when the ticket is held, script or not."""
    answer = buyer.post(f"/tickets/{ticket['id']}/reserve")
    assert answer.status_code == 303
    html = buyer.read(answer.headers["Location"])
    assert OPEN in html
    assert '<time datetime="2026-01-31T12:15:00.000Z">12:15 UTC</time>' in html
    assert 'data-now="2026-01-31T12:00:00.000Z"' in html


@pytest.mark.parametrize("heard", [True, False])
def test_reserving_twice_leads_to_the_same_order(world, buyer, ticket, heard):
    """A double click or a second tab finds the one reservation."""
    world.orders.hears_at_once = heard
    reserve = f"/tickets/{ticket['id']}/reserve"
    first, second = buyer.post(reserve), buyer.post(reserve)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(world.orders.things) == 1


@pytest.mark.parametrize("heard", [True, False])
def test_ones_own_hold_is_shown_as_ones_own(world, buyer, ticket, heard):
    """Even before the ticket itself has heard of it."""
    world.orders.hears_at_once = heard
    order = world.orders.create_order(buyer.id, ticket["id"])
    html = buyer.read(f"/tickets/{ticket['id']}")
    assert "You are holding this ticket" in html
    assert f'href="/orders/{order["id"]}"' in html


@pytest.mark.parametrize("heard", [True, False])
def test_who_comes_second_is_told_that_the_ticket_is_taken(
    world, order, ticket, other, heard
):
    """The refusal is told at the top, and the page no longer offers the ticket."""
    if not heard:
        world.tickets.count(ticket["id"], [])
    answer = other.post(f"/tickets/{ticket['id']}/reserve")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Ticket is already reserved" in html
    assert "Somebody else is holding this ticket" in html
    assert "Reserve this ticket" not in html


def test_a_sold_ticket_is_sold_to_others_and_owned_by_its_buyer(
    world, buyer, order, ticket, other
):
    """The same page, by who looks at it."""
    world.orders.things[order["id"]]["status"] = "complete"
    path = f"/tickets/{ticket['id']}"
    assert "You have bought this ticket" in buyer.read(path)
    assert "Somebody else has bought this ticket" in other.read(path)


def test_a_cancelled_order_frees_its_ticket_at_once(world, buyer, order, ticket, other):
    """Though the ticket has not heard of it yet."""
    world.orders.hears_at_once = False
    answer = buyer.post(f"/orders/{order['id']}/cancel")
    assert answer.headers["Location"] == f"/orders/{order['id']}"
    assert "You cancelled this reservation" in buyer.read(f"/orders/{order['id']}")
    assert "Reserve this ticket" in other.read(f"/tickets/{ticket['id']}")


def test_reserving_what_is_not_there_is_a_404(world, buyer):
    answer = buyer.post(f"/tickets/{'0' * 24}/reserve")
    assert answer.status_code == 404


def test_tickets_are_shown_though_the_orders_are_away(world, order, ticket, other):
    """Who holds it is not known then, but that it is held is."""
    world.orders.away = True
    html = other.read(f"/tickets/{ticket['id']}")
    assert "Somebody else is holding this ticket" in html
    assert other.post(f"/tickets/{ticket['id']}/reserve").status_code == 503
