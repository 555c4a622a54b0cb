"""Another password: who knows the present one gets it, and all sessions end."""

import subprocess
import sys

import pytest
from unit_doubles import ANN, NO_IDS, NOWHERE, session_of

from auth import commands
from auth.fakes import QuickHasher
from auth.inputs import PasswordInput
from ticketing.errors import (
    BadRequestError,
    ConcurrentUpdateError,
    InvalidInputError,
    NotFoundError,
)
from ticketing.sessions import Revocations

PATH = "/api/users/password"
CREDENTIALS = ("ann@example.com", "correct horse")
CHANGE = {"current": "correct horse", "password": "battery staple"}
LENGTH = "Password must be between 8 and 128 characters"
REFUSED = {"message": "Invalid credentials", "field": "current"}


@pytest.fixture
def ann(auth):
    return auth.rpc.sign_up(*CREDENTIALS)


def test_the_new_password_takes_the_place_of_the_old_one(auth, ann):
    answer = auth.site.post(PATH, CHANGE, user=ann["id"])
    assert (answer.status, answer.json) == (
        200,
        {"id": ann["id"], "email": "ann@example.com"},
    )
    assert answer.cookie == f"session={ann['token']}"
    with pytest.raises(BadRequestError, match="Invalid credentials"):
        auth.rpc.sign_in(*CREDENTIALS)
    assert auth.rpc.sign_in("ann@example.com", "battery staple")["id"] == ann["id"]


def test_every_session_ends_but_the_one_that_begins(auth, ann):
    """Though it begins in the same moment: it is issued a little later."""
    auth.site.post(PATH, CHANGE, user=ann["id"])
    (revoked,) = auth.sessions.revoked
    assert [event.data["before"] for event in auth.users.events] == [revoked.before]
    assert revoked.before == auth.clock().timestamp()
    revocations = Revocations()
    revocations.apply(revoked)
    ended = session_of(ann["id"], issued_at=revoked.before)
    begun = session_of(ann["id"], issued_at=auth.sessions.issued[-1])
    assert (revocations.covers(ended), revocations.covers(begun)) == (True, False)


def test_who_signed_in_with_the_old_password_meanwhile_is_signed_out(auth, ann):
    """A session is as old as the look at the password, not as the end of the work."""

    class Slow(QuickHasher):
        def matches(self, password_hash, password):
            auth.clock.advance(seconds=1)
            return super().matches(password_hash, password)

    auth.rpc.passwords = Slow()
    before = auth.clock().timestamp()
    auth.rpc.sign_in(*CREDENTIALS)
    assert auth.sessions.issued[-1] == before
    auth.rpc.change_password(ann["id"], *CHANGE.values())
    assert auth.sessions.revoked[0].before == before + 2


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"current": "wrong"}, ["Invalid credentials"]),
        ({"current": ""}, ["You must supply a password"]),
        ({"current": "x" * 129}, ["You must supply a password"]),
        ({"password": "x" * 7}, [LENGTH]),
        ({"password": "x" * 129}, [LENGTH]),
        ({"password": "battery\0staple"}, [LENGTH]),
        (
            {"current": {"$gt": ""}, "password": None},
            ["You must supply a password", LENGTH],
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_ends(
    auth, ann, changes, messages
):
    answer = auth.site.post(PATH, CHANGE | changes, user=ann["id"])
    assert (answer.status, answer.messages) == (400, messages)
    assert answer.fields == set(changes)
    assert answer.cookie is None
    assert auth.sessions.revoked == []
    assert auth.rpc.sign_in(*CREDENTIALS)


def test_a_wrong_password_costs_the_work_of_comparing(auth, ann):
    compared = []

    class Counting(QuickHasher):
        def matches(self, password_hash, password):
            compared.append(password)
            return super().matches(password_hash, password)

    given = PasswordInput(current="wrong", password="battery staple")
    with pytest.raises(InvalidInputError) as refused:
        commands.change_password(auth.users, Counting(), ann["id"], given, auth.clock)
    assert refused.value.errors == [REFUSED]
    assert compared == ["wrong"]


def test_of_two_changes_at_once_one_is_made(auth, ann):
    """The other one was let in by a password that is no more."""

    class Interrupted(QuickHasher):
        def hash(self, password):
            auth.rpc.passwords = QuickHasher()
            auth.rpc.change_password(ann["id"], "correct horse", "faster horse")
            return super().hash(password)

    auth.rpc.passwords = Interrupted()
    with pytest.raises(ConcurrentUpdateError):
        auth.rpc.change_password(ann["id"], *CHANGE.values())
    assert auth.rpc.sign_in("ann@example.com", "faster horse")
    assert len(auth.sessions.revoked) == 1


def test_other_services_get_a_token(auth, ann):
    assert auth.rpc.change_password(ann["id"], *CHANGE.values()) == ann
    for user_id in [*NO_IDS, NOWHERE]:
        with pytest.raises(NotFoundError):
            auth.rpc.change_password(user_id, *CHANGE.values())


def test_signing_out_everywhere_ends_all_sessions_and_takes_the_cookie_off(auth, ann):
    answer = auth.site.post("/api/users/signout/everywhere", user=ann["id"])
    assert (answer.status, answer.json, answer.cookie) == (200, {}, "session=gone")
    assert [revoked.before for revoked in auth.sessions.revoked] == [
        auth.clock().timestamp()
    ]


def test_who_has_no_account_any_more_may_sign_out_everywhere(auth):
    answer = auth.site.post("/api/users/signout/everywhere", user=ANN)
    assert (answer.status, answer.cookie) == (200, "session=gone")
    assert auth.sessions.revoked == []


MANY_HASHES = """
import resource
from pathlib import Path
from auth.passwords import Argon2Hasher, Passwords

def size():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

Passwords().setup()
Argon2Hasher().hash("correct horse")
before = size()
for _ in range(25):
    Argon2Hasher().hash("correct horse")
print(size() - before)
"""


def test_what_a_hash_needs_is_given_back():
    """25 hashes go through all of eventlet's twenty threads, with 19 MiB each."""
    command = [sys.executable, "-W", "ignore", "-c", MANY_HASHES]
    grown = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert int(grown) < 4 * 19 * 2**20
