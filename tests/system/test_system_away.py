"""Servers that are away, and come: the process stays, says so, and goes on."""

import threading

import pytest
from system_control import eventually
from system_morning import NO_ID, SEAT, Morning
from system_people import Member, Person, at_once

SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "web")
# What /readyz calls the servers behind each setting.
NAMES = {
    "NATS_URL": {"nats"},
    "REDIS_URL": {"redis"},
    "AMQP_URI": {"rabbitmq"},
    "MONGODB_URI": {
        "mongodb/auth",
        "mongodb/tickets",
        "mongodb/orders",
        "mongodb/payments",
    },
}
STRIPE = "STRIPE_API_BASE"


@pytest.fixture(scope="module")
def late(systems):
    """Started before any of its servers is there, and with what it said then."""
    system = systems(SERVICES, gates=[*NAMES, STRIPE])
    process = system.processes["auth"].start()
    eventually(lambda: process.probe("/livez"))
    first = Morning(system)
    for gate in system.gates.values():
        gate.open()
    process.wait_until_ready()
    return first


@pytest.fixture
def away(late):
    """The system, with all of its servers back."""
    yield late.system
    late.system.processes["auth"].wait_until_ready()


@pytest.fixture
def shop(away):
    with Person(away) as seller, Person(away) as buyer:
        yield seller, buyer


def not_ready(system):
    """The dependencies that are away, by /readyz."""
    response = system.processes["auth"].probe("/readyz")
    states = response.json()["dependencies"]
    found = {name for name, state in states.items() if state != "ok"}
    assert response.status_code == (503 if found else 200)
    return found


def assert_away(response):
    """503 in the shape of every error, with the time to come back."""
    assert response.status_code == 503, response.text
    assert int(response.headers["Retry-After"]) > 0
    assert response.json()["errors"][0]["message"]


def test_it_starts_without_its_servers(late):
    """It lives, is not ready, and names each that is missing."""
    assert late.live.status_code == 200
    assert late.ready.status_code == 503
    report = late.ready.json()
    states = report["dependencies"]
    assert report["status"] == "away"
    assert {name for name, state in states.items() if state != "ok"} == set().union(
        *NAMES.values()
    )


def test_until_they_come_it_asks_to_come_back(late):
    """503 for everything, and nothing is half done."""
    for response in late.answers:
        assert_away(response)
    users = late.system.database("auth")["users"]
    assert users.find_one({"email": late.email}) is None


def test_once_they_come_everything_works(away):
    """Without a restart, from sign-up to paid."""
    with Member(away) as seller, Member(away) as buyer:
        ticket = seller.sell()
        order = buyer.buy(ticket)
        assert buyer.until_held(ticket, order)
        assert away.kept(order["id"]) == 2000


@pytest.mark.parametrize("name", NAMES)
def test_one_that_goes_is_named_and_comes_back(away, name):
    """/livez goes on; /readyz says which; nothing has to be restarted."""
    with away.gates[name].away():
        eventually(lambda: not_ready(away) == NAMES[name])
        assert away.processes["auth"].probe("/livez").status_code == 200
    eventually(lambda: not_ready(away) == set())


@pytest.mark.parametrize("name", NAMES)
def test_one_that_says_nothing_does_not_hang_anybody(away, shop, name):
    """Every request has an answer, and everything goes on when it speaks again."""
    seller, buyer = shop
    order = buyer.reserve(seller.sell())
    copies = away.database("payments")["orders"]
    eventually(lambda: copies.find_one({"_id": order["id"]}))
    with away.gates[name].held():
        answers = at_once(
            lambda: buyer.http.get("/api/tickets"),
            lambda: seller.http.post("/api/tickets", json=SEAT),
            lambda: buyer.pay(order),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 503}
        eventually(lambda: not_ready(away) == NAMES[name])
    eventually(lambda: not_ready(away) == set())
    if buyer.order(order)["status"] == "created":
        eventually(lambda: buyer.pay(order).status_code in {201, 400})
    buyer.until(order, "complete")
    assert away.kept(order["id"]) == 2000


def test_without_the_database_nothing_is_done_by_half(away, shop):
    """503, and afterwards everything is as it was."""
    seller, buyer = shop
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    buyer.until_held(ticket, order)
    with away.gates["MONGODB_URI"].away():
        answers = at_once(
            lambda: seller.http.get("/api/tickets"),
            lambda: seller.http.post("/api/tickets", json=SEAT),
            lambda: buyer.ask_for(ticket),
            lambda: buyer.pay(order),
            lambda: buyer.cancel(order),
        )
    for response in answers:
        assert_away(response)
    eventually(lambda: not_ready(away) == set())
    assert buyer.order(order) == order
    assert away.intents(order["id"]) == []
    eventually(lambda: buyer.pay(order).status_code in {201, 400})
    buyer.until(order, "complete")


def test_without_the_bus_one_can_still_buy(away, shop):
    """The events wait in the outbox, and arrive when the bus is back."""
    seller, buyer = shop
    known = seller.sell()
    copies = away.database("orders")["tickets"]
    eventually(lambda: copies.find_one({"_id": known["id"]}))
    with away.gates["NATS_URL"].away():
        eventually(lambda: not_ready(away) == {"nats"})
        order = buyer.reserve(known)
        assert buyer.pay(order).status_code == 201
        fresh = seller.sell()
        second = buyer.reserve(fresh)
        assert buyer.order(order)["status"] == "created"
    buyer.until(order, "complete")
    buyer.until_held(known, order)
    buyer.until_held(fresh, second)


def test_without_redis_one_can_still_buy(away, shop):
    """Deadlines that could not be noted are noted later."""
    seller, buyer = shop
    with away.gates["REDIS_URL"].away():
        order = buyer.reserve(seller.sell())
        buyer.buy(seller.sell())
    with away.rpc() as rpc:
        wanted = {"orderId": order["id"], "at": order["expiresAt"]}
        eventually(lambda: wanted in rpc.expiration.pending())


def test_without_rpc_what_is_known_can_be_bought(away, shop):
    """What would have to be asked for is refused for now; what is known is sold."""
    seller, buyer = shop
    known = seller.sell()
    copies = away.database("orders")["tickets"]
    eventually(lambda: copies.find_one({"_id": known["id"]}))
    with away.gates["AMQP_URI"].away():
        assert_away(buyer.ask_for({"id": NO_ID}))
        order = buyer.reserve(known)
        held = away.database("payments")["orders"]
        eventually(lambda: held.find_one({"_id": order["id"]}))
        assert buyer.pay(order).status_code == 201
        buyer.until(order, "complete")
    assert buyer.until_held(known, order)


def test_without_stripe_a_payment_is_asked_to_come_back(away, shop):
    """503; the same request later pays once."""
    seller, buyer = shop
    order = buyer.reserve(seller.sell())
    with away.gates[STRIPE].away():
        assert_away(buyer.pay(order, **{"Idempotency-Key": "a"}))
        assert buyer.order(order)["status"] == "created"
    paid = buyer.pay(order, **{"Idempotency-Key": "a"})
    assert paid.status_code == 201, paid.text
    buyer.until(order, "complete")
    assert away.kept(order["id"]) == 2000


def test_a_payment_whose_answer_got_lost_is_made_once(away, shop):
    """Stripe has it, the answer does not arrive, the buyer asks again and again."""
    seller, buyer = shop
    order = buyer.reserve(seller.sell())
    gate = away.gates[STRIPE]
    first = []
    pay = threading.Thread(target=lambda: first.append(buyer.pay(order)))
    with gate.held():
        pay.start()
        eventually(lambda: away.kept(order["id"]) == 2000)
        gate.shut()
        gate.open()
    pay.join()
    assert first[0].status_code in {201, 503}

    def settled():
        return buyer.pay(order).status_code != 503

    eventually(settled)
    buyer.until(order, "complete")
    assert len(away.intents(order["id"])) == 1
    assert away.kept(order["id"]) == 2000


def test_it_stops_while_its_servers_are_away(away):
    """SIGTERM ends it in order and in time, and without a stack trace."""
    process = away.processes["auth"]
    for gate in away.gates.values():
        gate.shut()
    try:
        eventually(lambda: not_ready(away) == set().union(*NAMES.values()))
        assert process.stop() == 0
    finally:
        for gate in away.gates.values():
            gate.open()
        process.start()
