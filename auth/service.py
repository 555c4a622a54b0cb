"""The auth service: accounts and sessions, over HTTP and RPC."""

from typing import Any

from werkzeug.wrappers import Response

from auth import commands
from auth.inputs import SignInInput, SignUpInput, UsersInput
from auth.models import User
from auth.passwords import Passwords
from auth.repository import UserDatabase, Users
from ticketing import service
from ticketing.errors import NotFoundError
from ticketing.http import Request, json_response, route
from ticketing.http.request import validate
from ticketing.ids import checked_id
from ticketing.rpc import rpc
from ticketing.sessions import SessionCookie, SessionIssuer


class AuthService(service.Service):
    name = "auth"

    users: Users = UserDatabase()
    passwords = Passwords()
    sessions = SessionIssuer()
    cookie = SessionCookie()

    @route("POST", "/api/users/signup", body=SignUpInput)
    def post_signup(self, request: Request) -> Response:
        user = commands.sign_up(self.users, self.passwords, request.input)
        return self._signed_in(user, 201)

    @route("POST", "/api/users/signin", body=SignInInput)
    def post_signin(self, request: Request) -> Response:
        user = commands.sign_in(self.users, self.passwords, request.input)
        return self._signed_in(user, 200)

    @route("POST", "/api/users/signout")
    def post_signout(self, request: Request) -> Response:
        if request.user:
            self._end_session(request.user.user_id, request.user.jti)
        return self.cookie.remove(json_response({}))

    @route("GET", "/api/users/currentuser")
    def get_current_user(self, request: Request) -> dict[str, Any]:
        user = request.user
        known = {"id": user.user_id, "email": user.email} if user else None
        return {"currentUser": known}

    @rpc
    def sign_up(self, email: str, password: str) -> dict[str, str]:
        """Open an account; returns ``{id, email, token}``."""
        wanted = validate(SignUpInput, {"email": email, "password": password})
        return self._with_token(commands.sign_up(self.users, self.passwords, wanted))

    @rpc
    def sign_in(self, email: str, password: str) -> dict[str, str]:
        """Check credentials; returns ``{id, email, token}``."""
        given = validate(SignInInput, {"email": email, "password": password})
        return self._with_token(commands.sign_in(self.users, self.passwords, given))

    @rpc
    def sign_out(self, user_id: str, jti: str) -> None:
        """End one session of a user."""
        self._end_session(user_id, jti)

    @rpc
    def get_user(self, id: str) -> dict[str, str]:  # noqa: A002 - the contract's name
        """Return ``{id, email}``. Raises NotFoundError."""
        return dict(self.users.get(checked_id(id)).json_dict())

    @rpc
    def get_users(self, ids: list[str]) -> list[dict[str, str]]:
        """Return ``{id, email}`` of those of at most 1000 accounts that are there.

        Raises InvalidInputError.
        """
        wanted = validate(UsersInput, {"ids": ids})
        return [user.json_dict() for user in self.users.of_ids(wanted.ids)]

    @rpc
    def find_user(self, email: str) -> dict[str, str] | None:
        """Return ``{id, email}`` of the account with this address, or None."""
        user = self.users.find_by_email(email.strip().lower())
        return user.json_dict() if user else None

    @rpc
    def revoke_sessions(self, user_id: str) -> None:
        """Sign a user out everywhere. Raises NotFoundError."""
        now = self.clock()
        revoked = commands.end_all_sessions(self.users, checked_id(user_id), now)
        self.sessions.revoke_here(revoked)

    def _end_session(self, user_id: str, jti: str) -> None:
        try:
            revoked = commands.end_session(self.users, checked_id(user_id), jti)
        except NotFoundError:
            return  # the account is gone, and its sessions with it
        self.sessions.revoke_here(revoked)

    def _with_token(self, user: User) -> dict[str, str]:
        token = self.sessions.issue(user.id, user.email)
        return {**user.json_dict(), "token": token}

    def _signed_in(self, user: User, status: int) -> Response:
        token = self.sessions.issue(user.id, user.email)
        return self.cookie.put(json_response(user.json_dict(), status), token)
