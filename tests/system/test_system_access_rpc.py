"""Every method that other services may call, and what it does for whom.

Only services and operators at a shell can call them; a person's id is believed, and yet
no method lets one person act on what is another's.
"""

import inspect
from importlib import import_module

import pytest
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from system_people import PASSWORD

from ticketing.errors import TicketingError
from ticketing.ids import new_id
from ticketing.rpc import ServiceMethod

SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "web")
LETTERS = ("dead_letters", "replay_dead_letter", "discard_dead_letter")
EVERYWHERE = (*LETTERS, "health", "describe_api")
# Nobody's in particular, or public anyhow.
FOR_ALL = "for all"
# Of one person: whoever is named gets what is theirs and nothing else.
OF_ONE = "of one"
# Tells or does what only a service or an operator may ask for; no person is named.
INTERNAL = "internal"
# Who is named must be the owner of what is named: the arguments of such a call.
OWNED = {
    "tickets.update_ticket": lambda w, user: (w.ticket, user, "Mine", 1),
    "tickets.cancel_ticket": lambda w, user: (w.ticket, user),
    "orders.refund_order": lambda w, user: (w.order, user),
    "orders.get_sales": lambda w, user: (w.ticket, user),
    "orders.list_sales": lambda w, user: (w.ticket, user),
    "orders.cancel_order": lambda w, user: (w.order, user),
    "orders.list_ticket_passes": lambda w, user: (w.ticket, user),
    "orders.admit_pass": lambda w, user: (w.pass_id, user, "North", "s1"),
    "payments.pay": lambda w, user: (w.order, user, "tok_visa"),
    "auth.change_password": lambda w, user: (user, "not theirs", PASSWORD),
}
METHODS = dict.fromkeys(OWNED, "owned") | {
    "auth.sign_up": FOR_ALL,
    "auth.sign_in": FOR_ALL,
    "auth.sign_out": OF_ONE,
    "auth.get_user": INTERNAL,
    "auth.get_users": INTERNAL,
    "auth.find_user": INTERNAL,
    "auth.revoke_sessions": OF_ONE,
    "tickets.list_tickets": FOR_ALL,
    "tickets.list_own": OF_ONE,
    "tickets.get_ticket": FOR_ALL,
    "tickets.find_tickets": FOR_ALL,
    "tickets.get_seats": FOR_ALL,
    "tickets.create_ticket": OF_ONE,
    "orders.unit_states": FOR_ALL,
    "orders.spare_units": INTERNAL,
    "orders.taken_units": INTERNAL,
    "orders.hear_ticket": INTERNAL,
    "orders.list_orders": OF_ONE,
    "orders.get_order": INTERNAL,
    "orders.create_order": OF_ONE,
    "orders.list_unpaid": INTERNAL,
    "orders.standings": INTERNAL,
    "orders.list_complete": INTERNAL,
    "orders.worth": INTERNAL,
    "orders.hear_payment": INTERNAL,
    "orders.hear_refund": INTERNAL,
    "orders.list_passes": INTERNAL,
    "orders.list_bookings": INTERNAL,
    "orders.pass_keys": FOR_ALL,
    "orders.timeline": INTERNAL,
    "payments.history": INTERNAL,
    "payments.close": INTERNAL,
    "payments.look": INTERNAL,
    "payments.get_payment": INTERNAL,
    "payments.refund": INTERNAL,
    "payments.ledger": INTERNAL,
    "payments.reconcile": INTERNAL,
    "payments.findings": INTERNAL,
    "payments.dismiss_finding": INTERNAL,
    "expiration.pending": INTERNAL,
    "expiration.rebuild": INTERNAL,
}
METHODS |= {
    f"{service}.{name}": INTERNAL for service in SERVICES for name in EVERYWHERE
}
OPERATORS = ({"$gt": ""}, {"$ne": None}, ["$where"], "$where", {"a.b": 1})


def declared():
    """The methods in the code of the services, with their arguments."""
    for service in SERVICES:
        owner = getattr(
            import_module(f"{service}.service"), f"{service.title()}Service"
        )
        for name, method in inspect.getmembers(owner, inspect.isfunction):
            if any(
                isinstance(each, ServiceMethod)
                for each in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
            ):
                yield f"{service}.{name}", inspect.signature(method)


SIGNATURES = dict(declared())


def required(name):
    """How many arguments it has that must be given."""
    empty = inspect.Parameter.empty
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    parameters = list(SIGNATURES[name].parameters.values())[1:]
    return sum(p.default is empty and p.kind not in kinds for p in parameters)


def test_no_method_is_without_a_rule():
    """A new method needs a line in one of the tables above."""
    assert set(SIGNATURES) == set(METHODS)


class World:
    """A listing, a paid order for it and its pass, and a stranger to both."""

    def __init__(self, seller, buyer, stranger):
        ticket = seller.sell(quantity=2)
        order = buyer.buy(ticket)
        seller.until_counted(ticket, sold=1)
        self.seller, self.buyer, self.stranger = seller, buyer, stranger.id
        self.ticket, self.order = ticket["id"], order["id"]
        self.pass_id = buyer.passes(order)[0]["id"]

    def told(self):
        order = self.buyer.order({"id": self.order})
        return order, self.seller.ticket({"id": self.ticket})["version"]


@pytest.fixture
def rpc(system):
    with system.rpc() as rpc:
        yield rpc


def call(rpc, name, *arguments):
    service, method = name.split(".")
    return getattr(getattr(rpc, service), method)(*arguments)


@pytest.mark.parametrize("name", OWNED)
def test_nobody_acts_on_what_is_somebody_elses(rpc, seller, buyer, other, name):
    """A stranger's id is refused, and so is nobody's and what is none."""
    world = World(seller, buyer, other)
    before = world.told()
    for user in (world.stranger, new_id(), "", None, {"$ne": ""}):
        with pytest.raises(TicketingError):
            call(rpc, name, *OWNED[name](world, user))
    assert world.told() == before


PAGED = {"limit", "after", "order", "text", "from_time", "to_time", "availability"}
LISTS = [
    (name, each)
    for name, signature in SIGNATURES.items()
    for each, parameter in signature.parameters.items()
    if each in PAGED and parameter.default is not parameter.empty
]


@pytest.mark.parametrize(("name", "argument"), LISTS)
def test_no_operator_chooses_a_page(rpc, name, argument):
    """A list or a typed refusal."""
    service, method = name.split(".")
    given = [new_id()] * required(name)
    for operator in OPERATORS:
        try:
            getattr(getattr(rpc, service), method)(*given, **{argument: operator})
        except TicketingError:
            continue


def test_no_operator_finds_a_request(rpc, seller, buyer):
    """An Idempotency-Key that is none is refused; nothing is reserved by it."""
    ticket = seller.sell()
    for operator in OPERATORS[:3]:
        with pytest.raises(TicketingError):
            rpc.orders.create_order(buyer.id, ticket["id"], key=operator)
    assert rpc.orders.list_orders(buyer.id) == []


@pytest.mark.parametrize("name", [n for n in METHODS if required(n)])
def test_no_operator_of_the_database_is_an_argument(rpc, seller, name):
    """A typed refusal, or that there is nothing; never a thing, never a stack trace."""
    seller.sell()
    for operator in OPERATORS:
        try:
            found = call(rpc, name, *[operator] * required(name))
        except TicketingError:
            continue
        assert not found, (operator, found)
