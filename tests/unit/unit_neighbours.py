"""The other services, as those under test call them."""

from collections import Counter

from ticketing.errors import NotFoundError, UnavailableError


class Away:
    """Makes every method of a double fail, as when its service does not answer."""

    away = False

    def answer(self):
        if self.away:
            raise UnavailableError


class TicketsDouble(Away):
    """The tickets service as others call it."""

    def __init__(self, tickets):
        self.tickets = tickets
        self.asked = []

    def get_ticket(self, id):  # noqa: A002 - the contract's name
        self.answer()
        self.asked.append(id)
        return self.tickets.get(id).told()


class OrdersDouble(Away):
    """The orders service as others call it.

    ``total`` of an order is in its currency's unit; what is told to it by a call that
    changes orders is done at once, as far as it concerns who compares them with money.
    """

    def __init__(self, *orders):
        self.orders = {order["id"]: order for order in orders}
        self.asked, self.heard, self.told = [], [], []
        self.deaf = False
        self.free, self.taken, self.mapped = {}, set(), {}

    def get_order(self, id):  # noqa: A002 - the contract's name
        self.answer()
        self.asked.append(id)
        if id not in self.orders:
            raise NotFoundError
        return dict(self.orders[id])

    def hear_ticket(self, ticket):
        self.answer()
        self.heard.append(ticket)

    def spare_units(self, ticket_id, count):
        self.answer()
        return list(self.free.get(ticket_id, ()))[:count]

    def taken_units(self, ticket_id, units):
        self.answer()
        return [unit for unit in units if unit in self.taken]

    def unit_states(self, ticket_id):
        """``mapped`` are the listings it knows, and whether they have seats."""
        self.answer()
        self.asked.append(ticket_id)
        if ticket_id not in self.mapped:
            raise NotFoundError
        seated = self.mapped[ticket_id]
        return {"layout": "A-1~2", "states": ".h", "seated": seated}

    def standings(self, order_ids):
        self.answer()
        return {i: _standing(self.orders[i]) for i in order_ids if i in self.orders}

    def list_complete(self, after, before):
        self.answer()
        ids = sorted(i for i in self.orders if after < i < before)
        standings = [_standing(self.orders[i]) for i in ids]
        return [each for each in standings if each["status"] == "complete"][:2]

    def worth(self, after, before):
        self.answer()
        between = [self.orders[i] for i in self.orders if after < i < before]
        worth = Counter()
        for standing in map(_standing, between):
            if standing["status"] == "complete":
                worth[standing["currency"]] += standing["paid"]
        return dict(worth)

    def hear_payment(self, order_id, amount, currency):
        self.answer()
        self.told.append(("paid", order_id, amount, currency))
        if not self.deaf and self.orders[order_id]["status"] != "complete":
            self.orders[order_id] |= {"status": "complete"}

    def hear_refund(self, order_id, units):
        self.answer()
        self.told.append(("refunded", order_id, units))
        order = self.orders[order_id]
        rest = [unit for unit in order["units"] if units and unit not in units]
        if self.deaf or rest == order["units"]:
            return
        if not rest:
            self.orders[order_id] = order | {"status": "cancelled"}
            return
        price = order["ticket"]["price"]
        self.orders[order_id] = order | {"units": rest, "total": price * len(rest)}

    def list_unpaid(self, limit=200, after=None):
        self.answer()
        ids = sorted(i for i in self.orders if after is None or i > after)
        return [dict(self.orders[i]) for i in ids[:limit]]


def _standing(order):
    complete = order["status"] == "complete"
    return {
        "id": order["id"],
        "status": order["status"],
        "reason": order.get("reason"),
        "paid": round(order["total"] * 100) if complete else 0,
        "currency": order.get("currency", "usd"),
    }


class PaymentsDouble(Away):
    """The payments service as others call it.

    ``closed`` are the orders whose payment was asked to close; what that answers is in
    ``payments``.
    """

    def __init__(self):
        self.refunded, self.closed = [], []
        self.payments, self.told = {}, {}

    def history(self, order_id):
        self.answer()
        return [dict(each) for each in self.told.get(order_id, ())]

    def close(self, order_id):
        self.answer()
        self.closed.append(order_id)
        return self.payments.get(order_id)

    def refund(self, order_id, reason, units=None):
        self.answer()
        told = (order_id, reason) if units is None else (order_id, reason, units)
        self.refunded.append(told)
        return {"orderId": order_id, "status": "refunded"}
