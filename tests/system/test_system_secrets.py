"""What nobody may learn: passwords and sessions from logs, accounts from answers."""

import time

import pytest
from system_people import PASSWORD, Member, new_email, new_token

SIGN_IN = "/api/users/signin"
TRIES = 24
# Redirected to the home page, whatever browsers make of it.
ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "https:evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2F%2Fevil.example",
    "//evil.example/%2e%2e",
    "/auth/../\\evil.example",
    "\u2044/evil.example",
    "/" + "x" * 5000,
]


def seconds(client, email):
    """How long a wrong password takes."""
    began = time.perf_counter()
    answer = client.post(SIGN_IN, json={"email": email, "password": "not the password"})
    assert answer.status_code == 400
    return time.perf_counter() - began


def test_an_account_is_not_told_by_the_time_it_takes(anonymous, member):
    """A wrong password of somebody and of nobody is the same work: one by turns."""
    known, unknown = [], []
    for _ in range(TRIES):
        known.append(seconds(anonymous, member.email))
        unknown.append(seconds(anonymous, new_email()))
    # What else this machine does adds to most of them, and hardly to the fastest.
    known, unknown = min(known), min(unknown)
    assert abs(known - unknown) < min(known, unknown) / 3


def test_neither_passwords_nor_sessions_are_in_the_log(systems):
    """Nor addresses of people, whatever they do, fail at, or put into the address."""
    system = systems(("auth", "tickets", "orders", "web")).up()
    with Member(system) as member:
        member.sell()
        token = member.token
        member.http.get("/orders", headers={"Accept": "text/html"})
        member.http.get(f"/api/orders?session={token}&token={token}")
        member.http.post(SIGN_IN, json={"email": member.email, "password": "x" * 9})
        member.http.post(SIGN_IN, content=f"{member.email} {PASSWORD}")
        member.http.post("/api/users/signout")
    log = system.processes["auth"].log()
    assert "/api/users/signin" in log
    for secret in (token, token.rpartition(".")[2], PASSWORD, member.email):
        assert secret not in log
    system.end()


def test_a_session_in_the_address_is_none(system, anonymous):
    """It is read from its cookie and from nowhere else."""
    token = new_token(system)
    for query in ({"session": token}, {"token": token}, {"access_token": token}):
        assert anonymous.get("/api/orders", params=query).status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert anonymous.get("/api/orders", headers=bearer).status_code == 401


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_led_to_another_site(anonymous, seller, wanted):
    """Neither by the form nor by its answer."""
    answer = seller.http.get("/auth/signin", params={"next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = anonymous.get("/auth/signin", params={"next": wanted}).text
    assert 'name="next" value="/"' in page


def test_a_host_that_is_not_ours_is_in_no_answer(anonymous):
    """Redirects have no host, and no page is made of what the request says."""
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in ("/orders", "/", "/nothing", "/auth/signin"):
        answer = anonymous.get(path, headers=forged | {"Accept": "text/html"})
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)


def test_a_sign_in_begins_another_session(member):
    """And the one that was there before it ends."""
    before = member.token
    assert member.http.post(SIGN_IN, json=member.credentials).status_code == 200
    assert member.token != before
    cookie = {"Cookie": f"session={before}"}
    assert member.http.get("/api/orders", headers=cookie).status_code == 401
    assert member.http.get("/api/orders").status_code == 200


def test_a_common_password_opens_no_account(anonymous):
    """400 at its field."""
    account = {"email": new_email(), "password": "iloveyou"}
    answer = anonymous.post("/api/users/signup", json=account)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["password"]
