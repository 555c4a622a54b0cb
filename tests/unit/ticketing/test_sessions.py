"""Who asks: the cookie, and sessions that ended before their time."""

import pytest
from unit_doubles import ANN, BOB, session_of
from werkzeug.wrappers import Response

from ticketing import sessions
from ticketing.callers import Caller
from ticketing.contract import SessionRevoked
from ticketing.errors import UnavailableError
from ticketing.feed import Feed
from ticketing.keyring import KeyRing
from ticketing.sessions import Revocations, SessionCookie, SessionIssuer, Sessions


def revoked(user_id=ANN, version=1, **what):
    return SessionRevoked(id=user_id, version=version, **what)


@pytest.fixture
def revocations():
    return Revocations()


def test_nothing_is_revoked_at_first(revocations):
    assert not revocations.covers(session_of(ANN))


def test_one_session_ends_and_the_others_go_on(revocations):
    revocations.apply(revoked(jti="jti-1"))
    assert revocations.covers(session_of(ANN, "jti-1"))
    assert not revocations.covers(session_of(ANN, "jti-2"))


def test_all_sessions_until_a_moment_end_and_later_ones_go_on(revocations):
    revocations.apply(revoked(before=100.5))
    assert revocations.covers(session_of(ANN, issued_at=100.4))
    assert revocations.covers(session_of(ANN, issued_at=100.5))
    assert not revocations.covers(session_of(ANN, issued_at=100.6))
    assert not revocations.covers(session_of(BOB, issued_at=1))


def test_an_older_revocation_that_comes_late_revives_nobody(revocations):
    revocations.apply(revoked(before=100.0, version=2))
    revocations.apply(revoked(before=50.0, version=1))
    assert revocations.covers(session_of(ANN, issued_at=75))


def test_a_revocation_may_come_twice(revocations):
    for _ in range(2):
        revocations.apply(revoked(jti="jti-1"))
    assert revocations.covers(session_of(ANN, "jti-1"))


def test_what_no_token_can_contradict_any_more_is_forgotten():
    """Who signs in and out again and again does not fill the memory for ever."""
    now = [0.0]
    revocations = Revocations(lambda: now[0])
    revocations.apply(revoked(jti="jti-1"))
    revocations.apply(revoked(before=100.0))
    now[0] = sessions.LIFETIME + 1.0
    revocations.apply(revoked(BOB, before=100.0))
    assert revocations.covers(session_of(ANN, "jti-1", issued_at=200))
    revocations.apply(revoked(before=150.0))
    now[0] = sessions.KEPT + 1.0
    revocations.apply(revoked(BOB, jti="jti-2"))
    assert not revocations.covers(session_of(ANN, "jti-1", issued_at=200))
    assert revocations.covers(session_of(ANN, issued_at=150))
    assert revocations.covers(session_of(BOB, issued_at=100))
    now[0] *= 3
    revocations.apply(revoked(BOB, jti="jti-3"))
    assert len(revocations) == 1


class Container:
    service_name = "auth"

    def __init__(self, **config):
        self.config = config
        self.shared_extensions = {}


def cookie(*, secure):
    container = Container(SESSION_COOKIE_SECURE=secure)
    bound = SessionCookie().bind(container, "cookie")
    bound.setup()
    return bound.get_dependency(None)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites():
    header = cookie(secure=True).put(Response(), "token").headers["Set-Cookie"]
    parts = set(header.split("; "))
    assert {"session=token", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_the_cookie_is_secure_unless_the_config_says_otherwise():
    for secure, expected in ((None, True), (True, True), (False, False)):
        header = cookie(secure=secure).put(Response(), "t").headers["Set-Cookie"]
        assert ("Secure" in header.split("; ")) is expected


def test_the_cookie_is_taken_off_with_the_attributes_it_was_put_on_with():
    header = cookie(secure=True).remove(Response()).headers["Set-Cookie"]
    assert header.startswith("session=;")
    assert {"Max-Age=0", "Secure", "HttpOnly", "Path=/"} <= set(header.split("; "))


def test_who_signs_out_leaves_no_pages_in_the_browser():
    """The button Back would show them to whoever comes next."""
    answer = cookie(secure=True).remove(Response())
    assert answer.headers["Clear-Site-Data"] == '"cache"'


class Request:
    def __init__(self, token=None):
        self.cookies = {} if token is None else {"session": token}


@pytest.fixture
def guard(monkeypatch):
    """Sessions on a bus that no test here needs, which has told all there was."""
    monkeypatch.setattr(sessions, "_shared", {})
    monkeypatch.setattr(sessions, "PATIENCE", 0)
    monkeypatch.setattr(Feed, "wait_for_past", lambda _self, _seconds: True)
    keys = f"k1={'s' * 32}"
    container = Container(JWT_KEYS=keys, NATS_URL="nats://127.0.0.1:1")
    bound = Sessions().bind(container)
    bound.setup()
    bound.kept = container  # which extensions refer to weakly
    return bound


def test_a_request_with_a_valid_cookie_has_a_session(guard):
    token = guard.keys.issue(ANN, "ann@example.com")
    assert guard.of(Request(token)).user_id == ANN


@pytest.mark.parametrize("token", [None, "", "junk", "a.b.c"])
def test_a_request_without_one_has_none(guard, token):
    assert guard.of(Request(token)) is None


def test_nobody_is_let_in_while_nobody_knows_who_signed_out(guard, monkeypatch):
    """Who has no session, or none of ours, has nothing to wait for."""
    monkeypatch.undo()
    token = guard.keys.issue(ANN, "ann@example.com")
    monkeypatch.setattr(sessions, "PATIENCE", 0)
    with pytest.raises(UnavailableError):
        guard.of(Request(token))
    assert guard.of(Request()) is None
    assert guard.of(Request("a.b.c")) is None


def test_a_token_of_another_system_is_none(guard):
    token = KeyRing.parse(f"k1={'o' * 32}").issue(ANN, "ann@example.com")
    assert guard.of(Request(token)) is None


def test_a_revoked_session_is_none_at_once(guard):
    token = guard.keys.issue(ANN, "ann@example.com")
    guard.revoke_here(revoked(jti=guard.of(Request(token)).jti))
    assert guard.of(Request(token)) is None


def test_who_issues_a_token_can_read_it(guard):
    issuer = SessionIssuer()
    issuer.sessions = guard
    token = issuer.issue(ANN, "ann@example.com")
    assert issuer.read(token).email == "ann@example.com"
    issuer.revoke_here(revoked(before=1e12))
    assert guard.of(Request(token)) is None


def test_services_share_what_they_know_until_the_last_one_stops(guard):
    guard.start()
    container = Container(**guard.container.config)
    other = Sessions().bind(container)
    other.setup()
    other.start()
    assert other.keys is guard.keys  # a session that one has checked is known to all
    token = guard.keys.issue(ANN, "ann@example.com")
    other.revoke_here(revoked(before=1e12))
    assert guard.of(Request(token)) is None
    guard.stop()
    assert other.of(Request(token)) is None
    other.stop()
    assert sessions._shared == {}


def test_who_signs_out_leaves_a_device_that_is_known(guard):
    """Under a cookie of its own, as well guarded, that is no session."""
    bound = cookie(secure=True)
    bound.sessions = guard
    answer = bound.remove(Response(), session_of(ANN))
    gone, known = answer.headers.getlist("Set-Cookie")
    assert gone.startswith("session=;")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(known.split("; "))
    token = known.partition(";")[0].removeprefix("device=")
    assert guard.keys.device_of(token, "ann@example.com")
    assert guard.of(Request(token)) is None
    caller = Caller.of(Asking({"device": token, "session": ""}))
    assert caller == Caller("192.0.2.1", (token,))
    assert Caller.parse(caller.json_dict()) == caller
    assert Caller.parse(None) == Caller()


class Asking:
    remote_addr = "192.0.2.1"

    def __init__(self, cookies):
        self.cookies = cookies


def test_who_listens_is_told_whose_sessions_have_ended(guard):
    """Whether it is heard of here or on the bus, and after it is in force."""
    told = []
    session = session_of(ANN, "jti-1")
    guard.listeners.append(lambda user: told.append((user, guard.has_ended(session))))
    guard.revoke_here(revoked(jti="jti-1"))
    guard.revoke_here(revoked(BOB, before=1.0))
    assert told == [(ANN, True), (BOB, True)]
