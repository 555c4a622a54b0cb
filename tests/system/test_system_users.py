"""Accounts and sessions over HTTP."""

from http.cookies import SimpleCookie

import jwt
import pytest
from system_people import PASSWORD, new_email

SIGN_UP, SIGN_IN = "/api/users/signup", "/api/users/signin"
SIGN_OUT, CURRENT = "/api/users/signout", "/api/users/currentuser"


def cookie_of(response):
    return SimpleCookie(response.headers["Set-Cookie"])["session"]


def test_sign_up_opens_an_account_and_a_session(anonymous):
    """201 with id and e-mail; the cookie says from then on who asks."""
    credentials = {"email": f"  {new_email().upper()} ", "password": PASSWORD}
    response = anonymous.post(SIGN_UP, json=credentials)
    user = response.json()
    assert response.status_code == 201
    assert user == {"id": user["id"], "email": credentials["email"].strip().lower()}
    assert anonymous.get(CURRENT).json() == {"currentUser": user}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(anonymous):
    """HttpOnly, SameSite=Lax, for the whole site; not Secure in development only."""
    credentials = {"email": new_email(), "password": PASSWORD}
    cookie = cookie_of(anonymous.post(SIGN_UP, json=credentials))
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
    assert not cookie["secure"]


def test_the_token_names_its_key_its_user_and_its_end(system, anonymous):
    """The claims of the contract, signed with the pinned algorithm."""
    credentials = {"email": new_email(), "password": PASSWORD}
    response = anonymous.post(SIGN_UP, json=credentials)
    token = cookie_of(response).value
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (header["alg"], header["kid"]) == ("HS256", "first")
    assert set(claims) == {"sub", "email", "iat", "exp", "jti", "iss", "aud"}
    assert (claims["sub"], claims["email"]) == tuple(response.json().values())


def test_an_address_has_one_account_however_it_is_written(member, anonymous):
    """400 for the second."""
    again = {"email": member.email.upper(), "password": PASSWORD}
    response = anonymous.post(SIGN_UP, json=again)
    assert response.status_code == 400
    assert response.json() == {"errors": [{"message": "Email in use"}]}
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "nobody", "password": "short"}, {"email", "password"}),
        ({"email": {"$gt": ""}, "password": {"$gt": ""}}, {"email", "password"}),
        ({"email": "a@b.com", "password": "x" * 129}, {"password"}),
        ({"email": "a@b.com", "password": "pass\0word"}, {"password"}),
        ({"email": "a@b.com", "password": 12345678}, {"password"}),
        ({"email": f"{'a' * 250}@b.com", "password": PASSWORD}, {"email"}),
        ({"email": "a@localhost", "password": PASSWORD}, {"email"}),
        ({"email": None, "password": PASSWORD}, {"email"}),
    ],
)
def test_sign_up_names_every_wrong_field(anonymous, body, fields):
    """400, all of them at once, and nobody is signed in."""
    response = anonymous.post(SIGN_UP, json=body)
    assert response.status_code == 400, response.text
    assert {error["field"] for error in response.json()["errors"]} == fields
    assert anonymous.get(CURRENT).json() == {"currentUser": None}


def test_sign_in_opens_another_session(member, anonymous):
    """200 with id and e-mail, and a cookie that works."""
    credentials = {"email": f" {member.email.upper()}", "password": PASSWORD}
    response = anonymous.post(SIGN_IN, json=credentials)
    assert response.status_code == 200
    assert response.json() == {"id": member.id, "email": member.email}
    assert anonymous.get(CURRENT).json() == {"currentUser": response.json()}


def test_sign_in_does_not_tell_who_has_an_account(member, anonymous):
    """An unknown address and a wrong password get the same answer."""
    wrong = {"email": member.email, "password": "not the password"}
    unknown = wrong | {"email": new_email()}
    answers = [anonymous.post(SIGN_IN, json=body) for body in (wrong, unknown)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == {"errors": [{"message": "Invalid credentials"}]}
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("body", [{}, {"email": "x", "password": ""}])
def test_sign_in_names_every_wrong_field(anonymous, body):
    """400, both of them at once."""
    response = anonymous.post(SIGN_IN, json=body)
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {
        "email",
        "password",
    }


def test_sign_out_ends_the_session_not_only_the_cookie(member):
    """A copy of the cookie is worth nothing afterwards; doing it again is fine."""
    token = member.token
    response = member.http.post(SIGN_OUT)
    assert (response.status_code, response.json()) == (200, {})
    assert cookie_of(response).value == ""
    assert cookie_of(response)["max-age"] == "0"
    assert "session" not in member.http.cookies
    kept = {"Cookie": f"session={token}"}
    current = member.http.get(CURRENT, headers=kept)
    assert current.json() == {"currentUser": None}
    assert member.http.post(SIGN_OUT, headers=kept).status_code == 200


def test_other_sessions_survive_a_sign_out(member, anonymous):
    """One signs out here, not everywhere."""
    credentials = {"email": member.email, "password": PASSWORD}
    anonymous.post(SIGN_IN, json=credentials)
    member.http.post(SIGN_OUT)
    assert anonymous.get(CURRENT).json()["currentUser"]["id"] == member.id


def test_nobody_is_signed_in_without_a_cookie(anonymous):
    """200 with null; a sign-out is no error either."""
    response = anonymous.get(CURRENT)
    assert (response.status_code, response.json()) == (200, {"currentUser": None})
    assert anonymous.post(SIGN_OUT).json() == {}
