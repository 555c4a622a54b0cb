"""Every page of the web service, as the code declares them, and who may use it."""

import inspect

import pytest
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from system_people import PASSWORD, Member, Person, new_email, new_token

from ticketing.keyring import KeyRing
from web.form_tokens import FIELD, PURPOSE, FormTokens
from web.page import Page
from web.service import WebService

BOSS = "boss@example.com"
SIGN_IN = "/auth/signin?next="
# What nobody, another person, an operator and the rightful user are answered. 303 leads
# to the sign-in, or on to what was wanted.
TO_ALL = (200, 200, 200, 200)
ON_TO = (303, 303, 303, 303)
OWN = (303, 200, 200, 200)
DONE = (303, 303, 303, 303)
BUYERS = (303, 404, 404, 200)
SELLERS = (303, 403, 403, 200)
OWN_LISTING = (303, 404, 404, 200)
OPERATORS = (303, 404, 200, 200)
REHEARSAL = "/listings/<ticket_id>/rehearsal"
LETTER = "/operator/dead-letters/<service>/<number>/"
ANSWERS = {
    ("GET", "/"): TO_ALL,
    ("GET", "/<not_api:path>"): (404, 404, 404, 404),
    ("GET", "/account"): OWN,
    ("POST", "/account/password"): (303, 400, 400, 303),
    ("GET", "/account/password"): ON_TO,
    ("POST", "/account/signout"): DONE,
    ("GET", "/account/signout"): ON_TO,
    ("GET", "/auth/signin"): (200, 303, 303, 303),
    ("POST", "/auth/signin"): DONE,
    ("GET", "/auth/signout"): TO_ALL,
    ("POST", "/auth/signout"): DONE,
    ("GET", "/auth/signup"): (200, 303, 303, 303),
    ("POST", "/auth/signup"): DONE,
    ("GET", "/door"): OWN,
    ("GET", "/door/<ticket_id>"): SELLERS,
    ("POST", "/door/<ticket_id>"): SELLERS,
    ("GET", "/door/worker.js"): TO_ALL,
    ("GET", "/listings"): OWN,
    ("GET", "/listings/<ticket_id>"): SELLERS,
    ("GET", "/listings/<ticket_id>/cancel"): SELLERS,
    ("POST", "/listings/<ticket_id>/cancel"): (303, 403, 403, 303),
    ("GET", "/listings/<ticket_id>/orders"): SELLERS,
    ("GET", "/listings/<ticket_id>/orders.csv"): SELLERS,
    ("GET", "/listings/<ticket_id>/passes.csv"): SELLERS,
    ("GET", "/listings/<ticket_id>/orders/<order_id>/refund"): SELLERS,
    ("POST", "/listings/<ticket_id>/orders/<order_id>/refund"): (303, 403, 403, 303),
    ("GET", REHEARSAL): OWN_LISTING,
    ("POST", REHEARSAL): (303, 404, 404, 400),  # for nobody
    ("GET", f"{REHEARSAL}/report"): (303, 404, 404, 404),  # there was none
    ("GET", f"{REHEARSAL}/stop"): (303, 404, 404, 303),
    ("POST", f"{REHEARSAL}/stop"): (303, 404, 404, 303),
    ("GET", "/live"): (404, 404, 404, 200),
    ("GET", "/operator"): OPERATORS,
    ("POST", "/operator/dismiss"): (303, 404, 303, 303),
    ("GET", "/operator/dismiss"): (303, 404, 303, 303),
    ("GET", "/operator/orders/<order_id>/refund"): OPERATORS,
    ("POST", "/operator/orders/<order_id>/refund"): (303, 404, 303, 303),
    ("POST", "/operator/reconcile"): (303, 404, 303, 303),
    ("GET", "/operator/reconcile"): (303, 404, 303, 303),
    ("GET", "/operator/dead-letters"): OPERATORS,
    ("GET", LETTER + "discard"): (303, 404, 303, 303),
    ("POST", LETTER + "discard"): (303, 404, 303, 303),
    ("GET", LETTER + "replay"): (303, 404, 303, 303),
    ("POST", LETTER + "replay"): (303, 404, 303, 303),
    ("GET", "/operator/health"): OPERATORS,
    ("GET", "/operator/orders"): OPERATORS,
    ("GET", "/operator/orders/<order_id>"): OPERATORS,
    ("GET", "/language"): ON_TO,
    ("POST", "/language"): DONE,
    ("GET", "/orders"): OWN,
    ("GET", "/orders/<order_id>"): BUYERS,
    ("POST", "/orders/<order_id>/cancel"): (303, 404, 404, 400),  # it is complete
    ("GET", "/orders/<order_id>/event.ics"): BUYERS,
    ("GET", "/orders/<order_id>/passes"): BUYERS,
    ("GET", "/orders/<order_id>/passes.pdf"): BUYERS,
    ("POST", "/orders/<order_id>/pay"): (303, 404, 404, 303),
    ("GET", "/orders/<order_id>/returned"): (303, 404, 404, 303),
    ("GET", "/orders/<thing_id>/cancel"): ON_TO,
    ("GET", "/orders/<thing_id>/pay"): ON_TO,
    ("GET", "/static/<version>/<name>"): (404, 404, 404, 404),
    ("GET", "/tickets/<thing_id>/reserve"): ON_TO,
    ("GET", "/tickets/<ticket_id>"): TO_ALL,
    ("GET", "/tickets/<ticket_id>/edit"): SELLERS,
    ("POST", "/tickets/<ticket_id>/edit"): (303, 403, 403, 303),
    ("POST", "/tickets/<ticket_id>/reserve"): DONE,
    ("GET", "/tickets/new"): OWN,
    ("POST", "/tickets/new"): DONE,
}
EVENT = {"name": "Opera", "startsAt": "2037-01-01T20:00:00Z"}


def declared():
    """The pages in the code of the web service."""
    return {
        (entrypoint.method, entrypoint.path)
        for _, method in inspect.getmembers(WebService, inspect.isfunction)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, Page)
    }


def test_no_page_is_without_a_rule():
    """A new page needs a line in the table above."""
    assert declared() == set(ANSWERS)


@pytest.fixture(scope="module")
def shop(systems):
    every = ("auth", "tickets", "orders", "payments", "expiration", "web")
    return systems(every, OPERATORS=BOSS).up()


class House:
    """A listing with an order that is paid, and everybody who may ask for it."""

    def __init__(self, shop):
        self.shop = shop
        self.people = [Person(shop) for _ in range(3)]
        self.seller, self.other, self.boss = self.people
        self.buyer = Member(shop)
        self.boss.http.cookies["session"] = new_token(shop, self.boss.id, BOSS)
        keys = KeyRing.parse(shop.settings["JWT_KEYS"]).derive(PURPOSE)
        self.tokens = FormTokens(keys)
        self.ticket = self.seller.sell(quantity=5, event=EVENT)
        self.order = self.buyer.buy(self.ticket)

    def close(self):
        for person in (*self.people, self.buyer):
            person.http.close()

    def rightful(self, path):
        if path.startswith("/operator"):
            return self.boss.http
        sellers = ("/listings", "/door", "/tickets/<ticket_id>/edit")
        return (self.seller if path.startswith(sellers) else self.buyer).http

    def ask(self, client, method, path):
        address = path.replace("<ticket_id>", self.ticket["id"])
        address = address.replace("<order_id>", self.order["id"])
        address = address.replace("<thing_id>", self.order["id"])
        address = address.replace("<not_api:path>", "nothing")
        address = address.replace("<service>/<number>", "web/7")
        address = address.replace("<version>/<name>", "x/../../config.yaml")
        if path == "/live":
            return self._listen(client)
        client.headers["Accept"] = "text/html"
        if method == "GET":
            return client.get(address)
        return client.post(address, data=self._form(client, path))

    def _listen(self, client):
        with client.stream("GET", f"/live?order={self.order['id']}") as answer:
            return answer

    def _form(self, client, path):
        client.cookies["visitor"] = "somebody"
        cookie = client.cookies.get("session") or "somebody"
        form = {FIELD: self.tokens.make(cookie, "/"), "title": "Changed", "price": "1"}
        form |= {"current": PASSWORD, "password": PASSWORD, "email": self.buyer.email}
        form |= {
            "unit": self.order["units"],
            "quantity": "1",
            "code": "x",
            "finding": "x",
        }
        form |= {"email": new_email()} if path == "/auth/signup" else {}
        return form | {
            "door": "North",
            "scan": "s1",
            "token": "tok_visa",
            "language": "de",
        }


@pytest.fixture
def house(shop):
    house = House(shop)
    yield house
    house.close()


def told(house):
    """All that a stranger could have changed."""
    order, ticket = house.buyer.order(house.order), house.seller.ticket(house.ticket)
    return order, ticket["title"], ticket.get("cancelled"), house.shop.kept(order["id"])


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_a_page_is_for_those_it_is_for(shop, house, method, path):
    """And whoever else asks for it changes nothing."""
    nobody, stranger, operator, rightful = ANSWERS[method, path]
    before = told(house)
    with shop.client() as anonymous:
        answer = house.ask(anonymous, method, path)
        assert answer.status_code == nobody, answer.text
        if nobody == 303 and rightful == 200:
            assert answer.headers["Location"].startswith(SIGN_IN)
    answer = house.ask(house.other.http, method, path)
    assert answer.status_code == stranger, answer.text
    assert told(house) == before
    if not path.startswith("/operator"):
        answer = house.ask(house.boss.http, method, path)
        assert answer.status_code == operator, answer.text
        assert told(house) == before
    answer = house.ask(house.rightful(path), method, path)
    assert answer.status_code == rightful, answer.text
