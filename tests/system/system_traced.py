"""A purchase on the pages, and what the collector of traces was told of it."""

from system_control import eventually
from system_people import Member, form_token

ADDRESS = "203.0.113.9"
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5
# What each span is a part of: who tells of it and what it is called.
PARTS = {
    ("web", "web.post_reservation"): ("web", "POST /tickets/<ticket_id>/reserve"),
    ("web", "call orders.create_order"): ("web", "web.post_reservation"),
    ("orders", "orders.create_order"): ("web", "call orders.create_order"),
    ("orders", "together insert orders"): ("orders", "orders.create_order"),
    ("orders", "insert orders"): ("orders", "together insert orders"),
    ("orders", "outbox order.created"): ("orders", "orders.create_order"),
    ("orders", "publish order.created"): ("orders", "orders.create_order"),
    ("tickets", "bus order.created"): ("orders", "publish order.created"),
    ("payments", "bus order.created"): ("orders", "publish order.created"),
    ("expiration", "bus order.created"): ("orders", "publish order.created"),
    ("tickets", "tickets.on_order_created"): ("orders", "publish order.created"),
    ("payments", "payments.on_order_created"): ("orders", "publish order.created"),
    ("expiration", "expiration.on_order_created"): ("orders", "publish order.created"),
    ("payments", "goes on"): ("payments", "payments.on_order_created"),
    ("payments", "together insert payments"): ("payments", "goes on"),
    ("payments", "insert payments"): ("payments", "together insert payments"),
    ("payments", "POST /v1/payment_intents"): ("payments", "goes on"),
    ("payments", "outbox payment.created"): ("payments", "goes on"),
    ("payments", "publish payment.created"): ("payments", "goes on"),
    ("orders", "bus payment.created"): ("payments", "publish payment.created"),
    ("orders", "orders.on_payment_created"): ("payments", "publish payment.created"),
    ("orders", "publish order.completed"): ("orders", "orders.on_payment_created"),
    ("tickets", "tickets.on_order_completed"): ("orders", "publish order.completed"),
    ("expiration", "expiration.on_order_completed"): (
        "orders",
        "publish order.completed",
    ),
    ("web", "web.on_order_completed"): ("orders", "publish order.completed"),
    ("web", "call auth.get_users"): ("web", "web.on_order_completed"),
    ("auth", "auth.get_users"): ("web", "call auth.get_users"),
    ("auth", "find users"): ("auth", "auth.get_users"),
    ("web", "mail"): ("web", "web.on_order_completed"),
}
KINDS = {
    "POST /tickets/<ticket_id>/reserve": SERVER,
    "call orders.create_order": CLIENT,
    "orders.create_order": SERVER,
    "insert orders": CLIENT,
    "publish order.created": PRODUCER,
    "tickets.on_order_created": CONSUMER,
    "POST /v1/payment_intents": CLIENT,
}


class Bought:
    """A purchase on the pages: its trace, and what the collector was told of it."""

    def __init__(self, system, collector):
        with Member(system) as seller, Member(system) as buyer:
            self.people = seller, buyer
            buyer.http.headers["X-Forwarded-For"] = ADDRESS
            ticket = seller.sell()
            page = f"/tickets/{ticket['id']}"
            reserved = self._send(buyer, page, f"{page}/reserve")
            self.trace = reserved.headers["X-Request-Id"]
            self.path = reserved.headers["Location"]
            self.order = {"id": self.path.rpartition("/")[2]}
            copies = system.database("payments")["orders"]
            eventually(lambda: copies.find_one({"_id": self.order["id"]}))
            paid = self._send(buyer, self.path, f"{self.path}/pay", token="tok_visa")
            self.payment_trace = paid.headers["X-Request-Id"]
            buyer.until(self.order, "complete")
        eventually(lambda: self._is_whole(collector))
        self.spans = collector.of(self.trace)
        self.named = self._named(collector)

    def _is_whole(self, collector):
        """Whether all has come: what is looked for, and what each span is a part of."""
        spans = collector.of(self.trace)
        known = {span.id for span in spans}
        beginnings = [span for span in spans if span.parent not in known]
        is_all = PARTS.keys() <= self._named(collector).keys()
        return is_all and len(beginnings) == 1

    def _named(self, collector):
        spans = collector.of(self.trace)
        return {(span.service, span.name): span for span in spans}

    def _send(self, buyer, page, path, **form):
        form["form_token"] = form_token(buyer.http, page)
        response = buyer.http.post(path, data=form)
        assert response.status_code == 303, response.text
        return response
