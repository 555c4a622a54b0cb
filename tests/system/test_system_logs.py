"""What the services write down says nothing that is a secret or about a person."""

import json
import re
import secrets

import pytest
from system_control import eventually
from system_people import HTML, Member, form_token

CARDS = ("tok_visa", "tok_chargeDeclined")
# Who somebody is, by what they look for, where they are and what they use.
ABOUT = {
    "name": "Lena Musterfrau",
    "address": "203.0.113.77",
    "browser": "Lynx/2.9 of my own",
}


@pytest.fixture(scope="module")
def talkative(systems):
    """All services in one process that writes down all it can."""
    every = ("auth", "tickets", "orders", "payments", "expiration", "web")
    return systems(every, LOG_LEVEL="DEBUG", TRUSTED_PROXIES="1").up()


def said_and_done(system):
    """People do what people do, right and wrong; returns what must not be written."""
    private = []
    with Member(system) as seller, Member(system) as buyer:
        for person in (seller, buyer):
            person.http.headers["X-Forwarded-For"] = ABOUT["address"]
            person.http.headers["User-Agent"] = ABOUT["browser"]
            private += [person.email, person.credentials["password"], person.token]
        wrong = secrets.token_hex(8)
        for body in (
            buyer.credentials | {"password": wrong},
            {"email": buyer.email},
            {"email": f"{wrong}@example.com", "password": wrong},
        ):
            assert buyer.http.post("/api/users/signin", json=body).status_code == 400
        forged = f"{buyer.token[:-4]}AAAA"
        with system.client(cookies={"session": forged}) as stranger:
            assert stranger.get("/api/orders").status_code == 401
        private += on_pages(buyer)
        order = buyer.reserve(seller.sell(title=f"For {ABOUT['name']}"))
        assert buyer.pay(order, CARDS[1]).status_code == 400
        assert buyer.pay(order, CARDS[0]).status_code == 201
        buyer.until(order, "complete")
        private += [wrong, forged, *(each["code"] for each in buyer.passes(order))]
        change = {"current": buyer.credentials["password"], "password": wrong}
        assert buyer.http.post("/api/users/password", json=change).status_code == 200
        private.append(buyer.token)
        buyer.http.post("/api/users/signout")
    return private


def on_pages(buyer):
    """Searches, and a sign-up and a wrong password on pages; as ``said_and_done``."""
    for path in ("/api/tickets", "/", "/nowhere"):
        buyer.http.get(path, params={"text": ABOUT["name"]}, headers=HTML)
    new, wrong = f"{secrets.token_hex(6)}@example.com", secrets.token_hex(8)
    with buyer.system.client(headers=buyer.http.headers) as visitor:
        token = form_token(visitor, "/auth/signup")
        form = {"email": new, "password": wrong, "next": "/", "form_token": token}
        assert visitor.post("/auth/signup", data=form).status_code == 303
        cookie = visitor.cookies["session"]
    with buyer.system.client(headers=buyer.http.headers) as visitor:
        form["form_token"] = form_token(visitor, "/auth/signin")
        form["password"] = f"not {wrong}"
        assert visitor.post("/auth/signin", data=form).status_code == 400
    return [new, wrong, cookie, token]


def test_no_log_has_a_secret_or_an_address(talkative):
    """Passwords, cookies, tokens of cards, codes of passes, addresses, names, keys."""
    private = {*said_and_done(talkative), *CARDS, *ABOUT.values()}
    private |= {"Musterfrau", "@example.com"}
    for name in ("JWT_KEYS", "PASS_KEYS", "STRIPE_WEBHOOK_SECRET", "STRIPE_SECRET_KEY"):
        private |= {*talkative.settings[name].removeprefix("first=").split(",")}
    process = talkative.processes["auth"]
    eventually(lambda: "signout" in process.log())
    lines = process.log().splitlines()
    assert len(lines) > len(private)
    for secret in private:
        found = [line for line in lines if secret in line]
        assert found == [], f"{secret} was written down"


def test_each_line_is_json_with_the_ids_of_its_trace(talkative):
    with Member(talkative) as seller, Member(talkative) as buyer:
        response = buyer.ask_for(seller.sell())
    trace, process = response.headers["X-Request-Id"], talkative.processes["auth"]

    def of_the_order():
        lines = [json.loads(line) for line in process.log().splitlines()]
        found = [line for line in lines if line.get("trace") == trace]
        handled = [line for line in found if line.get("action") == "event"]
        return found if len(handled) >= 3 else None

    for line in eventually(of_the_order):
        assert re.fullmatch(r"[0-9a-f]{16}", line["span"])
        assert line.keys() >= {"time", "level", "logger", "message"}
