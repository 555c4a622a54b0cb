"""Session tokens: only those that this system has signed, for as long as they last."""

import base64
import json
import time

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_doubles import ANN

from ticketing import keyring
from ticketing.keyring import AUDIENCE, ISSUER, LIFETIME, KeyRing

SECRET, OTHER = "s" * 64, "o" * 64
RING = KeyRing.parse(f"k1={SECRET}, k2={OTHER}")


# Far enough from the moment at which these tests are collected.
PAST, FUTURE = 1_000_000_000, 10_000_000_000


def claims(**changes):
    now = time.time()
    whole = {
        "sub": ANN,
        "email": "ann@example.com",
        "iat": now,
        "exp": now + 60,
        "jti": "j",
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return {k: v for k, v in (whole | changes).items() if v is not ...}


def token(secret=SECRET, kid="k1", algorithm="HS256", **changes):
    return jwt.encode(claims(**changes), secret, algorithm, headers={"kid": kid})


def test_what_was_issued_is_verified():
    session = RING.verify(RING.issue(ANN, "ann@example.com"))
    assert (session.user_id, session.email) == (ANN, "ann@example.com")
    assert abs(session.issued_at - time.time()) < 5
    assert session.expires_at == pytest.approx(session.issued_at + LIFETIME, abs=1)


def test_a_token_can_be_issued_as_of_another_time():
    at = time.time() - 60.25
    session = RING.verify(RING.issue(ANN, "ann@example.com", at))
    assert session.issued_at == at
    assert session.expires_at == int(at) + LIFETIME


def test_every_session_has_an_id_of_its_own():
    issued = [RING.issue(ANN, "ann@example.com") for _ in range(2)]
    first, second = (RING.verify(text) for text in issued)
    assert first.jti != second.jti


def test_the_forger_of_these_tests_makes_valid_tokens_when_asked_to():
    assert RING.verify(token()).user_id == ANN


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": OTHER},
        {"kid": "k2"},
        {"kid": "k9"},
        {"kid": ""},
        {"kid": "../../k1"},
        {"algorithm": "HS384"},
        {"algorithm": "HS512"},
        {"exp": PAST},
        {"iat": FUTURE},
        {"aud": "another shop"},
        {"aud": [AUDIENCE + "x"]},
        {"iss": "another issuer"},
        *({name: ...} for name in ("sub", "email", "iat", "exp", "jti", "iss", "aud")),
        {"nbf": FUTURE},
        {"sub": 5},
        {"jti": 5},
        {"exp": "soon"},
        {"iat": "now"},
    ],
    ids=str,
)
def test_a_token_with_one_thing_wrong_is_none(changes):
    assert RING.verify(token(**changes)) is None


def unsigned(header, body, signature=""):
    parts = (json.dumps(part).encode() for part in (header, body))
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, signature])


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None])
def test_an_unsigned_token_is_none(algorithm):
    header = {"alg": algorithm, "typ": "JWT", "kid": "k1"}
    assert RING.verify(unsigned(header, claims())) is None


def test_the_algorithm_is_not_the_tokens_to_choose():
    """With RS256 in the header, a public key must not be taken for a secret."""
    signature = token().rpartition(".")[2]
    header = {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert RING.verify(unsigned(header, claims(), signature)) is None


def test_a_token_without_a_key_id_is_none():
    assert RING.verify(jwt.encode(claims(), SECRET, "HS256")) is None


@pytest.mark.parametrize("kid", [1, None, ["k1"], {"k1": 1}])
def test_a_key_id_of_another_type_is_none(kid):
    header = {"alg": "HS256", "kid": kid}
    assert RING.verify(unsigned(header, claims(), "x")) is None


def test_a_changed_token_is_none():
    head, _, signature = token().split(".")
    _, body, _ = token(sub="eve").split(".")
    assert RING.verify(f"{head}.{body}.{signature}") is None


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_any_other_text_is_none(text):
    assert RING.verify(text) is None


def test_a_deeply_nested_header_is_none():
    deep = b'{"alg":"HS256","kid":"k1","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    head = base64.urlsafe_b64encode(deep).rstrip(b"=").decode()
    assert RING.verify(f"{head}.e30.x") is None


def test_a_new_signing_key_signs_nobody_out():
    before = KeyRing.parse(f"old={SECRET}")
    after = KeyRing.parse(f"new={OTHER},old={SECRET}")
    assert after.verify(before.issue(ANN, "a@b.co"))
    assert jwt.get_unverified_header(after.issue(ANN, "a@b.co"))["kid"] == "new"


def test_a_removed_key_signs_its_people_out():
    issued = KeyRing.parse(f"old={SECRET}").issue(ANN, "a@b.co")
    assert KeyRing.parse(f"new={OTHER}").verify(issued) is None


@pytest.mark.parametrize(
    "text", ["", "k1", "k1=", "=" + SECRET, "k1=short", f"k1={SECRET},k2=short", ","]
)
def test_a_ring_with_a_weak_or_nameless_key_is_refused(text):
    with pytest.raises(ValueError, match="32 characters"):
        KeyRing.parse(text)


def test_a_device_is_that_of_one_account():
    token = RING.issue_device("ann@example.com")
    device = RING.device_of(token, "ann@example.com")
    assert device
    assert RING.device_of(RING.issue_device("ann@example.com"), "ann@example.com")
    assert RING.device_of(token, "bob@example.com") is None
    assert RING.device_of(f"{token}x", "ann@example.com") is None
    assert RING.device_of("", "ann@example.com") is None


def test_a_device_is_no_session_and_a_session_tells_a_device():
    assert RING.verify(RING.issue_device("ann@example.com")) is None
    token = RING.issue(ANN, "ann@example.com")
    device = RING.device_of(token, "ann@example.com")
    assert device == RING.verify(token).jti


def test_keys_for_something_else_come_in_the_order_of_their_keys():
    alone = KeyRing.parse(f"k2={OTHER}")
    assert RING.derive("forms")[1] == alone.derive("forms")[0]
    assert RING.derive("forms") != RING.derive("else")
    assert SECRET.encode() not in RING.derive("forms")


def test_a_token_that_was_checked_before_is_not_checked_again_until_it_expires(
    monkeypatch,
):
    ring = KeyRing.parse(f"k1={SECRET}")
    token = ring.issue(ANN, "ann@example.com")
    session = ring.verify(token)
    checked = []
    monkeypatch.setattr(ring, "_checked", checked.append)
    assert ring.verify(token) is session
    assert checked == []
    late = session.expires_at + keyring.LEEWAY
    monkeypatch.setattr(keyring.time, "time", lambda: late)
    assert ring.verify(token) is None
    assert checked == [token]


def test_no_more_sessions_are_remembered_than_is_said(monkeypatch):
    monkeypatch.setattr(keyring, "MOST_KNOWN", 3)
    ring = KeyRing.parse(f"k1={SECRET}")
    tokens = [ring.issue(ANN, "ann@example.com") for _ in range(5)]
    assert all(ring.verify(token) for token in tokens)
    assert list(ring._known) == tokens[2:]
