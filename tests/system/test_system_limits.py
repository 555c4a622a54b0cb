"""Guessing, and asking for too much: stopped by account and by address."""

import pytest
from system_control import eventually
from system_people import PASSWORD, Member, Person, at_once, form_token, new_email

from ticketing.limits.rules import DEFAULTS

SIGN_IN, SIGN_UP = "/api/users/signin", "/api/users/signup"
WRONG = "not the password"
# How many wrong passwords there may be, by account and by address.
OF_ACCOUNT, OF_ADDRESS = 10, 50


@pytest.fixture(scope="module")
def guarded(systems):
    """Behind one proxy, as in a cluster, and with limits."""
    groups = [("auth", "web"), ("tickets", "orders", "payments", "expiration")]
    settings = {"RATE_LIMITS": "on", "TRUSTED_PROXIES": "1"}
    limits = {"LIMIT_RESERVATIONS": "3/36000", "LIMIT_SIGN_UP": "40/36000"}
    # As many as by default, of which none comes back while a busy machine hashes.
    for name in ("LIMIT_SIGN_IN_ACCOUNT", "LIMIT_SIGN_IN_ADDRESS"):
        limits[name] = f"{DEFAULTS[name].partition('/')[0]}/36000"
    return systems(*groups, gates=["REDIS_URL"], **settings, **limits).up()


@pytest.fixture
def owner(guarded):
    with Member(guarded) as owner:
        yield owner


def at(address):
    """What the last proxy says; what stands before it was sent along."""
    return {"X-Forwarded-For": f"127.0.0.1, {address}"}


def guesses(system, email, number, address="192.0.2.1", password=WRONG):
    with system.client(headers=at(address)) as client:
        body = {"email": email, "password": password}
        return [client.post(SIGN_IN, json=body) for _ in range(number)]


def statuses(answers):
    return [answer.status_code for answer in answers]


def test_a_hundred_wrong_passwords_are_not_all_tried(guarded, owner):
    """429 after ten, with the time to wait, in every process and at every address."""
    answers = guesses(guarded, owner.email, 100)
    assert statuses(answers) == [400] * OF_ACCOUNT + [429] * (100 - OF_ACCOUNT)
    last = answers[-1]
    assert int(last.headers["Retry-After"]) > 0
    message = "Too many tries; wait a while and try again"
    assert last.json() == {"errors": [{"message": message}]}
    elsewhere = guesses(guarded, owner.email, 1, "192.0.2.2", PASSWORD)
    assert statuses(elsewhere) == [429]


def test_many_guesses_at_once_are_no_more(guarded, owner):
    """None of them is compared before it is counted."""
    guess = lambda: guesses(guarded, owner.email, 1, "192.0.2.10")[0]  # noqa: E731
    answers = at_once(*[guess] * 30)
    assert sorted(statuses(answers)) == [400] * OF_ACCOUNT + [429] * 20


def test_the_owner_is_not_locked_out(guarded, owner):
    """With the session; and after signing out on this device, whatever was guessed."""
    guesses(guarded, owner.email, 12, "192.0.2.3")
    assert owner.http.get("/api/orders").status_code == 200
    assert owner.http.post(SIGN_IN, json=owner.credentials).status_code == 200
    assert owner.http.post("/api/users/signout").status_code == 200
    assert "session" not in owner.http.cookies
    assert owner.http.post(SIGN_IN, json=owner.credentials).status_code == 200
    assert statuses(guesses(guarded, owner.email, 1, "192.0.2.3")) == [429]


def test_a_device_of_another_account_opens_nothing(guarded, owner):
    """Each is its owner's."""
    guesses(guarded, owner.email, 12, "192.0.2.4")
    with Member(guarded) as other:
        other.http.post("/api/users/signout")
        assert "device" in other.http.cookies
        answer = other.http.post(
            SIGN_IN, json=owner.credentials, headers=at("192.0.2.4")
        )
        assert answer.status_code == 429


def test_an_address_that_tries_many_accounts_is_shut_out(guarded, owner):
    """Whatever else it says of itself; others at their addresses are not."""
    email = [new_email() for _ in range(OF_ADDRESS + 1)]
    answers = [guesses(guarded, each, 1, "198.51.100.9")[0] for each in email]
    assert statuses(answers) == [400] * OF_ADDRESS + [429]
    answers = guesses(guarded, owner.email, 1, "203.0.113.1, 198.51.100.9", PASSWORD)
    assert statuses(answers) == [429]
    assert statuses(guesses(guarded, owner.email, 1, "203.0.113.1", PASSWORD)) == [200]


def test_a_forged_address_is_no_other_one(systems):
    """Without a proxy of ours nobody is believed."""
    system = systems(("auth",), RATE_LIMITS="on", LIMIT_SIGN_IN_ADDRESS="2/3600").up()
    answers = [
        guesses(system, new_email(), 1, f"192.0.2.{number}")[0] for number in range(3)
    ]
    assert statuses(answers) == [400, 400, 429]
    system.end()


def test_people_are_told_on_the_page(guarded, owner):
    """In words of their own, with the time, and nothing they typed is lost."""
    guesses(guarded, owner.email, 12, "192.0.2.5")
    with guarded.client(headers={"Accept": "text/html"}) as client:
        token = form_token(client, "/auth/signin")
        form = owner.credentials | {"next": "/", "form_token": token}
        answer = client.post("/auth/signin", data=form)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "There were too many tries" in answer.text
    assert owner.email in answer.text
    assert PASSWORD not in answer.text


def test_new_accounts_from_one_address_have_an_end(guarded):
    """And those from another have not."""
    body = [{"email": new_email(), "password": PASSWORD} for _ in range(42)]
    with guarded.client(headers=at("198.51.100.77")) as client:
        answers = [client.post(SIGN_UP, json=each) for each in body[:41]]
    assert statuses(answers) == [201] * 40 + [429]
    with guarded.client(headers=at("198.51.100.78")) as client:
        assert client.post(SIGN_UP, json=body[41]).status_code == 201


def test_reservations_have_an_end(guarded):
    """By user, in the API and on pages together."""
    with Person(guarded) as seller, Person(guarded) as buyer, Person(guarded) as other:
        ticket = seller.sell(quantity=10)
        answers = [buyer.ask_for(ticket) for _ in range(4)]
        assert statuses(answers) == [201, 201, 201, 429]
        assert other.ask_for(ticket).status_code == 201


def test_shopping_goes_on_without_redis_and_guessing_does_not(guarded, owner):
    """503 at the doors; people with a session buy, and all heals by itself."""
    with Person(guarded) as seller, guarded.gates["REDIS_URL"].away():
        ticket = seller.sell()
        assert seller.ask_for(ticket).status_code == 201
        answer = owner.http.post(SIGN_IN, json=owner.credentials)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        body = {"email": new_email(), "password": PASSWORD}
        answer = owner.http.post(SIGN_UP, json=body, headers=at("192.0.2.8"))
        assert answer.status_code == 503
    sign_in = lambda: owner.http.post(SIGN_IN, json=owner.credentials)  # noqa: E731
    eventually(lambda: sign_in().status_code == 200)


def test_limits_that_are_off_say_so(systems):
    """In the log, once."""
    system = systems(("auth",)).up()
    assert system.processes["auth"].log().count("Rate limits are off") == 1
    statuses_ = statuses(guesses(system, new_email(), 12))
    assert statuses_ == [400] * 12
    system.end()
