"""Sellers with doors and buyers with passes."""

import time
from uuid import uuid4

from playwright.sync_api import expect

DESKTOP, PHONE = 1280, 360
EVENT = {"name": "Opera", "startsAt": "2030-01-31T20:00:00.000Z"}


def eventually(look):
    """Return what ``look`` finds as soon as that is something."""
    deadline = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < deadline, look
        time.sleep(0.05)
    return found


class Person:
    """Somebody who has signed up; ``context`` is their browser."""

    def __init__(self, context):
        self.context = context
        self.email = f"{uuid4().hex[:12]}@example.com"
        self.password = "correct horse battery"
        self.ask("POST", "/api/users/signup", self.credentials)

    @property
    def credentials(self):
        return {"email": self.email, "password": self.password}

    def ask(self, method, path, body=None):
        answer = self.context.request.fetch(path, method=method, data=body)
        assert answer.ok, answer.text()
        return answer.json()

    def sell(self, *seats, title="Opera"):
        body = {"title": title, "price": 20, "seats": list(seats), "event": EVENT}
        return self.ask("POST", "/api/tickets", body)["id"]

    def buy(self, ticket_id, *seats):
        """Return the passes of an order of these seats."""
        body = {"ticketId": ticket_id, "seats": list(seats)}
        order = self.ask("POST", "/api/orders", body)["id"]
        self.ask("POST", "/api/payments", {"orderId": order, "token": "tok_visa"})
        found = eventually(lambda: self.ask("GET", f"/api/orders/{order}/passes"))
        return [each | {"order": order} for each in found]

    def refund(self, ticket_id, sold):
        self.ask("POST", f"/api/orders/{sold['order']}/refund", {})
        eventually(lambda: self.passes(ticket_id)[sold["id"]]["status"] == "refunded")

    def passes(self, ticket_id):
        """Return the passes of a listing as the shop has them, by id."""
        found = self.ask("GET", f"/api/passes?ticketId={ticket_id}")["passes"]
        return {each["id"]: each for each in found}

    def admit(self, sold, door):
        body = {"door": door, "scan": uuid4().hex}
        return self.ask("POST", f"/api/passes/{sold['id']}/admit", body)


class Door:
    """A page of the door, in the browser of the seller."""

    def __init__(self, context, ticket_id, name=None):
        self.context, self.ticket_id = context, ticket_id
        self.open(name)

    def open(self, name=None):
        """Open a tab; ``name`` is asked for on a device's first visit."""
        self.page = self.context.new_page()
        self.answer = self.page.locator("#door-answer")
        self.visit(name)

    def visit(self, name=None):
        """Wait until the page works offline."""
        self.page.goto(f"/door/{self.ticket_id}")
        self.wait()
        if name:
            self.page.get_by_label("Name of this door").fill(name)
            self.page.get_by_role("button", name="Use this name").click()
        expect(self.page.locator("#door-kept")).to_be_visible()

    def reload(self):
        self.page.reload()
        self.wait()

    def wait(self):
        """Until the scripts have taken over from the plain form."""
        expect(self.page.locator("#door-page[data-begun]")).to_be_visible()

    def scan(self, code):
        field = self.page.get_by_label("Code on the pass")
        field.fill(code)
        field.press("Enter")

    def says(self, *words):
        for word in words:
            expect(self.answer).to_contain_text(word)

    def tells(self, code, *words):
        """Scan a code, read what it becomes and go on."""
        self.scan(code)
        self.says(*words)
        self.page.keyboard.press("Escape")
        expect(self.answer).to_be_hidden()

    def shows(self, text):
        expect(self.page.locator("#door-work")).to_contain_text(text)

    def counts(self, used, valid, waiting=0):
        expect(self.page.locator("#door-used")).to_have_text(str(used))
        expect(self.page.locator("#door-valid")).to_have_text(str(valid))
        expect(self.page.locator("#door-waiting")).to_have_text(str(waiting))
