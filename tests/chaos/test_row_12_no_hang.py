"""Row 12: nothing hangs, whichever server is away.

One server after the other is killed, stands still, or swallows what it is sent. In the
meantime every request is answered soon, done or with a 503, and soon after all of them
are done again, without a restart.
"""

import time
from itertools import product

from chaos_buyers import PRICE, Buyers
from chaos_checker import violations
from system_control import eventually
from system_people import at_once

SERVERS = ("NATS_URL", "MONGODB_URI", "REDIS_URL", "AMQP_URI", "STRIPE_API_BASE")
FAULTS = ("away", "held", "swallowing")
EVERY = list(product(SERVERS, FAULTS))
FULL, SLICE = len(EVERY), len(SERVERS)
# In seconds: the latest answer, also where another service is waited for; that about a
# card; and when all is well again.
ANSWERED, PAID, RECOVERED = 3.5, 11.0, 10.0
FINE = {200, 201, 503}
HOLD = "3"


def test_every_request_is_answered(row):
    shop = row.shop(twins=True, gates=SERVERS)
    wrong = []
    with Buyers(shop) as buyers:
        for server, fault in chosen(row):
            wrong += meanwhile(row, shop, buyers, server, fault)
        for order_id in shop.books.orders():
            buyers.cancel({"id": order_id})
    shop.settle()
    row.expect_none([*wrong, *violations(shop)])


def chosen(row):
    """All there are, or each server with one of its faults."""
    if row.size == FULL:
        return EVERY
    return [(server, row.random.choice(FAULTS)) for server in SERVERS]


def meanwhile(row, shop, buyers, server, fault):
    """What is wrong while a server has a fault, and afterwards."""
    ticket = buyers.list_many(100)
    orders = [buyers.reserve(ticket) for _ in range(2)]
    with getattr(shop.gates[server], fault)():
        answers = [each for order in orders for each in ask_all(buyers, ticket, order)]
    began = time.monotonic()
    eventually(lambda: is_well(buyers, ticket))
    recovered = time.monotonic() - began
    slowest, name = max((took, name) for name, _, took in answers)
    row.figures[f"{server} {fault}"] = (
        f"answered in {slowest:.1f} s ({name}), well after {recovered:.1f} s"
    )
    for name, status, took in answers:
        if status not in FINE or took > (PAID if name == "pay" else ANSWERED):
            yield f"{server} {fault}: {name} is {status} after {took:.1f} s"
    if recovered > RECOVERED:
        yield f"{server} {fault}: well only after {recovered:.1f} s"


def ask_all(buyers, ticket, order):
    """``(name, status, seconds)`` of each kind of request, all made at once."""
    http = buyers.buyer.http
    wish = {"ticketId": ticket["id"]}
    listing = {"title": "A seat", "price": PRICE / 100}
    asks = {
        "look": lambda: http.get(f"/api/tickets/{ticket['id']}"),
        "list": lambda: http.post("/api/tickets", json=listing),
        "orders": lambda: http.get("/api/orders"),
        "reserve": lambda: http.post("/api/orders", json=wish),
        "pay": lambda: buyers.buyer.pay(order),
    }
    return at_once(*[lambda n=name, a=ask: timed(n, a) for name, ask in asks.items()])


def timed(name, ask):
    began = time.monotonic()
    status = ask().status_code
    return name, status, time.monotonic() - began


def is_well(buyers, ticket):
    """Everything is done again, with an order of its own."""
    order = buyers.reserve(ticket)
    return order is not None and all(
        status in {200, 201} for _, status, _ in ask_all(buyers, ticket, order)
    )
