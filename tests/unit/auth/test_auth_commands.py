"""Signing up and in: one account an address, one answer to every wrong credential."""

import pytest
from unit_doubles import ANN, NOWHERE

from auth import commands
from auth.fakes import MemoryUsers, QuickHasher
from auth.inputs import SignInInput, SignUpInput
from auth.models import User
from ticketing.errors import BadRequestError, NotFoundError

PASSWORD = "correct horse"


class CountingHasher(QuickHasher):
    def __init__(self):
        self.worked = 0

    def hash(self, password):
        self.worked += 1
        return super().hash(password)

    def matches(self, password_hash, password):
        self.worked += 1
        return super().matches(password_hash, password)


@pytest.fixture
def users():
    return MemoryUsers()


@pytest.fixture
def hasher():
    return CountingHasher()


@pytest.fixture
def ann(users, hasher):
    return commands.sign_up(users, hasher, wish())


def wish(email="ann@example.com", password=PASSWORD):
    return SignUpInput(email=email, password=password)


def sign_in(users, hasher, email="ann@example.com", password=PASSWORD):
    return commands.sign_in(users, hasher, SignInInput(email=email, password=password))


def test_an_account_keeps_a_hash_and_not_the_password(users, ann):
    assert users.get(ann.id).password_hash == f"quick:{PASSWORD}"


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@example.com"])
def test_an_address_has_one_account(users, hasher, ann, email):
    with pytest.raises(BadRequestError, match="Email in use"):
        commands.sign_up(users, hasher, wish(email))
    assert hasher.worked == 1


def test_of_two_who_sign_up_at_once_the_index_lets_one_through(hasher):
    """Both have looked, and found nobody, before either is stored."""

    class Blind(MemoryUsers):
        def find_by_email(self, email):
            return None

    users = Blind()
    commands.sign_up(users, hasher, wish())
    with pytest.raises(BadRequestError, match="Email in use"):
        commands.sign_up(users, hasher, wish())


def test_the_right_credentials_find_their_account(users, hasher, ann):
    assert sign_in(users, hasher).id == ann.id


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"email": "bob@example.com"}], ids=str
)
def test_wrong_credentials_get_one_answer_after_the_same_work(
    users, hasher, ann, wrong
):
    before = hasher.worked
    with pytest.raises(BadRequestError, match="Invalid credentials"):
        sign_in(users, hasher, **wrong)
    assert hasher.worked == before + 1


def test_a_password_of_nobody_matches_nothing(users, hasher):
    """Even when the hasher, wrongly, says that it does."""
    hasher.matches = lambda password_hash, password: True
    with pytest.raises(BadRequestError, match="Invalid credentials"):
        sign_in(users, hasher)


def test_an_outdated_hash_is_renewed_at_the_next_sign_in(users):
    class Older(QuickHasher):
        def matches(self, password_hash, password):
            return password_hash == f"older:{password}"

    users._states[ANN] = User(ANN, "ann@example.com", f"older:{PASSWORD}")
    assert sign_in(users, Older()).password_hash == f"quick:{PASSWORD}"
    assert users.get(ANN).version == 1
    assert sign_in(users, QuickHasher()).version == 1


def test_a_wrong_password_renews_nothing(users, hasher, ann):
    hasher.is_outdated = lambda password_hash: True
    with pytest.raises(BadRequestError):
        sign_in(users, hasher, password="wrong")
    assert users.get(ann.id).version == 0


def test_ending_one_session_tells_which(users, ann):
    revoked = commands.end_session(users, ann.id, "jti-1")
    assert (revoked.jti, revoked.before, revoked.version) == ("jti-1", None, 1)
    assert [event.data["jti"] for event in users.events] == ["jti-1"]


def test_ending_all_sessions_tells_until_when(users, ann, clock):
    revoked = commands.end_all_sessions(users, ann.id, clock())
    assert (revoked.jti, revoked.before) == (None, clock().timestamp())


def test_the_sessions_of_nobody_cannot_be_ended(users, clock):
    with pytest.raises(NotFoundError):
        commands.end_all_sessions(users, NOWHERE, clock())
