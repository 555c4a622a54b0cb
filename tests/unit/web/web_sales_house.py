"""What the services tell sellers and do for them, beside what buyers ask for."""

from web_fakes import times

from orders.inputs import RefundInput
from ticketing.errors import BadRequestError, NotOwnerError, UnavailableError
from ticketing.http.request import validate

MAX_PAGE = 1000


class SalesHouse:
    """Answers in the place of three services; remembers what it was asked for.

    ``points`` are those of the chart, ``passes`` those of every order by its id.
    """

    def __init__(self, world):
        self.auth, self.orders, self.tickets = world.auth, world.orders, world.tickets
        self.points, self.passes, self.admitted = [], {}, 0
        self.refunds, self.asked = [], []
        for service, names in {
            world.auth: ("get_users",),
            world.tickets: ("list_own", "cancel_ticket"),
            world.orders: (
                "get_sales",
                "list_sales",
                "list_passes",
                "list_ticket_passes",
                "refund_order",
            ),
        }.items():
            for name in names:
                setattr(service, name, getattr(self, name))

    def get_users(self, ids):
        assert len(ids) <= MAX_PAGE
        assert len(ids) == len(set(ids))
        if self.auth.away:
            raise UnavailableError
        users = (self.auth.things[each] for each in ids if each in self.auth.things)
        return [{"id": user["id"], "email": user["email"]} for user in users]

    def list_own(self, user_id, limit=50, after=None, order="asc"):
        assert limit <= MAX_PAGE
        return self.tickets.page(
            lambda each: each["userId"] == user_id, limit, after, order
        )

    def cancel_ticket(self, id, user_id):  # noqa: A002 - the contract's name
        ticket = self.tickets.find(id)
        if ticket["userId"] != user_id:
            raise NotOwnerError
        return self.tickets.keep(ticket | {"cancelled": True, "available": 0})

    def get_sales(self, ticket_id, user_id):
        live = [o for o in self._own(ticket_id, user_id) if o["status"] != "cancelled"]
        paid = [order for order in live if order["status"] == "complete"]
        sold = sum(len(order["units"]) for order in paid)
        return {
            "held": sum(len(order["units"]) for order in live) - sold,
            "sold": sold,
            "orders": len(paid),
            "earned": sum(order["total"] for order in paid),
            "currency": self.tickets.find(ticket_id)["currency"],
            "points": self.points,
            "admitted": self.admitted,
        }

    def list_sales(self, ticket_id, user_id, limit=50, after=None, order="asc"):
        assert limit <= MAX_PAGE
        self.asked.append(after)
        self._own(ticket_id, user_id)
        return self.orders.page(
            lambda each: each["ticket"]["id"] == ticket_id, limit, after, order
        )

    def list_passes(self, order_id):
        self.orders.find(order_id)
        return [dict(each) for each in self.passes.get(order_id, [])]

    def list_ticket_passes(self, ticket_id, user_id):
        orders = self._own(ticket_id, user_id)
        passes = [each for order in orders for each in self.list_passes(order["id"])]
        return {"ticketId": ticket_id, "title": "", "passes": passes}

    def refund_order(self, id, user_id, units=None, reason=""):  # noqa: A002
        """The money is back at once, and so are the units."""
        wanted = validate(RefundInput, {"units": units, "reason": reason})
        order = self.orders.find(id)
        self._own(order["ticket"]["id"], user_id)
        if order["status"] != "complete" and order.get("reason") != "refunded":
            raise BadRequestError("There is nothing to refund")
        self.refunds.append((id, wanted.units, wanted.reason))
        return self.give_back(id, wanted.units)

    def give_back(self, order_id, units):
        order = self.orders.find(order_id)
        left = [unit for unit in order["units"] if unit not in units]
        if not left:
            return self.orders.end(order_id, "refunded")
        gone = [unit for unit in order["units"] if unit in units]
        order |= {
            "units": left,
            "quantity": len(left),
            "refunded": [*order.get("refunded", []), *gone],
            "total": times(len(left), order["ticket"]["price"], order["currency"]),
        }
        return self.orders.keep(order)

    def buy(self, buyer, ticket, **wanted):
        """Return a complete order."""
        order = self.orders.create_order(buyer.id, ticket["id"], **wanted)
        self.orders.complete(order["id"])
        self.passes[order["id"]] = [
            {"id": f"K7QM4T9X{number:04}", "unit": unit, "status": "valid"}
            for number, unit in enumerate(order["units"])
        ]
        return order

    def _own(self, ticket_id, user_id):
        if self.tickets.find(ticket_id)["userId"] != user_id:
            raise NotOwnerError
        if self.orders.away:
            raise UnavailableError
        orders = self.orders.things.values()
        return [order for order in orders if order["ticket"]["id"] == ticket_id]
