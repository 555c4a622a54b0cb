"""A hall with numbered seats, and people who choose some of them in a browser."""

import time
from uuid import uuid4

from playwright.sync_api import expect

PASSWORD = "correct horse battery"


def eventually(look):
    """Wait for what is drawn, of which a page tells nobody."""
    deadline = time.monotonic() + 20
    while not look():
        assert time.monotonic() < deadline, look
        time.sleep(0.05)


def ask(person, path, **body):
    """Ask the API in a person's name."""
    answer = person.page.request.post(f"/api/{path}", data=body)
    assert answer.ok, answer.text()
    return answer.json()


def signed_up(person):
    ask(person, "users/signup", email=person.email, password=PASSWORD)
    return person


class Hall:
    """A listing of seats by somebody else."""

    def __init__(self, seller, seats, **more):
        listing = {"title": f"Hall {uuid4().hex[:8]}", "price": 12.5, "seats": seats}
        self.id = ask(seller, "tickets", **listing | more)["id"]
        self.path = f"/tickets/{self.id}"

    def hold(self, person, *seats):
        """Take seats as fast as a program does."""
        return ask(person, "orders", ticketId=self.id, seats=list(seats))

    def sell(self, person, *seats):
        """Have somebody pay for seats; returns the order when they are delivered."""
        order = self.hold(person, *seats)
        ask(person, "payments", orderId=order["id"], token="tok_visa")
        person.page.goto(f"/orders/{order['id']}")
        expect(person.page.locator("main")).to_contain_text("The tickets are yours")
        return order


class Choice:
    """Somebody in front of the map; each method is something people do or see."""

    def __init__(self, person, hall):
        self.person, self.page = person, person.page
        self.page.emulate_media(reduced_motion="reduce")
        self.canvas = self.page.get_by_role("application", name="Seat map")
        self.cursor = self.page.locator(".seat-cursor")
        self.aloud = self.page.locator(".seats-aloud")
        self.news = self.page.locator(".seats-news")
        self.field = self.page.locator("[name=seats]")
        self.quantity = self.page.get_by_label("Or the best seats")
        self.basket = self.page.get_by_role("region", name="Your seats")
        self.page.goto(hall.path)
        expect(self.canvas).to_be_visible()

    @property
    def pointed(self):
        """The seat that the cursor is on."""
        return self.cursor.get_attribute("data-seat")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def find(self, seat):
        """Go to a seat with the keyboard and return where its middle is seen."""
        row, _, number = seat.partition("-")
        self.canvas.focus()
        self.press("Home")
        while not self._pointed_after("ArrowUp").startswith("A-"):
            pass
        while not self.pointed.startswith(f"{row}-"):
            self._pointed_after("ArrowDown")
        self.press("Home", *["ArrowRight"] * (int(number) - 1))
        expect(self.cursor).to_have_attribute("data-seat", seat)
        box = self.cursor.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def _pointed_after(self, key):
        """Let a key take effect, which is told aloud."""
        self.press(key)
        said = self.aloud.inner_text().removeprefix("Seat ").partition(",")[0]
        expect(self.cursor).to_have_attribute("data-seat", said)
        return said

    def click(self, *seats):
        for seat in seats:
            self.page.mouse.click(*self.find(seat))

    def picks(self, *seats):
        """Wait until these are picked, as the list and the form have it."""
        expect(self.basket.get_by_role("listitem")).to_have_text(list(seats))
        expect(self.field).to_have_value(", ".join(seats))

    def reserve(self):
        self.page.get_by_role("button", name="Reserve", exact=True).click()

    def reserved(self, *seats):
        """Wait for the order of these seats."""
        self.person.sees("Held for you until")
        names = f"{'Seat' if len(seats) == 1 else 'Seats'} {', '.join(seats)}"
        self.person.sees(names)

    def open_rows(self):
        self.page.get_by_text("Pick by row").click()

    def row_button(self, seat):
        return self.page.get_by_role("button", name=f"{seat},")
