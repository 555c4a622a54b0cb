"""The auth service: accounts and sessions, over HTTP and RPC."""

from contextlib import suppress
from typing import Any

from werkzeug.wrappers import Response

from auth import commands, tries
from auth.inputs import PasswordInput, SignInInput, SignUpInput, UsersInput
from auth.models import User
from auth.passwords import PasswordRules, Passwords
from auth.repository import UserDatabase, Users
from auth.shapes import Account, CurrentUser
from ticketing import service
from ticketing.callers import Caller
from ticketing.errors import NotFoundError
from ticketing.http import Request, json_response, route
from ticketing.http.openapi import Nothing
from ticketing.http.request import validate
from ticketing.ids import checked_id, named
from ticketing.limits import SIGNING_UP, Limiter, Limits
from ticketing.rpc import rpc
from ticketing.sessions import SessionCookie, SessionIssuer

# A session that begins as all others end is issued so much later, in seconds.
AFTERWARDS = 0.001


class AuthService(service.Service):
    name = "auth"

    users: Users = UserDatabase()
    passwords = Passwords()
    rules = PasswordRules()
    sessions = SessionIssuer()
    cookie = SessionCookie()
    limiter: Limiter = Limits()

    @route(
        "POST",
        "/api/users/signup",
        body=SignUpInput,
        status=201,
        gives=Account,
        guard=SIGNING_UP,
    )
    def post_signup(self, request: Request) -> Response:
        user = self._sign_up(request.input)
        self._end_former(request)
        return self._signed_in(user, self._token(user), 201)

    @route("POST", "/api/users/signin", body=SignInInput, gives=Account)
    def post_signin(self, request: Request) -> Response:
        user, token = self._sign_in(request.input, Caller.of(request))
        self._end_former(request)
        return self._signed_in(user, token, 200)

    @route("POST", "/api/users/signout", gives=Nothing)
    def post_signout(self, request: Request) -> Response:
        self._end_former(request)
        return self.cookie.remove(json_response({}), request.user)

    @route("POST", "/api/users/signout/everywhere", session=True, gives=Nothing)
    def post_signout_everywhere(self, request: Request) -> Response:
        with suppress(NotFoundError):  # the account is gone, and its sessions with it
            self._end_all_sessions(request.session.user_id)
        return self.cookie.remove(json_response({}), request.user)

    @route(
        "POST",
        "/api/users/password",
        body=PasswordInput,
        session=True,
        gives=Account,
    )
    def post_password(self, request: Request) -> Response:
        user_id = request.session.user_id
        return self._signed_in(*self._change_password(user_id, request.input), 200)

    @route("GET", "/api/users/currentuser", gives=CurrentUser)
    def get_current_user(self, request: Request) -> dict[str, Any]:
        user = request.user
        known = {"id": user.user_id, "email": user.email} if user else None
        return {"currentUser": known}

    @rpc
    def sign_up(self, email: str, password: str) -> dict[str, str]:
        """Open an account; returns ``{id, email, token}``."""
        wanted = validate(SignUpInput, {"email": email, "password": password})
        user = self._sign_up(wanted)
        return _with_token(user, self._token(user))

    @rpc
    def sign_in(
        self, email: str, password: str, caller: dict[str, Any] | None = None
    ) -> dict[str, str]:
        """Check credentials; returns ``{id, email, token}``.

        ``caller`` is a ``ticketing.callers.Caller``. Raises BadRequestError,
        TooManyRequestsError.
        """
        given = validate(SignInInput, {"email": email, "password": password})
        return _with_token(*self._sign_in(given, Caller.parse(caller)))

    @rpc
    def change_password(self, user_id: str, current: str, new: str) -> dict[str, str]:
        """Change a password and end all sessions; returns ``{id, email, token}``.

        The token begins a new session. Raises InvalidInputError, whose fields are
        ``current`` and ``password``, and NotFoundError.
        """
        given = validate(PasswordInput, {"current": current, "password": new})
        return _with_token(*self._change_password(checked_id(user_id), given))

    @rpc
    def sign_out(self, user_id: str, jti: str) -> None:
        """End one session of a user. Raises NotFoundError on what can name none."""
        self._end_session(user_id, named(jti))

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
        user = self.users.find_by_email(named(email).strip().lower())
        return user.json_dict() if user else None

    @rpc
    def revoke_sessions(self, user_id: str) -> None:
        """Sign a user out everywhere. Raises NotFoundError."""
        self._end_all_sessions(checked_id(user_id))

    def _sign_up(self, wanted: SignUpInput) -> User:
        self.rules.check(wanted.password, wanted.email)
        return commands.sign_up(self.users, self.passwords, wanted)

    def _sign_in(self, given: SignInInput, caller: Caller) -> tuple[User, str]:
        """Return who it is, and a token as old as the look at the password.

        So it ends with the others when the password is changed meanwhile.
        """
        began = self.clock().timestamp()
        counted = tries.buckets_of(self.limiter, self.sessions, given.email, caller)
        with self.limiter.failures(counted):
            user = commands.sign_in(self.users, self.passwords, given)
        return user, self._token(user, began)

    def _change_password(self, user_id: str, given: PasswordInput) -> tuple[User, str]:
        self.rules.check(given.password, self.users.get(user_id).email)
        with self.limiter.failures([self.limiter.bucket("LIMIT_PASSWORD", user_id)]):
            user, revoked = commands.change_password(
                self.users, self.passwords, user_id, given, self.clock
            )
        self.sessions.revoke_here(revoked)
        assert revoked.before is not None
        return user, self._token(user, revoked.before + AFTERWARDS)

    def _end_all_sessions(self, user_id: str) -> None:
        revoked = commands.end_all_sessions(self.users, user_id, self.clock())
        self.sessions.revoke_here(revoked)

    def _end_former(self, request: Request) -> None:
        """End the session that the cookie held until now, whoever's it is."""
        if request.user:
            self._end_session(request.user.user_id, request.user.jti)

    def _end_session(self, user_id: str, jti: str) -> None:
        with suppress(NotFoundError):  # as above
            revoked = commands.end_session(self.users, checked_id(user_id), jti)
            self.sessions.revoke_here(revoked)

    def _token(self, user: User, at: float | None = None) -> str:
        return self.sessions.issue(user.id, user.email, at)

    def _signed_in(self, user: User, token: str, status: int) -> Response:
        return self.cookie.put(json_response(user.json_dict(), status), token)


def _with_token(user: User, token: str) -> dict[str, str]:
    return {**user.json_dict(), "token": token}
