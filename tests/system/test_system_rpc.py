"""RPC: every method of the contract, its typed errors, and the shell."""

import json
import subprocess

import pytest
from system_bus import Bus
from system_control import eventually

from launcher import ROOT
from launcher.services import CONFIG, NAMEKO
from ticketing import errors

NO_ID = "5f0000000000000000000000"
SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "web")


@pytest.fixture
def rpc(system):
    with system.rpc() as rpc:
        yield rpc


def test_auth_finds_people(rpc, member):
    """By id and by address; nobody's address is no error."""
    user = {"id": member.id, "email": member.email}
    assert rpc.auth.get_user(member.id) == user
    assert rpc.auth.find_user(f" {member.email.upper()} ") == user
    assert rpc.auth.find_user("nobody@example.com") is None


def test_auth_ends_all_sessions_of_a_user(rpc, member):
    """At once, and again without harm."""
    for _ in range(2):
        rpc.auth.revoke_sessions(member.id)
        assert member.http.get("/api/orders").status_code == 401


def test_tickets_lists_makes_and_changes(rpc, seller, anonymous):
    """The same tickets as over HTTP, by the same rules."""
    ticket = rpc.tickets.create_ticket(seller.id, " Row 1 ", 19.99)
    assert ticket == anonymous.get(f"/api/tickets/{ticket['id']}").json()
    assert (ticket["title"], ticket["price"]) == ("Row 1", 19.99)
    changed = rpc.tickets.update_ticket(ticket["id"], seller.id, "Row 2", 5)
    assert changed == ticket | {"title": "Row 2", "price": 5, "version": 1}
    assert rpc.tickets.get_ticket(ticket["id"]) == changed | {"layout": "1"}
    assert rpc.tickets.list_tickets(limit=1, order="desc") == [changed]
    before = rpc.tickets.list_tickets(limit=200, order="desc", after=ticket["id"])
    assert all(other["id"] < ticket["id"] for other in before)


def test_orders_makes_lists_and_cancels(rpc, seller, buyer):
    """The same orders as over HTTP, with the reason of their end."""
    ticket = seller.sell()
    order = rpc.orders.create_order(buyer.id, ticket["id"])
    assert order == buyer.order(order)
    assert rpc.orders.get_order(order["id"]) == order
    assert rpc.orders.list_orders(buyer.id) == [order]
    ended = rpc.orders.cancel_order(order["id"])
    assert ended == order | {
        "status": "cancelled",
        "version": 1,
        "reason": "cancelled by the buyer",
    }
    assert rpc.orders.get_order(order["id"]) == ended


def test_payments_tells_and_refunds(rpc, system, seller, buyer):
    """The payment of an order, and its money back."""
    order = buyer.buy(seller.sell(price=12.34))
    payment = rpc.payments.get_payment(order["id"])
    (intent,) = system.intents(order["id"])
    assert payment["stripeId"] == intent.id
    assert (payment["status"], payment["amount"]) == ("paid", 1234)
    refunded = rpc.payments.refund(order["id"], "rained off")
    assert refunded["status"] == "refunded"
    assert system.kept(order["id"]) == 0
    assert buyer.until(order, "cancelled")
    assert rpc.orders.get_order(order["id"])["reason"] == "refunded"


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (errors.NotFoundError, lambda rpc: rpc.auth.get_user(NO_ID)),
        (errors.NotFoundError, lambda rpc: rpc.auth.get_user("x")),
        (errors.NotFoundError, lambda rpc: rpc.auth.revoke_sessions(NO_ID)),
        (errors.NotFoundError, lambda rpc: rpc.tickets.get_ticket({"$ne": 1})),
        (errors.NotFoundError, lambda rpc: rpc.orders.get_order(NO_ID)),
        (errors.NotFoundError, lambda rpc: rpc.orders.cancel_order(NO_ID)),
        (errors.NotFoundError, lambda rpc: rpc.orders.create_order(NO_ID, NO_ID)),
        (errors.NotFoundError, lambda rpc: rpc.payments.get_payment(NO_ID)),
        (errors.NotFoundError, lambda rpc: rpc.payments.refund(NO_ID, "x")),
        (errors.NotFoundError, lambda rpc: rpc.orders.replay_dead_letter(10**9)),
        (errors.InvalidInputError, lambda rpc: rpc.tickets.list_tickets(limit=0)),
        (errors.InvalidInputError, lambda rpc: rpc.tickets.create_ticket(NO_ID, "", 1)),
        (
            errors.InvalidInputError,
            lambda rpc: rpc.tickets.update_ticket(NO_ID, NO_ID, "x", -1),
        ),
        (
            errors.NotFoundError,
            lambda rpc: rpc.tickets.update_ticket(NO_ID, NO_ID, "x", 1),
        ),
    ],
)
def test_errors_arrive_as_what_they_are(rpc, error, call):
    """The caller catches the same class that the callee raised."""
    with pytest.raises(error):
        call(rpc)


def test_errors_of_state_arrive_as_what_they_are(rpc, seller, buyer, other):
    """With the words that HTTP would have."""
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    with pytest.raises(errors.BadRequestError, match="already reserved"):
        rpc.orders.create_order(other.id, ticket["id"])
    with pytest.raises(errors.NotOwnerError):
        rpc.orders.cancel_order(order["id"], other.id)
    with pytest.raises(errors.NotFoundError):
        rpc.payments.refund(order["id"], "not paid")
    buyer.until_held(ticket, order)
    with pytest.raises(errors.BadRequestError, match="Cannot edit"):
        rpc.tickets.update_ticket(ticket["id"], seller.id, "x", 1)
    buyer.pay(order)
    buyer.until(order, "complete")
    with pytest.raises(errors.BadRequestError, match="complete order"):
        rpc.orders.cancel_order(order["id"])


def test_invalid_input_names_every_field(rpc, seller):
    """Across the wire as well."""
    with pytest.raises(errors.InvalidInputError) as caught:
        rpc.tickets.create_ticket(seller.id, " ", 0)
    assert {error["field"] for error in caught.value.errors} == {"title", "price"}


def letters_about(service, text):
    return [each for each in service.dead_letters() if text in each["body"]]


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b"{}",
        b"\x80\x04\x95\x0b\x00\x00pickle",
        b'{"id": "x", "version": 0}',
        b'{"a":' * 5000,
    ],
    ids=["text", "list", "empty", "pickle", "id", "deep"],
)
def test_a_message_that_is_no_event_is_put_aside(rpc, system, seller, buyer, body):
    """Each listener keeps it with the reason, and goes on with the next."""
    Bus(system).publish("order.created", body)
    text = body.decode(errors="replace")
    for service in (rpc.tickets, rpc.payments, rpc.expiration):
        letter = eventually(lambda s=service: letters_about(s, text))[-1]
        assert (letter["subject"], letter["body"]) == ("order.created", text)
        assert "OrderCreated" in letter["reason"]
        with pytest.raises(errors.HopelessError):
            service.replay_dead_letter(letter["id"])
        assert letter in letters_about(service, text)
    buyer.buy(seller.sell())


def test_a_dead_letter_that_can_be_handled_now_is_gone(rpc, system, seller, buyer):
    """The cause was mended by hand; a replay does what the message wanted."""
    order = buyer.reserve(seller.sell(price=20))
    event = {"id": NO_ID, "version": 1, "orderId": order["id"], "stripeId": "pi_1"}
    body = json.dumps(event | {"amount": 1999}).encode()
    Bus(system).publish("payment.created", body)
    (letter,) = eventually(lambda: letters_about(rpc.orders, order["id"]))
    assert buyer.order(order)["status"] == "created"
    documents = system.database("orders")["orders"]
    documents.update_one({"_id": order["id"]}, {"$set": {"ticket.price": 1999}})
    assert rpc.orders.replay_dead_letter(letter["id"]) == {"replayed": letter["id"]}
    assert buyer.order(order)["status"] == "complete"
    assert letters_about(rpc.orders, order["id"]) == []


def test_every_service_tells_its_dead_letters(rpc):
    """Also those without any."""
    for name in SERVICES:
        assert isinstance(getattr(rpc, name).dead_letters(), list)


def shell(system, *commands):
    """Pipes commands into `nameko shell`."""
    return subprocess.run(
        [NAMEKO, "shell", "--config", CONFIG],
        cwd=ROOT,
        env=system.settings,
        input="\n".join(commands),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_shell_takes_piped_commands(system, seller, buyer):
    """`n.rpc` reaches every service of this system."""
    order = buyer.reserve(seller.sell())
    ran = shell(
        system,
        f'print("got", n.rpc.orders.get_order("{order["id"]}")["status"])',
        f'print("ticket", n.rpc.tickets.get_ticket("{order["ticket"]["id"]}"))',
        'print("nobody", n.rpc.auth.find_user("nobody@example.com"))',
        'print("pending", len(n.rpc.expiration.pending()) > 0)',
        'print("web", n.rpc.web.dead_letters())',
        f'print("ended", n.rpc.orders.cancel_order("{order["id"]}")["reason"])',
    )
    assert ran.returncode == 0, ran.stderr
    for said in (
        "got created",
        f"'userId': '{seller.id}'",
        "nobody None",
        "pending True",
        "web []",
        "ended cancelled by the buyer",
    ):
        assert said in ran.stdout
    assert buyer.order(order)["status"] == "cancelled"


def test_the_shell_stops_at_an_error(system):
    """With its name, and an exit code that a script notices."""
    ran = shell(system, f'n.rpc.payments.get_payment("{NO_ID}")', 'print("went on")')
    assert ran.returncode == 1
    assert "NotFoundError" in ran.stderr
    assert "went on" not in ran.stdout
