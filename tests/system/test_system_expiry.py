"""Holds end on time: never early, and whatever becomes of the clock's keeper."""

import json
from datetime import datetime

import pytest
from system_books import Books
from system_bus import Bus
from system_control import eventually
from system_people import Person


@pytest.fixture
def shop(split):
    with Person(split) as seller, Person(split) as buyer:
        yield seller, buyer


def said(system, order, subject):
    found = Bus(system).messages(order["id"])
    return [message for message in found if message.subject == subject]


def ended(system, order):
    """What was told of the order's end, as soon as it is."""
    (cancelled,) = eventually(lambda: said(system, order, "order.cancelled"))
    return cancelled


def assert_not_early(system, order):
    """Neither the announcement nor the end came before the hold's time."""
    due = datetime.fromisoformat(order["expiresAt"])
    ends = said(system, order, "expiration.complete")
    ends += said(system, order, "order.cancelled")
    assert ends
    for message in ends:
        assert datetime.fromisoformat(message.headers["ce-time"]) >= due


def test_an_unpaid_hold_ends_and_the_ticket_is_free(split, shop):
    """In its time and never before; the next buyer may have it."""
    seller, buyer = shop
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    assert buyer.until(order, "cancelled")["version"] == 1
    assert ended(split, order).data["reason"] == "expired"
    assert_not_early(split, order)
    eventually(lambda: Books(split).has_heard_all(ticket))
    assert "orderId" not in buyer.ticket(ticket)
    assert buyer.reserve(ticket)["id"] != order["id"]


def test_a_paid_order_does_not_end(split, shop):
    """Its deadline is forgotten as soon as it is complete."""
    seller, buyer = shop
    order = buyer.buy(seller.sell())
    later = buyer.reserve(seller.sell())
    buyer.until(later, "cancelled")
    assert buyer.order(order)["status"] == "complete"
    with split.rpc() as rpc:
        eventually(lambda: not rpc.expiration.pending())


def test_an_end_announced_too_early_waits_for_its_time(split, shop):
    """A message that came before its time is tried again, not believed."""
    seller, buyer = shop
    order = buyer.reserve(seller.sell())
    body = json.dumps({"orderId": order["id"]}).encode()
    Bus(split).publish("expiration.complete", body)
    buyer.until(order, "cancelled")
    at = datetime.fromisoformat(ended(split, order).headers["ce-time"])
    assert at >= datetime.fromisoformat(order["expiresAt"])


def test_deadlines_that_redis_lost_are_rebuilt(split, shop):
    """The orders are the truth: after a flush the holds still end, and not early."""
    seller, buyer = shop
    orders = [buyer.reserve(seller.sell()) for _ in range(5)]
    keys = split.redis.keys(f"{split.namespace}*")
    assert keys
    split.redis.delete(*keys)
    for order in orders:
        buyer.until(order, "cancelled")
        assert ended(split, order)
        assert_not_early(split, order)


def test_deadlines_that_passed_while_nobody_looked_are_found(split, shop):
    """The process that keeps the time dies, and Redis forgets it all meanwhile."""
    seller, buyer = shop
    keeper = split.processes["expiration"]
    tickets = [seller.sell() for _ in range(5)]
    orders = [buyer.reserve(ticket) for ticket in tickets]
    keeper.kill()
    split.redis.delete(*split.redis.keys(f"{split.namespace}*"))
    keeper.start().wait_until_ready()
    for order, ticket in zip(orders, tickets, strict=True):
        buyer.until(order, "cancelled")
        assert ended(split, order)
        assert_not_early(split, order)
        buyer.until_free(ticket)


def test_what_is_pending_is_told_and_the_same_after_a_rebuild(system, seller, buyer):
    """Each with its time."""
    with system.rpc() as rpc:
        order = buyer.reserve(seller.sell())
        wanted = {"orderId": order["id"], "at": order["expiresAt"]}

        def is_pending():
            return wanted in rpc.expiration.pending()

        eventually(is_pending)
        # The mark that all are there stays, so that nobody else rebuilds meanwhile: who
        # did might set a deadline again that is removed below, having read it before.
        (deadlines,) = system.redis.keys(f"{system.namespace}*:deadlines")
        system.redis.delete(deadlines)
        assert not is_pending()
        assert rpc.expiration.rebuild()["rebuilt"] >= 1
        assert is_pending()
        buyer.cancel(order)
        eventually(lambda: not is_pending())
