"""New passwords that are tried first by who guesses; and one form of each password."""

import pytest
from unit_doubles import ANN

from auth.fakes import QuickHasher
from auth.guessable import is_guessable
from auth.models import User
from auth.passwords import PasswordRules
from ticketing.errors import BadRequestError, InvalidInputError

EMAIL = "ann.smith@example.com"
TOO_EASY = "This password is too easy to guess; take another one"
GUESSABLE = [
    "password",
    "PASSWORD",
    "12345678",
    "qwertyuiop",
    "iloveyou",
    "aaaaaaaa",
    "abcdefgh",
    "98765432",
    "ticketing",
    "Ticketing2026!",
    "ann.smith@example.com",
    "Ann.Smith",
    "ann.smith1",
    "example.com",
]


@pytest.mark.parametrize("password", GUESSABLE)
def test_what_is_tried_first_is_refused(password):
    assert is_guessable(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    ["correct horse", "aaaaaaab", "abcdefgi", "bob.smith", "a" * 21, "пароль и ещё"],
)
def test_what_is_not_is_taken(password):
    assert not is_guessable(password, EMAIL)


def test_such_a_password_opens_no_account(auth):
    account = {"email": EMAIL, "password": "password"}
    answer = auth.site.post("/api/users/signup", account)
    assert (answer.status, answer.messages) == (400, [TOO_EASY])
    assert answer.fields == {"password"}
    assert auth.users._states == {}
    with pytest.raises(InvalidInputError, match=TOO_EASY):
        auth.rpc.sign_up(EMAIL, "Password")


def test_nobody_changes_to_such_a_password(auth):
    ann = auth.rpc.sign_up(EMAIL, "correct horse")
    change = {"current": "correct horse", "password": "Ann.Smith1"}
    answer = auth.site.post("/api/users/password", change, user=ann["id"])
    assert (answer.status, answer.messages) == (400, [TOO_EASY])


def test_who_has_such_a_password_may_sign_in(auth):
    """It was taken when nobody looked."""
    auth.users._states[ANN] = User(ANN, EMAIL, "quick:password")
    assert auth.rpc.sign_in(EMAIL, "password")["id"] == ANN


def test_the_rules_can_be_turned_off(auth):
    rules = PasswordRules()
    rules.container = auth.rpc.rules.container
    rules.container.config["PASSWORD_BLOCKLIST"] = "off"
    rules.setup()
    rules.check("password", EMAIL)
    rules.container.config["PASSWORD_BLOCKLIST"] = "maybe"
    with pytest.raises(SystemExit, match="PASSWORD_BLOCKLIST"):
        rules.setup()


COMPOSED, APART, WIDE = "caf\u00e9 horse", "cafe\u0301 horse", "\uff43af\u00e9 horse"


@pytest.mark.parametrize("typed", [COMPOSED, APART, WIDE])
@pytest.mark.parametrize("chosen", [COMPOSED, APART, WIDE])
def test_a_password_is_the_same_on_every_device(auth, chosen, typed):
    auth.rpc.sign_up(EMAIL, chosen)
    user = auth.rpc.sign_in(EMAIL, typed)
    assert auth.users.get(user["id"]).password_hash == f"quick:{COMPOSED}"
    assert auth.rpc.change_password(user["id"], typed, "battery staple")


def test_an_older_hash_is_of_what_was_typed_and_is_renewed(auth):
    auth.users._states[ANN] = User(ANN, EMAIL, f"quick:{APART}")
    with pytest.raises(BadRequestError, match="Invalid credentials"):
        auth.rpc.sign_in(EMAIL, COMPOSED)
    auth.rpc.sign_in(EMAIL, APART)
    assert auth.rpc.sign_in(EMAIL, COMPOSED)
    assert auth.users.get(ANN).password_hash == f"quick:{COMPOSED}"


def test_a_known_and_an_unknown_address_are_the_same_work_in_any_form(auth):
    work = []

    class Counting(QuickHasher):
        def matches(self, password_hash, password):
            work.append(password)
            return super().matches(password_hash, password)

    auth.rpc.sign_up(EMAIL, "correct horse")
    auth.rpc.passwords = Counting()
    for email in (EMAIL, "nobody@example.com"):
        with pytest.raises(BadRequestError):
            auth.rpc.sign_in(email, APART)
    assert work == [COMPOSED, APART] * 2


@pytest.mark.parametrize("password", ["\ufdfa", "\u1112\u1161\u11ab" * 7])
def test_its_length_is_that_of_its_one_form(auth, password):
    """Eighteen letters in one, and seven written as twenty-one."""
    account = {"email": EMAIL, "password": password}
    status = auth.site.post("/api/users/signup", account).status
    assert status == (201 if len(password) == 1 else 400)
