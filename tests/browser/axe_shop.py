"""A shop in which something is in every state that a page can show."""

import re
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import stripe
from axe_rehearsals import Rehearsals
from pymongo import MongoClient

from ticketing.ids import new_id

PASSWORD = "correct horse battery"
OPERATOR = "operator@example.com"
SEATS = [f"{row}-{number}" for row in "AB" for number in range(1, 7)]
# Passes that need more than one page.
MANY = 60
LATER = "2037-06-01T18:00:00Z"


def eventually(look):
    deadline = time.monotonic() + 30
    while not (found := look()):
        assert time.monotonic() < deadline, look
        time.sleep(0.1)
    return found


class Someone:
    """A browser and, with an address, an account; acts through the API."""

    def __init__(self, context, email=None):
        self.page, self._request = context.new_page(), context.request
        if email:
            self.ask("users/signup", email=email, password=PASSWORD)

    def ask(self, path, **body):
        answer = self._request.post(f"/api/{path}", data=body)
        assert answer.ok, answer.text()
        return answer.json()

    def get(self, path):
        return self._request.get(f"/api/{path}").json()

    def sell(self, title, **more):
        return self.ask("tickets", title=title, price=20, **more)["id"]

    def hold(self, ticket_id, **wish):
        return self.ask("orders", ticketId=ticket_id, **wish)["id"]

    def pay(self, order_id, token="tok_visa"):
        body = {"orderId": order_id, "token": token}
        return self._request.post("/api/payments", data=body)

    def buy(self, ticket_id, **wish):
        """Return an order and its passes."""
        order_id = self.hold(ticket_id, **wish)
        assert self.pay(order_id).ok
        passes = eventually(lambda: self.get(f"orders/{order_id}/passes"))
        return order_id, [each["id"] for each in passes]

    def cancel(self, path):
        assert self._request.delete(f"/api/{path}").ok

    def compare(self):
        """Compare the books with Stripe; return whether something was found."""
        books = self._request.get("/operator").text()
        token = re.search('name="form_token" value="([^"]+)"', books)[1]
        self._request.post("/operator/reconcile", form={"form_token": token})
        return "I have dealt with it" in self._request.get("/operator").text()


class Shop:
    """``people`` by what they are here; ``ids`` of what is in which state."""

    def __init__(self, instance, browse):
        self._settings = instance.environment()
        names = ("seller", "buyer", "newcomer")
        emails = {name: f"{name}-{uuid4().hex[:6]}@example.com" for name in names}
        self.people = {name: Someone(browse(), emails[name]) for name in names}
        self.people["operator"] = Someone(browse(), OPERATOR)
        self.people["visitor"] = Someone(browse())
        self.ids = {}
        self.rehearsals = Rehearsals(self._settings)

    def fill(self):
        self._list()
        self._order()
        self._return()
        self._find()

    def _list(self):
        """Listings, each in a state of its own."""
        sell, ids = self.people["seller"].sell, self.ids
        soon = datetime.now(UTC) + timedelta(seconds=6)
        event = {"name": "Opera", "venue": "Hall", "timezone": "Europe/Berlin"}
        begins = event | {"startsAt": soon.isoformat()}
        ids["over"] = sell("Begun", quantity=2, event=begins)
        told = event | {"startsAt": LATER, "description": "Two acts,\none interval."}
        ids["single"] = sell("A single seat", event=told)
        ids["several"] = sell("Several", quantity=20, event=told)
        ids["seats"] = sell("Seats", seats=SEATS, event=told)
        ids["upcoming"] = sell("Upcoming", quantity=5, onSaleAt="2037-05-01T10:00:00Z")
        ids["cancelled"] = sell("Called off")
        self.people["seller"].cancel(f"tickets/{ids['cancelled']}")
        eventually(lambda: datetime.now(UTC) > soon)

    def _order(self):
        """Orders, each in a state of its own."""
        sell, buyer, ids = self.people["seller"].sell, self.people["buyer"], self.ids
        ids["held"], ids["sold"] = sell("Held"), sell("Sold")
        ids["open"] = buyer.hold(ids["held"])
        ids["complete"], _ = buyer.buy(ids["sold"])
        ids["held several"] = sell("Some held", quantity=4)
        ids["declined"] = buyer.hold(ids["held several"], quantity=2)
        assert buyer.pay(ids["declined"], "tok_chargeDeclined").status == 400
        ids["action"] = buyer.hold(ids["several"], quantity=1)
        secure = buyer.pay(ids["action"], "tok_threeDSecure2Required")
        assert secure.status == 202
        ids["given up"], ids["expired"] = (self._given_up() for _ in range(2))
        self._rewrite(ids["expired"], reason="expired")
        crowd = sell("A coach", quantity=MANY, maxPerOrder=MANY)
        ids["crowd"], _ = buyer.buy(crowd, quantity=MANY)
        ids["bought"], ids["passes"] = buyer.buy(ids["seats"], seats=SEATS[:3])

    def _given_up(self):
        buyer = self.people["buyer"]
        order_id = buyer.hold(self.ids["several"], quantity=1)
        buyer.cancel(f"orders/{order_id}")
        return order_id

    def _rewrite(self, order_id, **changes):
        """Nobody waits for a hold to end."""
        with MongoClient(self._settings["MONGODB_URI"]) as client:
            client["orders"]["orders"].update_one({"_id": order_id}, {"$set": changes})

    def _return(self):
        """Money that went back: all of it, and a part."""
        seller, buyer, ids = self.people["seller"], self.people["buyer"], self.ids
        ids["refunded"], _ = buyer.buy(ids["several"], quantity=2)
        seller.ask(f"orders/{ids['refunded']}/refund", reason="It rains")
        ids["partly"], _ = buyer.buy(ids["seats"], seats=SEATS[3:5])
        seller.ask(f"orders/{ids['partly']}/refund", units=SEATS[3:4])

    def _find(self):
        """Money at Stripe that belongs to no order."""
        stripe.StripeClient(
            self._settings["STRIPE_SECRET_KEY"],
            base_addresses={"api": self._settings["STRIPE_API_BASE"]},
        ).v1.payment_intents.create(
            {
                "amount": 1500,
                "currency": "usd",
                "confirm": True,
                "payment_method_data": {"type": "card", "card": {"token": "tok_visa"}},
                "automatic_payment_methods": {
                    "enabled": True,
                    "allow_redirects": "never",
                },
                "metadata": {"order_id": new_id()},
            }
        )
        eventually(self.people["operator"].compare)
