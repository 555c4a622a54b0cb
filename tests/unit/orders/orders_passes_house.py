"""A house with doors: the pass part of the orders service on its doubles."""

from base64 import urlsafe_b64encode

from unit_doubles import ANN, BOB, HOLD, NOW, Clock, Site, worker

from orders import lifecycle
from orders.fakes import MemoryOrders
from orders.models import Order, Status
from orders.passes import entrypoints
from orders.passes.codes import PassCodes, new_pass_id
from orders.passes.fakes import MemoryAdmissions
from ticketing.ids import new_id
from ticketing.layout import Layout

PRICE = 1950
NOON = "2026-01-31T12:00:00.000Z"


def seed(number):
    """Return the text of a seed."""
    return urlsafe_b64encode(bytes([number]) * 32).rstrip(b"=").decode()


def said(answer):
    return answer.status, answer.messages


class Doors(entrypoints.PassEntrypoints):
    name = "orders"


class House:
    """``site`` over HTTP, ``rpc`` for calls; Ann sells, Bob buys."""

    def __init__(self):
        self.orders, self.clock = MemoryOrders(), Clock()
        self.codes = PassCodes.parse(f"k1={seed(1)},k2={seed(2)}")
        admissions = MemoryAdmissions()
        self.rpc = worker(
            Doors, admissions=admissions, pass_codes=self.codes, clock=self.clock
        )
        self.rpc.orders = self.orders
        self.site = Site(self.rpc)

    def sell(self, seller=ANN, quantity=100):
        """List something with units of its own, and return its id."""
        ticket_id = new_id()
        copy = {
            "title": "Row 3",
            "price": PRICE,
            "userId": seller,
            "layout": Layout.of_quantity(quantity).text,
            "seated": False,
            "maxPerOrder": 10,
            "onSaleAt": None,
            "startsAt": None,
            "cancelled": False,
        }
        self.orders.tickets.put(ticket_id, 0, copy)
        return ticket_id

    def cancel(self, ticket_id):
        known = self.orders.tickets.find(ticket_id)
        version = known.pop("version") + 1
        self.orders.tickets.put(ticket_id, version, known | {"cancelled": True})

    def reserve(self, ticket_id, *units, buyer=BOB):
        end = NOW + HOLD
        made = (new_id(), buyer, Status.CREATED, end, ticket_id, "Row 3", PRICE, units)
        return self.orders.add(lifecycle.reserve(Order(*made)))

    def buy(self, ticket_id, *units, buyer=BOB):
        """Return a complete order."""
        order = self.reserve(ticket_id, *units, buyer=buyer)

        def complete(found):
            return lifecycle.complete(found, found.total, found.currency, new_pass_id)

        return self.orders.change(order.id, complete)

    def refund(self, order, *units):
        self.orders.change(order.id, lambda found: lifecycle.refund(found, units))

    def passes(self, order, buyer=BOB):
        """Return the passes of an order, as its buyer sees them."""
        return self.site.get(f"/api/orders/{order.id}/passes", user=buyer).json

    def listed(self, ticket_id, seller=ANN):
        """Return all passes of a listing, as its seller sees them."""
        path = f"/api/passes?ticketId={ticket_id}"
        return self.site.get(path, user=seller).json["passes"]

    def scan(self, pass_id, scan="s1", door="North", user=ANN, **told):
        body = {"door": door, "scan": scan, **told}
        return self.site.post(f"/api/passes/{pass_id}/admit", body, user=user)
