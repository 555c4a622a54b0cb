"""Sessions that are not, and sessions that are no more."""

import json
import time
from base64 import urlsafe_b64encode

import jwt
import pytest
from system_control import eventually
from system_people import PASSWORD, Member

from ticketing.ids import new_id

CURRENT = "/api/users/currentuser"


def secret_of(system):
    return system.settings["JWT_KEYS"].partition("=")[2]


def claims(**changes):
    now = int(time.time())
    good = {"sub": new_id(), "email": "a@b.com", "iat": now, "exp": now + 60}
    good |= {"jti": new_id(), "iss": "ticketing/auth", "aud": "ticketing"}
    return {k: v for k, v in (good | changes).items() if v is not None}


def token(system, key=None, algorithm="HS256", kid="first", **changes):
    key = secret_of(system) if key is None else key
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid})


def part(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


FORGED = {
    "algorithm none": lambda s: token(s, key="", algorithm="none"),
    "another key": lambda s: token(s, key="x" * 64),
    "another algorithm": lambda s: token(s, algorithm="HS512"),
    "unknown kid": lambda s: token(s, kid="second"),
    "kid is a path": lambda s: token(s, kid="../../dev/null"),
    "no kid": lambda s: jwt.encode(claims(), secret_of(s), "HS256"),
    "expired": lambda s: token(s, exp=int(time.time()) - 60),
    "from tomorrow": lambda s: token(s, iat=int(time.time()) + 86_400),
    "another audience": lambda s: token(s, aud="elsewhere"),
    "another issuer": lambda s: token(s, iss="elsewhere"),
    "no end": lambda s: token(s, exp=None),
    "no name": lambda s: token(s, jti=None),
    "subject no text": lambda s: token(s, sub=None),
    "end no number": lambda s: token(s, exp="tomorrow"),
    "header no object": lambda s: f"{part([])}.{part(claims())}.x",
    "header deep": lambda s: f"{part(b'[' * 15_000)}.{part(claims())}.x",
    "claims no object": lambda s: f"{part({'alg': 'HS256', 'kid': 'first'})}.W10.x",
    "kid is a list": lambda s: f"{part({'alg': 'HS256', 'kid': ['first']})}.e30.x",
    "no token": lambda s: "hello",
    "dots": lambda s: "..",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_session_is_none(system, anonymous, forge):
    """401 where one is needed, and nobody where one may ask."""
    cookie = {"Cookie": f"session={forge(system)}"}
    assert anonymous.get("/api/orders", headers=cookie).status_code == 401
    response = anonymous.get(CURRENT, headers=cookie)
    assert response.json() == {"currentUser": None}


def test_our_own_forgeries_would_work_but_for_their_fault(system, anonymous):
    """The control: a token made the same way, without a fault, is a session."""
    cookie = {"Cookie": f"session={token(system)}"}
    assert anonymous.get("/api/orders", headers=cookie).status_code == 200


def test_keys_can_be_replaced_without_signing_anyone_out(systems, instance):
    """The first key signs, the others are still believed; one that is gone is not."""
    old = instance.environment()["JWT_KEYS"]
    keys = f"newer={'n' * 40},{old}"
    system = systems(("auth", "tickets"), JWT_KEYS=keys).up()
    with Member(system) as member:
        assert jwt.get_unverified_header(member.token)["kid"] == "newer"
        member.sell()
        before = {"Cookie": f"session={token(system, key=old.partition('=')[2])}"}
        gone = {"Cookie": f"session={token(system, key='g' * 40, kid='gone')}"}
        body = {"title": "A seat", "price": 1}
        for cookie, status in ((before, 201), (gone, 401)):
            made = member.http.post("/api/tickets", json=body, headers=cookie)
            assert made.status_code == status
    system.end()


@pytest.fixture
def person(split):
    with Member(split) as member:
        yield member


def statuses(person, cookie):
    """What each of the services' processes makes of a session."""
    routes = [
        ("POST", "/api/tickets", 400),
        ("GET", "/api/orders", 200),
        ("POST", "/api/payments", 400),
    ]
    return [
        person.http.request(method, path, headers=cookie, json={}).status_code
        for method, path, _ in routes
    ]


def are_soon_refused(person, *cookies):
    """Within a second, besides what it takes this machine to ask."""
    began = time.monotonic()
    for cookie in cookies:
        statuses(person, cookie)
    within = 1 + time.monotonic() - began
    for cookie in cookies:
        eventually(lambda c=cookie: statuses(person, c) == [401] * 3, within)


def test_a_sign_out_holds_in_every_process(person):
    """Auth alone hears of it; the other processes refuse the cookie all the same."""
    cookie = {"Cookie": f"session={person.token}"}
    assert statuses(person, cookie) == [400, 200, 400]
    person.http.post("/api/users/signout")
    are_soon_refused(person, cookie)


def test_all_sessions_of_a_user_can_be_ended_at_once(split, person):
    """Every cookie made until then is refused everywhere; new ones are good."""
    cookies = []
    for _ in range(2):
        response = person.http.post("/api/users/signin", json=person.credentials)
        cookies.append({"Cookie": response.headers["Set-Cookie"].partition(";")[0]})
    with split.rpc() as rpc:
        rpc.auth.revoke_sessions(person.id)
    are_soon_refused(person, *cookies)
    person.http.post("/api/users/signin", json=person.credentials)
    assert statuses(person, {}) == [400, 200, 400]


def test_a_new_password_ends_all_sessions_but_the_one_it_begins(split, person):
    """In every process; and only the new password opens another one."""
    first = {"Cookie": f"session={person.token}"}
    response = person.http.post("/api/users/signin", json=person.credentials)
    second = {"Cookie": response.headers["Set-Cookie"].partition(";")[0]}
    change = {"current": PASSWORD, "password": "staple battery"}
    response = person.http.post("/api/users/password", json=change)
    assert (response.status_code, response.json()) == (
        200,
        {"id": person.id, "email": person.email},
    )
    are_soon_refused(person, first, second)
    assert statuses(person, {}) == [400, 200, 400]
    with split.client() as client:
        tried = [
            person.credentials,
            person.credentials | {"password": "staple battery"},
        ]
        signed_in = [client.post("/api/users/signin", json=each) for each in tried]
        assert [answer.status_code for answer in signed_in] == [400, 200]
        assert signed_in[0].json() == {"errors": [{"message": "Invalid credentials"}]}
        assert client.get("/api/orders").status_code == 200


def test_a_wrong_present_password_changes_and_ends_nothing(person):
    """400 at its field; the session goes on."""
    change = {"current": "not the password", "password": "staple battery"}
    response = person.http.post("/api/users/password", json=change)
    assert response.status_code == 400
    assert response.json() == {
        "errors": [{"message": "Invalid credentials", "field": "current"}]
    }
    assert statuses(person, {}) == [400, 200, 400]


def test_signing_out_everywhere_holds_in_every_process(split, person):
    """This session and the others; a new one is good."""
    first = {"Cookie": f"session={person.token}"}
    response = person.http.post("/api/users/signin", json=person.credentials)
    second = {"Cookie": response.headers["Set-Cookie"].partition(";")[0]}
    response = person.http.post("/api/users/signout/everywhere")
    assert (response.status_code, response.json()) == (200, {})
    assert "session" not in person.http.cookies
    are_soon_refused(person, first, second)
    person.http.post("/api/users/signin", json=person.credentials)
    assert statuses(person, {}) == [400, 200, 400]


def test_a_process_that_starts_later_knows_who_signed_out(split, person):
    """Revocations of the past are read before they are needed."""
    cookie = {"Cookie": f"session={person.token}"}
    person.http.post("/api/users/signout")
    orders = split.processes["orders"]
    orders.kill()
    orders.start().wait_until_ready()
    assert person.http.get("/api/orders", headers=cookie).status_code == 401


def test_a_process_that_cannot_hear_who_signed_out_lets_nobody_in(market):
    """503 until it has, and 401 then; who has no session is served meanwhile."""
    orders = market.processes["orders"]
    with Member(market) as person, market.client() as stranger:
        cookie = {"Cookie": f"session={person.token}"}
        person.http.post("/api/users/signout")
        ask = lambda: person.http.get("/api/orders", headers=cookie)  # noqa: E731
        eventually(lambda: ask().status_code == 401)
        with market.gates["NATS_URL"].away():
            orders.kill()
            orders.start()
            eventually(lambda: orders.probe("/livez"))
            assert ask().status_code == 503
            assert stranger.get("/api/orders").status_code == 401
        eventually(lambda: ask().status_code == 401)
        orders.wait_until_ready()
