"""Guessing passwords: stopped by account and by address, and never the owner."""

import pytest
from unit_doubles import limiter, session_of

from ticketing.callers import Caller
from ticketing.errors import TooManyRequestsError, UnavailableError
from ticketing.fakes import MemoryBuckets

SIGN_IN = "/api/users/signin"
ANNS = {"email": "ann@example.com", "password": "correct horse"}
WRONG = ANNS | {"password": "wrong horse"}
DEVICE = {"Cookie": "device=device-ann@example.com"}


@pytest.fixture
def buckets(auth):
    buckets = MemoryBuckets(lambda: auth.clock().timestamp())
    auth.rpc.limiter = limiter(buckets)
    return buckets


@pytest.fixture(autouse=True)
def ann(auth, buckets):
    return auth.site.post("/api/users/signup", ANNS).json


def guess(auth, times=10, given=WRONG, **headers):
    return [auth.site.post(SIGN_IN, given, **headers).status for _ in range(times)]


def test_after_some_wrong_passwords_the_account_is_shut_to_strangers(auth):
    """Whether the next one were right or not."""
    assert guess(auth, 12) == [400] * 10 + [429] * 2
    answer = auth.site.post(SIGN_IN, ANNS)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "90")
    assert answer.cookie is None


def test_an_account_that_is_none_is_shut_as_well(auth):
    """Or who has an account could be told by it."""
    assert guess(auth, 11, WRONG | {"email": "bob@example.com"})[-1] == 429


def test_an_address_that_tries_many_accounts_is_shut_out(auth):
    answers = [
        guess(auth, 1, {"email": f"{number}@example.com", "password": "password"})[0]
        for number in range(51)
    ]
    assert answers == [400] * 50 + [429]


def test_the_owner_is_let_in_on_a_device_that_is_known(auth):
    guess(auth, 60)
    assert guess(auth, 3, ANNS, **DEVICE) == [200] * 3


def test_the_owner_is_let_in_where_a_session_is(auth, monkeypatch):
    """Every session proves as well whose device it is."""
    guess(auth, 60)
    told = Caller("192.0.2.1", ("x.y.z", "device-ann@example.com")).json_dict()
    assert auth.rpc.sign_in(*ANNS.values(), caller=told)["email"] == ANNS["email"]


def test_a_known_device_has_so_many_tries_of_its_own(auth):
    assert guess(auth, 11, **DEVICE) == [400] * 10 + [429]
    assert guess(auth, 1, ANNS) == [200]


def test_the_device_of_somebody_else_is_no_use(auth):
    guess(auth, 10)
    assert guess(auth, 1, ANNS, Cookie="device=device-eve@example.com") == [429]


def test_right_passwords_are_not_counted(auth):
    assert guess(auth, 60, ANNS) == [200] * 60


def test_it_opens_again_one_by_one(auth):
    guess(auth, 11)
    auth.clock.advance(seconds=91)
    assert guess(auth, 2) == [400, 429]


def test_nobody_signs_in_while_nobody_can_count(auth, buckets):
    buckets.away = True
    answer = auth.site.post(SIGN_IN, ANNS)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    with pytest.raises(UnavailableError):
        auth.rpc.sign_in(*ANNS.values())


def test_who_tries_by_rpc_is_counted_as_who_they_tell(auth):
    told = Caller("192.0.2.9").json_dict()
    for _ in range(10):
        assert guess(auth, 1)[0] in {400, 429}
    with pytest.raises(TooManyRequestsError):
        auth.rpc.sign_in(*ANNS.values(), caller=told)


def test_wrong_present_passwords_are_counted(auth, ann):
    """By the account whose session it is."""
    path = "/api/users/password"
    change = {"current": "wrong horse", "password": "battery staple"}
    answers = [auth.site.post(path, change, user=ann["id"]) for _ in range(11)]
    assert [answer.status for answer in answers] == [400] * 10 + [429]


def test_who_signs_out_is_known_on_this_device_from_then_on(auth, ann):
    answer = auth.site.post("/api/users/signout", user=session_of(ann["id"]))
    assert any(
        line.startswith("device=device-")
        for line in answer.headers.getlist("Set-Cookie")
    )


def test_a_session_ends_when_its_user_signs_in_again(auth, ann):
    """And nobody else's does."""
    auth.site.post(SIGN_IN, ANNS, user=session_of(ann["id"], "jti-7"))
    assert [revoked.jti for revoked in auth.sessions.revoked] == ["jti-7"]
    auth.site.post(SIGN_IN, ANNS, user=session_of("0" * 24, "jti-8"))
    assert [revoked.jti for revoked in auth.sessions.revoked] == ["jti-7"]
