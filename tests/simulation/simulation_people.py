"""Buyers who click twice, give up and come back, and sellers who change their minds."""

import json
from functools import partial
from types import SimpleNamespace

import eventlet

from orders.inputs import OrderInput, RefundInput
from payments.inputs import OrderRef, PaymentInput
from ticketing.errors import NotFoundError, TicketingError, UnavailableError
from ticketing.http.request import validate
from tickets.inputs import TicketInput

CARDS = ["tok_visa"] * 5 + [
    "tok_chargeDeclined",
    "tok_chargeDeclinedInsufficientFunds",
    "tok_threeDSecure2Required",
    "tok_nobodys",
]
PRICE = 20.0
TRIES = 4


class Person:
    """Somebody with a session, who waits for no more than they like."""

    def __init__(self, world):
        self.world, self.random = world, world.random
        self.id = world.new_id()

    def later(self, most):
        eventlet.sleep(self.random.uniform(0, most))

    def ask(self, service, method, body, shape, *args, key=None):
        """What is answered, None for an error that tells what was wrong."""
        request = SimpleNamespace(
            session=SimpleNamespace(user_id=self.id),
            input=validate(shape, body) if shape else None,
            idempotency_key=key,
            content_type="application/json",
            get_data=lambda: json.dumps(body).encode(),
        )
        for _ in range(TRIES):
            try:
                return self.world.call(service, method, request, *args)
            except UnavailableError:
                if key is None and self.random.random() < 0.5:
                    return None
            except NotFoundError as error:
                self.world.witness.accuse("not found", f"{method} {body}: {error}")
                return None
            except TicketingError as error:
                self.world.tell("refused", method, error)
                return None
        return None

    def key(self):
        return self.world.new_id() if self.random.random() < 0.7 else None

    def click(self, action):
        """Once or, impatiently, twice."""
        if self.random.random() < 0.2:
            eventlet.spawn_after(self.random.expovariate(5), action)
        return action()


class Buyer(Person):
    def run(self, tickets):
        for _ in range(self.random.randint(1, 3)):
            self.later(15)
            if order := self.reserve(self.random.choice(tickets)):
                self.go_on(order)

    def reserve(self, ticket):
        wish = {"quantity": self.random.randint(1, 2)}
        if ticket["seated"]:
            wish = {"seats": self.random.sample(["A-1", "A-2"], wish["quantity"])}
        body, key = {"ticketId": ticket["id"], **wish}, self.key()
        order = self.click(
            partial(self.ask, "orders", "post_order", body, OrderInput, key=key)
        )
        if order:
            self.world.witness.reserved.add(order["id"])
        return order

    def go_on(self, order):
        steps = [self.pay] * 5 + [self.pay_in_browser] * 2 + [self.cancel]
        for _ in range(self.random.randint(0, 3)):
            self.later(self.random.choice([0.1, 3, 40]))
            self.random.choice(steps)(order)

    def pay(self, order):
        body = {"orderId": order["id"], "token": self.random.choice(CARDS)}
        key = self.key()
        paid = self.click(
            partial(self.ask, "payments", "post_payment", body, PaymentInput, key=key)
        )
        if isinstance(paid, dict):
            self.world.witness.paid.add(order["id"])
        elif paid and self.random.random() < 0.7:
            self.prove(json.loads(paid.get_data())["clientSecret"])

    def pay_in_browser(self, order):
        body = {"orderId": order["id"]}
        opened = self.ask("payments", "post_intent", body, OrderRef)
        if opened:
            self.later(10)
            intent_id = opened["clientSecret"].removesuffix("_secret")
            card = self.random.choice(CARDS[:-1])
            self.world.stripe.confirm_in_browser(intent_id, card)
            self.prove(opened["clientSecret"])

    def prove(self, secret):
        self.later(10)
        succeeds = self.random.random() < 0.7
        self.world.stripe.prove(secret.removesuffix("_secret"), succeeds=succeeds)

    def cancel(self, order):
        self.click(partial(self.ask, "orders", "delete_order", None, None, order["id"]))


class Seller(Person):
    """Lists something at once, and may change it or take it back later."""

    def list(self):
        units = {"quantity": self.random.randint(1, 3)}
        if self.random.random() < 0.3:
            units = {"seats": ["A-1", "A-2"]}
        body = {"title": "Gala", "price": PRICE, **units}
        while not (ticket := self.ask("tickets", "post_ticket", body, TicketInput)):
            eventlet.sleep(1)
        self.ticket = ticket
        return ticket

    def run(self):
        steps = [self.edit] * 3 + [self.refund] * 4 + [self.refund_at_stripe]
        for _ in range(self.random.randint(0, 3)):
            self.later(25)
            self.random.choice(steps)()
        if self.random.random() < 0.15:
            self.later(10)
            self.ask("tickets", "delete_ticket", None, None, self.ticket["id"])

    def edit(self):
        body = {"title": "Gala, again", "price": PRICE + self.random.randint(0, 3)}
        if not self.ticket["seated"] and self.random.random() < 0.5:
            body["quantity"] = self.random.randint(1, 4)
        self.click(
            partial(self.ask, "tickets", "put_ticket", body, None, self.ticket["id"])
        )

    def refund(self):
        """One of the units, or all."""
        if not (order := self._some_order()):
            return
        body = {"reason": "rain"}
        if self.random.random() < 0.5:
            body["units"] = [self.random.choice(order.units)]
        self.click(
            partial(self.ask, "orders", "post_refund", body, RefundInput, order.id)
        )

    def refund_at_stripe(self):
        if self.world.stripe.paid:
            self.world.stripe.give_all_back(
                self.random.choice(self.world.stripe.paid).id
            )

    def _some_order(self):
        sold = [
            order
            for order in self.world.stores["orders"].all()
            if order.passes and order.ticket_id == self.ticket["id"]
        ]
        return self.random.choice(sold) if sold else None
