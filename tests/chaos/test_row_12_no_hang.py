"""Row 12: nothing hangs, whichever server is away.

One server after the other is killed, stands still, or swallows what it is sent. In the
meantime every request is answered soon, done or with a 503, what is on sale is shown,
and soon after all requests are done again, without a restart.
"""

import time
from dataclasses import dataclass
from functools import partial
from itertools import product

from chaos_buyers import PRICE, Buyers
from chaos_checker import violations
from system_control import eventually
from system_people import at_once

SERVERS = ("NATS_URL", "MONGODB_URI", "REDIS_URL", "AMQP_URI", "STRIPE_API_BASE")
FAULTS = ("away", "held", "swallowing")
EVERY = list(product(SERVERS, FAULTS))
FULL, SLICE = len(EVERY), len(SERVERS)
# In seconds: the latest answer, that of Stripe's own, and when all is well again. What
# the same request takes when nobody is away is no waiting for somebody else.
ANSWERED, STRIPES, RECOVERED = 2.0, 10.0, 10.0
FINE = {200, 201, 503}
HOLD = "3"


def test_every_request_is_answered(row):
    shop = row.shop(twins=True, gates=SERVERS, more=("web",))
    wrong = []
    with Buyers(shop) as buyers:
        # What is done for the first time takes longer, whoever is away.
        eventually(lambda: done_again(buyers, buyers.list_many(100)))
        for server, fault in chosen(row):
            wrong += meanwhile(row, shop, buyers, server, fault)
        for order_id in shop.books.orders():
            buyers.cancel({"id": order_id})
    shop.settle()
    row.expect_none([*wrong, *violations(shop)])


def test_control_databases_are_waited_for(row):
    shop = row.shop(gates=SERVERS, without={"orders": "waits_long"})
    with Buyers(shop) as buyers:
        row.expect_some(list(meanwhile(row, shop, buyers, "MONGODB_URI", "held")))


def chosen(row):
    """All there are, or each server with one of its faults; Stripe's shortest."""
    if row.size == FULL:
        return EVERY
    ours = [(server, row.random.choice(FAULTS)) for server in SERVERS[:-1]]
    return [*ours, (SERVERS[-1], "away")]


def meanwhile(row, shop, buyers, server, fault):
    """What is wrong while a server has a fault, and afterwards."""
    ticket = buyers.list_many(100)
    orders = [buyers.reserve(ticket) for _ in range(2 if row.size == FULL else 1)]
    with getattr(shop.gates[server], fault)():
        answers = [each for order in orders for each in ask_all(buyers, ticket, order)]
    began = time.monotonic()
    well = eventually(lambda: done_again(buyers, ticket))
    recovered = time.monotonic() - began
    slowest = max(answers, key=lambda each: each.took)
    row.figures[f"{server} {fault}"] = f"{slowest}, well after {recovered:.1f} s"
    usual = {each.name: each.took for each in well}
    for each in answers:
        if is_bad(each, server, usual[each.name]):
            yield f"{server} {fault}: {each}"
    if recovered > RECOVERED:
        yield f"{server} {fault}: well only after {recovered:.1f} s"


@dataclass(frozen=True)
class Answer:
    """A kind of request, what came of it, and in how many seconds."""

    name: str
    status: int
    took: float

    def __str__(self):
        return f"{self.name}: {self.status} in {self.took:.1f} s"


def is_bad(answer, server, usual):
    is_stripes = answer.name == "pay" and server == "STRIPE_API_BASE"
    limit = STRIPES if is_stripes else ANSWERED
    fine = {200} if answer.name == "home" else FINE
    return answer.status not in fine or answer.took > limit + usual


def ask_all(buyers, ticket, order):
    """The answer to each kind of request, all made at once."""
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
    if "web" in buyers.shop.processes:
        asks["home"] = lambda: http.get("/")
        asks["page"] = lambda: http.get("/orders")
    return at_once(*[partial(timed, *each) for each in asks.items()])


def timed(name, ask):
    began = time.monotonic()
    status = ask().status_code
    return Answer(name, status, time.monotonic() - began)


def done_again(buyers, ticket):
    """The answers once everything is done again, with an order of its own."""
    order = buyers.reserve(ticket)
    answers = ask_all(buyers, ticket, order) if order else []
    return answers if all(each.status in {200, 201} for each in answers) else None
