"""/api/openapi.json says what the system does: its real answers fit it."""

import re

import pytest
from jsonschema_rs import Draft202012Validator
from system_control import eventually
from system_people import Member, new_email

# What a person does to whom in the walk below touches all of these.
SHOP = {
    ("post", "/api/users/signup"): {201, 400},
    ("post", "/api/users/signin"): {200, 400},
    ("post", "/api/users/signout"): {200},
    ("get", "/api/users/currentuser"): {200},
    ("get", "/api/tickets"): {200},
    ("get", "/api/tickets/{ticket_id}"): {200, 404},
    ("get", "/api/tickets/{ticket_id}/seats"): {200},
    ("post", "/api/tickets"): {201, 400, 401},
    ("put", "/api/tickets/{ticket_id}"): {200},
    ("delete", "/api/tickets/{ticket_id}"): {204},
    ("get", "/api/orders"): {200},
    ("get", "/api/orders/{order_id}"): {200},
    ("post", "/api/orders"): {201, 400},
    ("delete", "/api/orders/{order_id}"): {204},
    ("get", "/api/orders/{order_id}/passes"): {200},
    ("post", "/api/orders/{order_id}/refund"): {200},
    ("get", "/api/passes"): {200},
    ("get", "/api/passes/keys"): {200},
    ("post", "/api/passes/{pass_id}/admit"): {200},
    ("post", "/api/payments"): {201, 202},
    ("post", "/api/payments/intent"): {200},
    ("post", "/api/payments/webhook"): {400},
    ("get", "/api/openapi.json"): {200},
    ("get", "/api/asyncapi.json"): {200},
}


class Judge:
    """Holds every answer against the document."""

    def __init__(self, api):
        self.api = api
        self.seen = {}

    def hear(self, response):
        response.read()
        method = response.request.method.lower()
        path = next(p for p in self.api["paths"] if fits(p, response.request.url.path))
        told = self.api["paths"][path][method]["responses"]
        told = told.get(str(response.status_code), told["default"])
        self.seen.setdefault((method, path), set()).add(response.status_code)
        if "content" not in told:
            assert response.content == b""
            return
        schema = told["content"]["application/json"]["schema"]
        whole = {**schema, "components": self.api["components"]}
        Draft202012Validator(whole).validate(response.json())


def fits(pattern, path):
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), path)


@pytest.fixture(scope="module")
def api(system):
    with system.client() as client:
        return client.get("/api/openapi.json").json()


def judged(member, judge):
    member.http.event_hooks["response"].append(judge.hear)
    return member


def test_the_answers_of_the_system_are_those_that_it_describes(system, api):
    """Of every route that the walk of a seller and a buyer comes to."""
    judge = Judge(api)
    with Member(system) as seller, Member(system) as buyer:
        for person in (seller, buyer):
            judged(person, judge)
            for email in (new_email(), person.email):
                account = person.credentials | {"email": email}
                person.http.post("/api/users/signup", json=account)
            person.http.post("/api/users/signin", json=person.credentials)
        buyer.http.post("/api/users/signin", json={})
        buyer.http.get("/api/users/currentuser")
        sell_and_buy(seller, buyer)
        end(seller, buyer)
    assert judge.seen.keys() == SHOP.keys()
    for operation, statuses in SHOP.items():
        assert judge.seen[operation] >= statuses, operation


def sell_and_buy(seller, buyer):
    event = {"name": "Gala", "startsAt": "2090-01-01T20:00:00Z"}
    hall = seller.sell(seats=["A-1", "A-2", "A-3"], event=event)
    seller.offer(price=-1)
    seller.edit(hall, title="Front row")
    buyer.http.get("/api/tickets", params={"limit": 200, "order": "desc"})
    buyer.http.get("/api/tickets/5f0000000000000000000000")
    buyer.ticket(hall)
    buyer.seats(hall)
    order = buyer.buy(hall, seats=["A-1", "A-2"])
    other = buyer.reserve(hall, seats=["A-3"])
    buyer.ask_for(hall, {"seats": ["A-3"]})
    buyer.http.post("/api/payments/intent", json={"orderId": other["id"]})
    assert buyer.pay(other, "tok_threeDSecure2Required").status_code == 202
    buyer.cancel(other)
    (first, _) = buyer.passes(order)
    buyer.http.get("/api/orders")
    eventually(lambda: seller.admit(first["id"]).json()["outcome"] == "welcome")
    seller.http.get("/api/passes", params={"ticketId": hall["id"]})
    seller.http.get("/api/passes/keys")
    assert seller.refund(order, units=["A-2"]).status_code == 200
    buyer.order(order)


def end(seller, buyer):
    assert seller.call_off(seller.sell()).status_code == 204
    buyer.http.post("/api/payments/webhook", content=b"{}")
    buyer.http.get("/api/openapi.json")
    buyer.http.get("/api/asyncapi.json")
    buyer.http.post("/api/users/signout")
    buyer.offer()
