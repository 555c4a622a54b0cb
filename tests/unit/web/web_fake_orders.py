"""The orders as the pages see them, with the tickets that hear of them."""

from web_fakes import HOLD, NOW, Fake, times

from orders.inputs import OrderInput
from ticketing.clock import iso
from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    KeyReusedError,
    NotOwnerError,
    UnavailableError,
)
from ticketing.http.request import validate
from ticketing.layout import Layout


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

    def list_passes(self, thing_id):
        """None here; tests of passes tell of some."""
        self.find(thing_id)
        return []

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
