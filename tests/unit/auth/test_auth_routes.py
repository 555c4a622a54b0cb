"""The auth service over HTTP, as its contract says."""

import pytest
from unit_doubles import ANN, session_of

ANNS = {"email": "ann@example.com", "password": "correct horse"}
EMAIL = "Email must be valid"
LENGTH = "Password must be between 8 and 128 characters"


@pytest.fixture
def ann(auth):
    return auth.site.post("/api/users/signup", ANNS).json


def test_signing_up_opens_an_account_and_a_session(auth):
    answer = auth.site.post("/api/users/signup", ANNS)
    assert answer.status == 201
    assert set(answer.json) == {"id", "email"}
    assert answer.json["email"] == "ann@example.com"
    assert answer.cookie == f"session=token-{answer.json['id']}"


def test_an_address_is_normalised(auth):
    answer = auth.site.post("/api/users/signup", ANNS | {"email": " Ann@Example.COM"})
    assert answer.json["email"] == "ann@example.com"


def test_an_address_in_use_is_refused(auth, ann):
    answer = auth.site.post("/api/users/signup", ANNS | {"email": "ANN@example.com"})
    assert (answer.status, answer.messages) == (400, ["Email in use"])
    assert answer.cookie is None


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"email": "ann"}, [EMAIL]),
        ({"password": "x" * 7}, [LENGTH]),
        ({"password": "x" * 129}, [LENGTH]),
        ({"password": "correct\0horse"}, [LENGTH]),
        ({"password": "correct \ud800 horse"}, [LENGTH]),
        ({"password": 12345678}, [LENGTH]),
        ({"password": "x" * 1_000_000}, [LENGTH]),
        (
            {"email": {"$gt": ""}, "password": {"$gt": ""}},
            [EMAIL, LENGTH],
        ),
        ({"email": None, "password": None}, [EMAIL, LENGTH]),
    ],
)
def test_what_is_no_account_names_every_wrong_field(auth, changes, messages):
    answer = auth.site.post("/api/users/signup", ANNS | changes)
    assert (answer.status, answer.messages) == (400, messages)
    assert auth.users._states == {}


@pytest.mark.parametrize("password", ["pässwörd", "   8   8", "xy" * 64])
def test_a_password_of_8_to_128_characters_is_taken_as_it_is(auth, password):
    given = ANNS | {"password": password}
    assert auth.site.post("/api/users/signup", given).status == 201
    assert auth.site.post("/api/users/signin", given).status == 200


def test_nobody_chooses_an_id_or_version(auth):
    answer = auth.site.post("/api/users/signup", ANNS | {"id": ANN, "version": 9})
    assert answer.json["id"] != ANN
    assert auth.users.get(answer.json["id"]).version == 0


def test_signing_in_begins_a_session(auth, ann):
    answer = auth.site.post("/api/users/signin", ANNS)
    assert (answer.status, answer.json) == (200, ann)
    assert answer.cookie == f"session=token-{ann['id']}"


@pytest.mark.parametrize("way", ["signin", "signup"])
def test_the_session_that_was_there_ends_whoevers_it_is(auth, ann, way):
    """Its cookie is gone, and a copy of it would be good for a week."""
    other = ANNS | {"email": "bob@example.com"}
    given = ANNS if way == "signin" else other
    bob = auth.site.post("/api/users/signup", other).json if way == "signin" else ann
    auth.site.post(f"/api/users/{way}", given, user=session_of(bob["id"], "jti-9"))
    assert [(r.id, r.jti) for r in auth.sessions.revoked] == [(bob["id"], "jti-9")]


def test_who_enters_without_a_session_ends_none(auth, ann):
    auth.site.post("/api/users/signin", ANNS)
    assert auth.sessions.revoked == []


def test_wrong_credentials_are_refused_in_the_same_words(auth, ann):
    answers = [
        auth.site.post("/api/users/signin", ANNS | wrong)
        for wrong in ({"password": "wrong horse"}, {"email": "bob@example.com"})
    ]
    assert {(answer.status, answer.body) for answer in answers} == {
        (400, b'{"errors":[{"message":"Invalid credentials"}]}')
    }
    assert {answer.cookie for answer in answers} == {None}


def test_signing_in_without_anything_names_both_fields(auth):
    answer = auth.site.post("/api/users/signin", {})
    assert answer.messages == [EMAIL, "You must supply a password"]
    assert answer.fields == {"email", "password"}


def test_signing_out_ends_this_session_and_takes_the_cookie_off(auth, ann):
    answer = auth.site.post("/api/users/signout", user=session_of(ann["id"], "jti-9"))
    assert (answer.status, answer.json, answer.cookie) == (200, {}, "session=gone")
    assert [(r.id, r.jti) for r in auth.sessions.revoked] == [(ann["id"], "jti-9")]
    assert [event.data["jti"] for event in auth.users.events] == ["jti-9"]


def test_who_is_not_signed_in_may_sign_out(auth):
    answer = auth.site.post("/api/users/signout")
    assert (answer.status, answer.json, answer.cookie) == (200, {}, "session=gone")
    assert auth.sessions.revoked == []


def test_who_has_no_account_any_more_may_sign_out(auth):
    assert auth.site.post("/api/users/signout", user=ANN).status == 200


def test_the_current_user_is_who_asks_or_null(auth):
    answer = auth.site.get("/api/users/currentuser", user=ANN)
    assert answer.json == {"currentUser": {"id": ANN, "email": "ann@example.com"}}
    assert auth.site.get("/api/users/currentuser").json == {"currentUser": None}
