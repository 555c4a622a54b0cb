"""The letters with the services that they ask, and what was sent."""

from types import SimpleNamespace

from nameko.exceptions import RemoteError
from nameko.testing.services import worker_factory
from web_fakes import NOW
from web_pass_house import ORDER, TICKET, order_json, passes_json, ticket_json

from ticketing.batches import Batches
from ticketing.contract import OrderCancelled, OrderCompleted, OrderReduced, TicketRef
from ticketing.errors import NotFoundError
from ticketing.messages import Delivery
from web import letters
from web.mail.fakes import FakeMailer
from web.mail.message import Sender
from web.mail.provider import PostOffice

SHOP = "https://shop.test"
LINK = f"{SHOP}/orders/{ORDER}"


class Writing(letters.Letters):
    name = "web"


class House:
    """The services as the letters ask them; ``mails`` is what was sent, in order."""

    def __init__(self):
        self.mailer = FakeMailer()
        self.order, self.ticket = order_json(), ticket_json()
        self.passes = passes_json()
        self.payment = {"orderId": ORDER, "refunds": []}
        self.user = {"id": "5" * 24, "email": "ann@example.com"}
        # Which orders there are, and which were asked for together.
        self.known, self.asked = {ORDER}, []
        # Of which one nothing can be told, nor of others with it.
        self.broken = None
        office = PostOffice(self.mailer, Sender("", "shop@shop.test"), lambda: NOW)
        self.service = worker_factory(
            Writing,
            orders=SimpleNamespace(list_bookings=self.bookings),
            tickets=SimpleNamespace(find_tickets=self.those("ticket")),
            payments=SimpleNamespace(get_payment=self.answer("payment", ORDER)),
            auth=SimpleNamespace(get_users=self.those("user")),
            batches=Batches(),
            post=office,
            public_url=SHOP,
        )

    def answer(self, name, known_id):
        def ask(thing_id):
            if thing_id != known_id:
                raise NotFoundError
            return getattr(self, name)

        return ask

    def bookings(self, ids):
        self.asked.append(ids)
        if self.broken in ids:
            raise RemoteError("KeyError", "'units'")
        told = self.order | {"passes": self.passes}
        return [told | {"id": each} for each in ids if each in self.known]

    def those(self, name):
        def find(ids):
            return [getattr(self, name)] if getattr(self, name)["id"] in ids else []

        return find

    @property
    def mails(self):
        return list(self.mailer.delivered.values())

    def complete(self, version=2, order_id=ORDER):
        told = facts(version, units=["A-1", "A-2"]) | {"id": order_id}
        self.service.on_order_completed(Delivery(OrderCompleted(**told), "e"))

    def reduce(self, units, version=3):
        told = facts(version, units=units)
        self.service.on_order_reduced(Delivery(OrderReduced(**told), "e"))

    def cancel(self, reason, version=3, units=()):
        told = facts(version, units=list(units))
        event = OrderCancelled(**told, reason=reason)
        self.service.on_order_cancelled(Delivery(event, "e"))

    def refund(self, *units, reason="the seller refunded it", amount=None):
        """Some units' money goes back, and their passes are no good any more."""
        amount = 4950 * len(units) if amount is None else amount
        refund = {"units": list(units), "amount": amount, "reason": reason}
        self.payment["refunds"].append(refund)
        for each in self.passes:
            if each["unit"] in units:
                each["status"] = "refunded"


def facts(version, units):
    ticket = TicketRef(id=TICKET)
    return {"id": ORDER, "version": version, "ticket": ticket, "units": units}
