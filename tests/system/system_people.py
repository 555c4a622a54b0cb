"""People who use a system over HTTP."""

import secrets

from system_control import eventually

from ticketing.ids import new_id
from ticketing.keyring import KeyRing

PASSWORD = "correct horse battery"


def new_email():
    return f"{secrets.token_hex(6)}@example.com"


def new_token(system, user_id=None, email=None):
    """A session such as auth makes it, which spares a sign-up each."""
    ring = KeyRing.parse(system.settings["JWT_KEYS"])
    return ring.issue(user_id or new_id(), email or new_email())


class Person:
    """Somebody with a session."""

    def __init__(self, system):
        self.id, self.email = new_id(), new_email()
        token = new_token(system, self.id, self.email)
        self.http = system.client(cookies={"session": token})

    @property
    def token(self):
        return self.http.cookies["session"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def sell(self, title="A seat", price=20):
        response = self.http.post("/api/tickets", json={"title": title, "price": price})
        assert response.status_code == 201, response.text
        return response.json()

    def ask_for(self, ticket, **headers):
        body = {"ticketId": ticket["id"]}
        return self.http.post("/api/orders", json=body, headers=headers)

    def reserve(self, ticket):
        response = self.ask_for(ticket)
        assert response.status_code == 201, response.text
        return response.json()

    def pay(self, order, token="tok_visa", **headers):
        body = {"orderId": order["id"], "token": token}
        return self.http.post("/api/payments", json=body, headers=headers)

    def buy(self, ticket):
        """Reserves and pays; returns the order when it is complete."""
        order = self.reserve(ticket)
        response = self.pay(order)
        assert response.status_code == 201, response.text
        return self.until(order, "complete")

    def cancel(self, order):
        return self.http.delete(f"/api/orders/{order['id']}")

    def order(self, order):
        return self.http.get(f"/api/orders/{order['id']}").json()

    def ticket(self, ticket):
        return self.http.get(f"/api/tickets/{ticket['id']}").json()

    def until(self, order, status):
        """Waits for a status of an order and returns the order."""

        def reached():
            now = self.order(order)
            return now if now["status"] == status else None

        return eventually(reached)

    def until_free(self, ticket):
        """Waits until nobody holds a ticket, and returns it."""

        def freed():
            now = self.ticket(ticket)
            return None if "orderId" in now else now

        return eventually(freed)

    def until_held(self, ticket, order):
        """Waits until the ticket itself knows of its order, and returns it."""

        def held():
            now = self.ticket(ticket)
            return now if now.get("orderId") == order["id"] else None

        return eventually(held)


class Member(Person):
    """Somebody who has signed up."""

    def __init__(self, system):
        self.email = new_email()
        self.http = system.client()
        response = self.http.post("/api/users/signup", json=self.credentials)
        assert response.status_code == 201, response.text
        self.id = response.json()["id"]

    @property
    def credentials(self):
        return {"email": self.email, "password": PASSWORD}
