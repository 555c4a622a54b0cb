"""People who use a system over HTTP."""

import secrets
from concurrent.futures import ThreadPoolExecutor

from system_control import eventually

from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from ticketing.layout import Layout

PASSWORD = "correct horse battery"


HTML = {"Accept": "text/html"}


def form_token(client, path):
    """What a form of a page has to be sent with."""
    page = client.get(path, headers=HTML).text
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def message_of(response):
    """What is told, where that is one thing."""
    (error,) = response.json()["errors"]
    return error["message"]


def new_email():
    return f"{secrets.token_hex(6)}@example.com"


def new_token(system, user_id=None, email=None):
    """A session such as auth makes it, which spares a sign-up each."""
    ring = KeyRing.parse(system.settings["JWT_KEYS"])
    return ring.issue(user_id or new_id(), email or new_email())


def at_once(*calls):
    """What each of the calls returns, all made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [made.result() for made in [pool.submit(call) for call in calls]]


class Person:
    """Somebody with an account, whose password nobody had to choose, and a session."""

    def __init__(self, system, orders=None):
        self.id, self.email, self.system = new_id(), new_email(), system
        account = {
            "_id": self.id,
            "email": self.email,
            "passwordHash": "",
            "version": 0,
        }
        system.database("auth")["users"].insert_one(account)
        token = new_token(system, self.id, self.email)
        self.http = system.client(orders, cookies={"session": token})

    @property
    def token(self):
        return self.http.cookies["session"]

    @property
    def credentials(self):
        return {"email": self.email, "password": PASSWORD}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def offer(self, title="A seat", price=20, **more):
        body = {"title": title, "price": price, **more}
        return self.http.post("/api/tickets", json=body)

    def sell(self, title="A seat", price=20, **more):
        """Lists a ticket, or many: ``quantity=500``, ``seats=["A-1", "A-2"]``."""
        response = self.offer(title, price, **more)
        assert response.status_code == 201, response.text
        return response.json()

    def edit(self, ticket, **changes):
        body = {"title": ticket["title"], "price": ticket["price"], **changes}
        return self.http.put(f"/api/tickets/{ticket['id']}", json=body)

    def call_off(self, ticket):
        return self.http.delete(f"/api/tickets/{ticket['id']}")

    def refund(self, order, **wanted):
        return self.http.post(f"/api/orders/{order['id']}/refund", json=wanted)

    def admit(self, pass_id, scan="s1", **more):
        body = {"door": "North", "scan": scan, **more}
        return self.http.post(f"/api/passes/{pass_id}/admit", json=body)

    def ask_for(self, ticket, wish=None, **headers):
        """``wish`` is ``{"quantity": 4}`` or ``{"seats": ["A-1"]}``."""
        body = {"ticketId": ticket["id"], **(wish or {})}
        return self.http.post("/api/orders", json=body, headers=headers)

    def reserve(self, ticket, **wish):
        response = self.ask_for(ticket, wish)
        assert response.status_code == 201, response.text
        return response.json()

    def pay(self, order, token="tok_visa", **headers):
        body = {"orderId": order["id"], "token": token}
        return self.http.post("/api/payments", json=body, headers=headers)

    def buy(self, ticket, **wish):
        """Reserves and pays; returns the order when it is complete."""
        order = self.reserve(ticket, **wish)
        response = self.pay(order)
        assert response.status_code == 201, response.text
        return self.until(order, "complete")

    def cancel(self, order):
        return self.http.delete(f"/api/orders/{order['id']}")

    def order(self, order):
        return self.http.get(f"/api/orders/{order['id']}").json()

    def ticket(self, ticket):
        return self.http.get(f"/api/tickets/{ticket['id']}").json()

    def passes(self, order):
        return self.http.get(f"/api/orders/{order['id']}/passes").json()

    def seats(self, ticket):
        """The state of each seat, by its label."""
        seen = self.http.get(f"/api/tickets/{ticket['id']}/seats").json()
        labels = Layout.parse(seen["layout"]).labels
        return dict(zip(labels, seen["states"], strict=True))

    def until_counted(self, ticket, **counts):
        """Waits until a ticket tells these numbers, and returns it."""

        def told():
            now = self.ticket(ticket)
            return now if now.items() >= counts.items() else None

        return eventually(told)

    def until(self, order, status):
        """Waits for a status of an order and returns the order."""

        def reached():
            now = self.order(order)  # which is no order while orders are away
            return now if now.get("status") == status else None

        return eventually(reached)

    def until_free(self, ticket):
        """Waits until nobody holds a ticket, and returns it."""

        def freed():
            now = self.ticket(ticket)
            is_held = now.get("id") != ticket["id"] or "orderId" in now
            return None if is_held else now

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
        self.email, self.system = new_email(), system
        self.http = system.client()
        response = self.http.post("/api/users/signup", json=self.credentials)
        assert response.status_code == 201, response.text
        self.id = response.json()["id"]
