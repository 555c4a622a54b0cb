"""What the services write down says nothing that is a secret or about a person."""

import secrets

import pytest
from system_control import eventually
from system_people import Member

CARDS = ("tok_visa", "tok_chargeDeclined")


@pytest.fixture(scope="module")
def talkative(systems):
    """All services in one process that writes down all it can."""
    every = ("auth", "tickets", "orders", "payments", "expiration", "web")
    return systems(every, LOG_LEVEL="DEBUG").up()


def said_and_done(system):
    """People do what people do, right and wrong; returns what must not be written."""
    private = []
    with Member(system) as seller, Member(system) as buyer:
        for person in (seller, buyer):
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
        order = buyer.reserve(seller.sell())
        assert buyer.pay(order, CARDS[1]).status_code == 400
        assert buyer.pay(order, CARDS[0]).status_code == 201
        buyer.until(order, "complete")
        private += [wrong, forged, *(each["code"] for each in buyer.passes(order))]
        change = {"current": buyer.credentials["password"], "password": wrong}
        assert buyer.http.post("/api/users/password", json=change).status_code == 200
        private.append(buyer.token)
        buyer.http.post("/api/users/signout")
    return private


def test_no_log_has_a_secret_or_an_address(talkative):
    """Passwords, cookies, tokens of cards, codes of passes, mail addresses, keys."""
    private = {*said_and_done(talkative), *CARDS}
    for name in ("JWT_KEYS", "PASS_KEYS", "STRIPE_WEBHOOK_SECRET", "STRIPE_SECRET_KEY"):
        private |= {*talkative.settings[name].removeprefix("first=").split(",")}
    process = talkative.processes["auth"]
    eventually(lambda: "signout" in process.log())
    lines = process.log().splitlines()
    assert len(lines) > len(private)
    for secret in private:
        found = [line for line in lines if secret in line]
        assert found == [], f"{secret} was written down"
