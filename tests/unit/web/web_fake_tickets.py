"""The tickets service as the pages see it."""

from pydantic.alias_generators import to_camel
from web_fakes import NOW, Fake

from ticketing.clock import from_iso, iso
from ticketing.errors import BadRequestError, NotOwnerError, UnavailableError
from ticketing.http.request import validate
from ticketing.layout import Layout
from ticketing.money import DEFAULT_CURRENCY, major, minor
from tickets.inputs import TicketChange, TicketInput
from tickets.search import search_of

TITLE, PRICE = (TicketInput.MESSAGES[name] for name in ("title", "price"))


class FakeTickets(Fake):
    """Takes what the service takes; a listing knows what ``count`` tells it."""

    def list_tickets(self, limit=50, after=None, order="asc", **wanted):
        named = {to_camel(key.removesuffix("_time")): wanted[key] for key in wanted}
        search = search_of(named)
        self.searched = search
        return self.page(lambda t: _is_found(t, search), limit, after, order)

    def get_ticket(self, thing_id):
        return self.find(thing_id)

    def create_ticket(self, user_id, title, price, **more):
        ticket_id = more.pop("id", None)
        if ticket_id in self.things and self.things[ticket_id]["title"] == title:
            return self.find(ticket_id)
        known = {"userId": user_id, "version": 0, "maxPerOrder": 10, "layout": "1"}
        if ticket_id and ticket_id not in self.things:
            known["id"] = ticket_id
        known["currency"] = DEFAULT_CURRENCY
        return self._put(TicketInput, known, title, price, more)

    def update_ticket(self, thing_id, user_id, title, price, **more):
        ticket = self.find(thing_id)
        if "orderId" in ticket:
            raise BadRequestError("Cannot edit a reserved ticket")
        if ticket["userId"] != user_id:
            raise NotOwnerError
        ticket["version"] += 1
        return self._put(TicketChange, ticket, title, price, more)

    def count(self, ticket_id, orders):
        """Let a listing hear of orders, by what they hold and own."""
        ticket = self.things[ticket_id]
        live = [order for order in orders if order["status"] != "cancelled"]
        paid = [order for order in live if order["status"] == "complete"]
        ticket["sold"] = sum(len(order["units"]) for order in paid)
        ticket["held"] = sum(len(order["units"]) for order in live) - ticket["sold"]
        ticket["available"] = ticket["quantity"] - ticket["held"] - ticket["sold"]
        ticket.pop("orderId", None)
        if live and ticket["quantity"] == 1:
            ticket["orderId"] = live[-1]["id"]

    def _put(self, shape, known, title, price, more):
        if self.away:
            raise UnavailableError
        more = {to_camel(name): value for name, value in more.items()}
        wanted = validate(shape, {"title": title, "price": price, **more})
        currency = wanted.currency or known["currency"]
        price = major(minor(wanted.price, currency), currency)
        offer = {"title": wanted.title, "price": price, "currency": currency}
        if wanted.max_per_order:
            offer["maxPerOrder"] = wanted.max_per_order
        if wanted.event:
            offer["event"] = wanted.event.occasion.json_dict()
        if wanted.on_sale_at:
            offer["onSaleAt"] = iso(wanted.on_sale_at)
        if wanted.seats:
            offer["layout"] = Layout.of_labels(wanted.seats).text
        if wanted.quantity:
            offer["layout"] = Layout.of_quantity(wanted.quantity).text
        units = Layout.parse((known | offer)["layout"]).labels
        seated = bool(wanted.seats) or known.get("seated", False)
        offer |= {"quantity": len(units), "seated": seated}
        ticket = self.keep(known | offer)
        self.count(ticket["id"], [])
        return self.find(ticket["id"])


def _is_found(ticket, search):
    starts_at = ticket.get("event", {}).get("startsAt")
    is_upcoming = from_iso(ticket.get("onSaleAt", iso(NOW))) > NOW
    if search.since and not (starts_at and from_iso(starts_at) >= search.since):
        return False
    if search.until and not (starts_at and from_iso(starts_at) <= search.until):
        return False
    if not all(word in ticket["title"].lower() for word in search.words):
        return False
    if not _has_price(ticket, search):
        return False
    if search.availability == "all":
        return True
    by_time = {"open": True, "now": not is_upcoming, "upcoming": is_upcoming}
    return ticket["available"] > 0 and by_time[search.availability]


def _has_price(ticket, search):
    price = minor(ticket["price"], ticket["currency"])
    if search.currency not in {None, ticket["currency"]}:
        return False
    return (search.least or 0) <= price <= (search.most or price)
