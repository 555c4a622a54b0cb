"""The auth service on its doubles."""

from types import SimpleNamespace

import pytest
from unit_doubles import Clock, Site, limiter, worker
from werkzeug.wrappers import Response

from auth.fakes import MemoryUsers, QuickHasher
from auth.passwords import PasswordRules
from auth.service import AuthService


class Sessions:
    """Tokens that say whose they are; remembers what was revoked."""

    def __init__(self):
        self.revoked, self.issued = [], []

    def issue(self, user_id, email, at=None):
        self.issued.append(at)
        return f"token-{user_id}"

    def revoke_here(self, revoked):
        self.revoked.append(revoked)

    def device_of(self, token, email):
        return token if token == f"device-{email}" else None


class Cookie:
    def put(self, response: Response, token):
        response.headers["Set-Cookie"] = f"session={token}"
        return response

    def remove(self, response: Response, user=None):
        response.headers["Set-Cookie"] = "session=gone"
        return self.remember(response, user.email) if user else response

    def remember(self, response: Response, email):
        response.headers.add("Set-Cookie", f"device=device-{email}")
        return response


def rules(**config):
    made = PasswordRules()
    made.container = SimpleNamespace(config=config)
    made.setup()
    return made


@pytest.fixture
def auth():
    """``auth.site`` over HTTP, ``auth.rpc`` as other services see it."""
    made = SimpleNamespace(users=MemoryUsers(), sessions=Sessions(), clock=Clock())
    made.rpc = worker(
        AuthService,
        users=made.users,
        passwords=QuickHasher(),
        sessions=made.sessions,
        cookie=Cookie(),
        limiter=limiter(),
        rules=rules(),
        clock=made.clock,
    )
    made.site = Site(made.rpc)
    return made
