"""The other services as the pages see them: small, strict and in memory."""

import copy
from datetime import timedelta

from orders.inputs import OrderInput
from ticketing.clock import from_iso, iso
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    KeyReusedError,
    NotFoundError,
    NotOwnerError,
    UnavailableError,
)
from ticketing.http.request import validate
from ticketing.ids import new_id
from ticketing.layout import Layout
from ticketing.money import major, minor

NOW = from_iso("2026-01-31T12:00:00.000Z")
HOLD = timedelta(minutes=15)


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
        self.callers = []

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

    def sign_in(self, email, password, caller=None):
        self.callers.append(caller)
        for user in self.things.values():
            if (user["email"], user["password"]) == (email, password):
                return self._enter(user)
        raise BadRequestError("Invalid credentials")

    def sign_out(self, user_id, jti):
        self.signed_out.append((user_id, jti))

    def change_password(self, user_id, current, new):
        user = self.find(user_id)
        problems = {}
        if current != user["password"]:
            problems["current"] = "Invalid credentials"
        if len(new) < 8:
            problems["password"] = "Password must be between 8 and 128 characters"
        if problems:
            raise InvalidInputError(
                [{"message": text, "field": name} for name, text in problems.items()]
            )
        self.things[user_id]["password"] = new
        return self._enter(user)

    def revoke_sessions(self, user_id):
        self.find(user_id)
        self.signed_out.append((user_id, None))

    def _enter(self, user):
        token = self.keys.issue(user["id"], user["email"])
        return {"id": user["id"], "email": user["email"], "token": token}


class FakeOrders(Fake):
    """``hears_at_once`` decides whether the ticket knows of its order already."""

    def __init__(self, tickets):
        super().__init__()
        self.tickets = tickets
        self.hears_at_once = True
        self.requests = {}

    def list_orders(self, user_id, limit=50, after=None, order="asc"):
        return self.page(lambda o: o["userId"] == user_id, limit, after, order)

    def get_order(self, thing_id):
        return self.find(thing_id)

    def create_order(
        self, user_id, ticket_id, quantity=None, seats=None, key=None, language=None
    ):
        if self.away:
            raise UnavailableError
        told = {"ticketId": ticket_id, "quantity": quantity, "seats": seats}
        if (user_id, key) in self.requests:
            earlier, order = self.requests[user_id, key]
            if earlier != told:
                raise KeyReusedError
            return dict(order)
        wish = validate(OrderInput, told).wish
        ticket = self.tickets.find(ticket_id)
        units = self._free(ticket, wish)
        order = {
            "userId": user_id,
            "status": "created",
            "expiresAt": iso(NOW + HOLD),
            "version": 0,
            "ticket": {key: ticket[key] for key in ("id", "title", "price")},
            "quantity": len(units),
            "units": units,
            "total": times(len(units), ticket["price"], ticket["currency"]),
            "currency": ticket["currency"],
        }
        order = self.keep(order | ({"language": language} if language else {}))
        if key:
            self.requests[user_id, key] = told, order
        self._tell(ticket_id)
        return order

    def _free(self, ticket, wish):
        orders = [o for o in self._of(ticket["id"]) if o["status"] != "cancelled"]
        taken = {unit for order in orders for unit in order["units"]}
        free = [u for u in Layout.parse(ticket["layout"]).labels if u not in taken]
        if gone := [seat for seat in wish.seats if seat not in free]:
            message = f"Seats {', '.join(gone)} are gone"
            raise InvalidInputError([{"message": message, "field": "seats"}])
        if wish.size > len(free):
            if ticket["quantity"] == 1:
                raise BadRequestError("Ticket is already reserved")
            message = f"Only {len(free)} left right now"
            raise InvalidInputError([{"message": message, "field": "quantity"}])
        return list(wish.seats) or free[: wish.quantity]

    def cancel_order(self, thing_id, user_id):
        order = self.find(thing_id)
        if order["userId"] != user_id:
            raise NotOwnerError
        if order["status"] == "complete":
            raise BadRequestError("Cannot cancel a complete order")
        return self.end(thing_id, "cancelled by the buyer")

    def end(self, thing_id, reason):
        self.things[thing_id] |= {"status": "cancelled", "reason": reason}
        self._tell(self.things[thing_id]["ticket"]["id"])
        return self.find(thing_id)

    def complete(self, thing_id):
        self.things[thing_id]["status"] = "complete"
        self._tell(self.things[thing_id]["ticket"]["id"])

    def _of(self, ticket_id):
        return [o for o in self.things.values() if o["ticket"]["id"] == ticket_id]

    def _tell(self, ticket_id):
        if self.hears_at_once:
            self.tickets.count(ticket_id, self._of(ticket_id))


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
        if token == "tok_threeDSecure2Required":
            self.put(order_id, "action", redirect_url="https://bank.test/3ds")
            return {"id": new_id(), "status": "action"}
        if token != "tok_visa":
            self.put(order_id, "declined", message="Your card was declined.")
            raise BadRequestError("Your card was declined.")
        self.put(order_id, "paid")
        if self.completes:
            self.orders.things[order_id]["status"] = "complete"
        return {"id": new_id(), "status": "paid"}

    def look(self, order_id):
        """What Stripe says now: who was asked to confirm has done so."""
        if self.find(order_id)["status"] == "action":
            self.pay(order_id, self.orders.find(order_id)["userId"], "tok_visa")
        return self.find(order_id)

    def get_payment(self, order_id):
        return self.find(order_id)

    def put(self, order_id, status, message=None, refunds=(), redirect_url=None):
        self.things[order_id] = {
            "id": new_id(),
            "orderId": order_id,
            "status": status,
            "message": message,
            "code": "generic_decline" if message else "",
            "redirectUrl": redirect_url,
            "amount": self._minor(order_id, self.orders.things[order_id]["total"]),
            "refunded": sum(refund["amount"] for refund in refunds if refund["done"]),
            "refunds": list(refunds),
        }

    def refund(self, order_id, units, reason="", *, done=False):
        """All or a part of the money is on its way back, or ``done``: back."""
        price = self.orders.things[order_id]["ticket"]["price"]
        amount = self._minor(order_id, price) * len(units)
        refund = {"units": units, "amount": amount, "reason": reason, "done": done}
        self.put(order_id, "refunding", refunds=[refund])
        if done:
            whole = amount == self.things[order_id]["amount"]
            self.things[order_id]["status"] = "refunded" if whole else "paid"

    def _minor(self, order_id, price):
        return minor(price, self.orders.things[order_id]["currency"])


def times(number, price, currency):
    return major(minor(price, currency) * number, currency)
