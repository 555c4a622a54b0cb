"""The other services as the pages see them: small, strict and in memory."""

import copy
from datetime import timedelta

from ticketing.clock import from_iso, iso
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    NotOwnerError,
    UnavailableError,
)
from ticketing.ids import new_id

NOW = from_iso("2026-01-31T12:00:00.000Z")
HOLD = timedelta(minutes=15)
TITLE = "Title must have 1 to 200 characters"
PRICE = "Price must be above 0 and at most 999999.99, with at most two decimals"


class Fake:
    """``away`` makes every call fail as if the service did not answer."""

    def __init__(self):
        self.things = {}
        self.away = False

    def keep(self, thing):
        thing.setdefault("id", new_id())
        self.things[thing["id"]] = thing
        return copy.deepcopy(thing)

    def find(self, thing_id):
        if self.away:
            raise UnavailableError
        if thing_id not in self.things:
            raise NotFoundError
        return copy.deepcopy(self.things[thing_id])

    def page(self, wanted, limit, after, order):
        if self.away:
            raise UnavailableError
        found = sorted(
            (t for t in self.things.values() if wanted(t)), key=lambda t: t["id"]
        )
        found = found[::-1] if order == "desc" else found
        if after:
            older = order == "desc"
            found = [
                t for t in found if (t["id"] < after) == older and t["id"] != after
            ]
        return copy.deepcopy(found[:limit])


class FakeAuth(Fake):
    def __init__(self, keys):
        super().__init__()
        self.keys = keys
        self.signed_out = []

    def sign_up(self, email, password):
        if self.away:
            raise UnavailableError
        if "@" not in email:
            raise InvalidInputError(
                [
                    {"message": "Email must be valid", "field": "email"},
                    {
                        "message": "Password must be between 8 and 128 characters",
                        "field": "password",
                    },
                ]
            )
        if any(user["email"] == email for user in self.things.values()):
            raise BadRequestError("Email in use")
        return self._enter(self.keep({"email": email, "password": password}))

    def sign_in(self, email, password):
        for user in self.things.values():
            if (user["email"], user["password"]) == (email, password):
                return self._enter(user)
        raise BadRequestError("Invalid credentials")

    def sign_out(self, user_id, jti):
        self.signed_out.append((user_id, jti))

    def _enter(self, user):
        token = self.keys.issue(user["id"], user["email"])
        return {"id": user["id"], "email": user["email"], "token": token}


class FakeTickets(Fake):
    def list_tickets(self, limit=50, after=None, order="asc"):
        return self.page(lambda t: "orderId" not in t, limit, after, order)

    def get_ticket(self, thing_id):
        return self.find(thing_id)

    def create_ticket(self, user_id, title, price):
        self._check(title, price)
        return self.keep(
            {"title": title, "price": price, "userId": user_id, "version": 0}
        )

    def update_ticket(self, thing_id, user_id, title, price):
        self._check(title, price)
        ticket = self.find(thing_id)
        if "orderId" in ticket:
            raise BadRequestError("Cannot edit a reserved ticket")
        if ticket["userId"] != user_id:
            raise NotOwnerError
        return self.keep(ticket | {"title": title, "price": price})

    def _check(self, title, price):
        if self.away:
            raise UnavailableError
        wrong = []
        if not 1 <= len(title.strip()) <= 200:
            wrong.append({"message": TITLE, "field": "title"})
        if not isinstance(price, int | float) or price <= 0:
            wrong.append({"message": PRICE, "field": "price"})
        if wrong:
            raise InvalidInputError(wrong)


class FakeOrders(Fake):
    """``hears_at_once`` decides whether the ticket knows of its order already."""

    def __init__(self, tickets):
        super().__init__()
        self.tickets = tickets
        self.hears_at_once = True

    def list_orders(self, user_id, limit=50, after=None, order="asc"):
        return self.page(lambda o: o["userId"] == user_id, limit, after, order)

    def get_order(self, thing_id):
        return self.find(thing_id)

    def create_order(self, user_id, ticket_id):
        if self.away:
            raise UnavailableError
        ticket = self.tickets.find(ticket_id)
        for order in self.things.values():
            if order["ticket"]["id"] == ticket_id and order["status"] != "cancelled":
                raise BadRequestError("Ticket is already reserved")
        order = self.keep(
            {
                "userId": user_id,
                "status": "created",
                "expiresAt": iso(NOW + HOLD),
                "version": 0,
                "ticket": {key: ticket[key] for key in ("id", "title", "price")},
            }
        )
        if self.hears_at_once:
            self.tickets.things[ticket_id]["orderId"] = order["id"]
        return order

    def cancel_order(self, thing_id, user_id):
        order = self.find(thing_id)
        if order["userId"] != user_id:
            raise NotOwnerError
        if order["status"] == "complete":
            raise BadRequestError("Cannot cancel a complete order")
        return self.end(thing_id, "cancelled by the buyer")

    def end(self, thing_id, reason):
        self.things[thing_id] |= {"status": "cancelled", "reason": reason}
        if self.hears_at_once:
            self.tickets.things[self.things[thing_id]["ticket"]["id"]].pop(
                "orderId", None
            )
        return self.find(thing_id)


class FakePayments(Fake):
    """Payments by order; ``completes`` decides whether orders hear of them."""

    def __init__(self, orders):
        super().__init__()
        self.orders = orders
        self.completes = True

    def pay(self, order_id, user_id, token):
        order = self.orders.find(order_id)
        assert order["userId"] == user_id
        if self.away:
            raise UnavailableError
        if order["status"] == "cancelled":
            raise BadRequestError("Cannot pay for a cancelled order")
        if self.things.get(order_id, {}).get("status") == "paid":
            raise BadRequestError("This order is already paid")
        if token != "tok_visa":
            self.put(order_id, "declined", message="Your card was declined.")
            raise BadRequestError("Your card was declined.")
        self.put(order_id, "paid")
        if self.completes:
            self.orders.things[order_id]["status"] = "complete"
        return {"id": new_id()}

    def get_payment(self, order_id):
        return self.find(order_id)

    def put(self, order_id, status, message=None):
        self.things[order_id] = {
            "id": new_id(),
            "orderId": order_id,
            "status": status,
            "message": message,
        }
