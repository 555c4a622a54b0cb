"""Every route of the services, as the code declares them, and who may use it."""

import inspect
from functools import cached_property
from importlib import import_module

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from system_people import PASSWORD, new_email

from ticketing.http.route import Route

SERVICES = ("auth", "tickets", "orders", "payments", "expiration")
HELD = {"title": "A seat", "price": 20}

# What each route answers its rightful user, nobody and another person. A cookie that is
# no use is the same as none. Webhooks prove themselves by their signature.
ANSWERS = {
    ("POST", "/api/users/signup"): (201, 201, 201),
    ("POST", "/api/users/signin"): (200, 200, 200),
    ("POST", "/api/users/signout"): (200, 200, 200),
    ("POST", "/api/users/signout/everywhere"): (200, 401, 200),
    ("POST", "/api/users/password"): (200, 401, 400),
    ("GET", "/api/users/currentuser"): (200, 200, 200),
    ("GET", "/api/tickets"): (200, 200, 200),
    ("GET", "/api/tickets/<ticket_id>"): (200, 200, 200),
    ("GET", "/api/tickets/<ticket_id>/seats"): (200, 200, 200),
    ("POST", "/api/tickets"): (201, 401, 201),
    ("PUT", "/api/tickets/<ticket_id>"): (200, 401, 401),
    ("DELETE", "/api/tickets/<ticket_id>"): (204, 401, 401),
    ("GET", "/api/orders"): (200, 401, 200),
    ("GET", "/api/orders/<order_id>"): (200, 401, 401),
    ("POST", "/api/orders"): (201, 401, 201),
    ("DELETE", "/api/orders/<order_id>"): (204, 401, 401),
    ("POST", "/api/orders/<order_id>/refund"): (200, 401, 401),
    ("GET", "/api/orders/<order_id>/passes"): (200, 401, 401),
    ("GET", "/api/passes"): (200, 401, 401),
    ("GET", "/api/passes/keys"): (200, 200, 200),
    ("POST", "/api/passes/<pass_id>/admit"): (200, 401, 401),
    ("POST", "/api/payments"): (201, 401, 401),
    ("POST", "/api/payments/intent"): (200, 401, 401),
    ("POST", "/api/payments/webhook"): (400, 400, 400),
}


def declared():
    """The routes in the code of the services."""
    found = set()
    for name in SERVICES:
        module = import_module(f"{name}.service")
        service = getattr(module, f"{name.title()}Service")
        for _, method in inspect.getmembers(service, inspect.isfunction):
            for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
                if isinstance(entrypoint, Route):
                    found.add((entrypoint.method, entrypoint.path))
    return found


class World:
    """A seller's free ticket and a buyer's open order, and the requests about them."""

    def __init__(self, seller, buyer):
        self.ticket = seller.sell(seats=["A-1", "A-2"])
        self.order = buyer.reserve(seller.sell())
        self.seller, self.buyer = seller, buyer

    def owner(self, path):
        sellers = path.startswith(("/api/tickets", "/api/passes"))
        return self.seller if sellers or path.endswith("refund") else self.buyer

    @cached_property
    def bought(self):
        return self.buyer.buy(self.seller.sell())

    @cached_property
    def pass_id(self):
        return self.buyer.passes(self.bought)[0]["id"]

    def ask(self, client, method, path):
        order = self.bought if path.endswith("refund") else self.order
        target = path.replace("<ticket_id>", self.ticket["id"])
        target = target.replace("<order_id>", order["id"])
        if "<pass_id>" in target:
            target = target.replace("<pass_id>", self.pass_id)
        query = {"ticketId": self.ticket["id"]} if path == "/api/passes" else None
        body = self._body(method, path)
        return client.request(method, target, params=query, json=body)

    def is_as_it_was(self):
        """What the buyer and the seller see of their own."""
        ticket = self.seller.ticket(self.ticket)
        return (
            self.buyer.order(self.order) == self.order
            and ticket["title"] == self.ticket["title"]
            and "cancelled" not in ticket
        )

    def _body(self, method, path):
        account = {"email": new_email(), "password": PASSWORD}
        bodies = {
            "/api/users/signup": account,
            "/api/users/signin": self.buyer.credentials,
            "/api/users/password": {"current": PASSWORD, "password": PASSWORD},
            "/api/tickets": HELD,
            "/api/tickets/<ticket_id>": HELD,
            "/api/orders": {"ticketId": self.ticket["id"]},
            "/api/orders/<order_id>/refund": {},
            "/api/passes/<pass_id>/admit": {"door": "North", "scan": "s1"},
            "/api/payments/intent": {"orderId": self.order["id"]},
            "/api/payments": {"orderId": self.order["id"], "token": "tok_visa"},
        }
        return None if method in {"GET", "DELETE"} else bodies.get(path)
