"""Who asks: the session cookie, its signature, and whether it was revoked.

Revocations are events. Every process reads them all and keeps those that a token
could still contradict, so the check costs no round trip.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider, SharedExtension
from werkzeug.wrappers import Response

from ticketing.config import flag, setting
from ticketing.contract import SessionRevoked
from ticketing.errors import UnavailableError
from ticketing.feed import Feed
from ticketing.keyring import DEVICE_LIFETIME, LIFETIME, KeyRing, Session
from ticketing.nats import Nats, NatsConnection

COOKIE = "session"
DEVICE_COOKIE = "device"
# Seconds to wait for the past when a process has just begun.
PATIENCE = 1.4
# Seconds for which an ended session is remembered: longer than any token lasts.
KEPT = LIFETIME + 3600

__all__ = ["COOKIE", "DEVICE_COOKIE", "Revocations", "Session", "Sessions"]


class Revocations:
    """The sessions that have ended before their time, until that has come as well."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._ended: dict[str, float] = {}
        self._valid_after: dict[str, float] = {}
        # When each was heard of, and the last time for a user, oldest first.
        self._heard: dict[str, float] = {}
        self._now = now
        # Told of each user some of whose sessions have ended.
        self.listeners: list[Callable[[str], None]] = []

    def __len__(self) -> int:
        return len(self._ended) + len(self._valid_after)

    def apply(self, revoked: SessionRevoked) -> None:
        now = self._now()
        if revoked.jti:
            self._ended.pop(revoked.jti, None)
            self._ended[revoked.jti] = now
        if revoked.before is not None:
            known = self._valid_after.get(revoked.id, 0.0)
            self._valid_after[revoked.id] = max(known, revoked.before)
            self._heard.pop(revoked.id, None)
            self._heard[revoked.id] = now
        self._forget(now - KEPT)
        for listen in self.listeners:
            listen(revoked.id)

    def _forget(self, before: float) -> None:
        """Forget what no token contradicts any more: all of them have expired."""
        for jti in _first_until(self._ended, before):
            del self._ended[jti]
        for user_id in _first_until(self._heard, before):
            del self._heard[user_id], self._valid_after[user_id]

    def covers(self, session: Session) -> bool:
        valid_after = self._valid_after.get(session.user_id, 0.0)
        return session.jti in self._ended or session.issued_at <= valid_after


def _first_until(heard: dict[str, float], before: float) -> list[str]:
    """Return the keys of what was heard before a moment; the oldest stand first."""
    return [key for key, _ in takewhile(lambda each: each[1] < before, heard.items())]


class _SharedRevocations:
    """The process's one copy, fed as long as a container uses it."""

    def __init__(self, connection: NatsConnection) -> None:
        self.revocations = Revocations()
        since = timedelta(seconds=LIFETIME)
        self._feed = Feed(connection, [SessionRevoked], self.revocations.apply, since)
        self._users = 0

    def acquire(self) -> None:
        self._users += 1
        if self._users == 1:
            self._thread = eventlet.spawn(self._feed.run)

    def know_the_past(self) -> None:
        """Wait for who signed out before this process began.

        Raises UnavailableError while the bus does not tell.
        """
        if not self._feed.wait_for_past(PATIENCE):
            raise UnavailableError

    def release(self) -> int:
        """Count one user less and return how many are left."""
        self._users -= 1
        if self._users == 0:
            self._feed.stop()
            self._thread.kill()
        return self._users


_shared: dict[str, _SharedRevocations] = {}
# One ring for all services of a process: a session is checked once, not by each.
_ring = lru_cache(maxsize=8)(KeyRing.parse)


class Sessions(SharedExtension):
    """Finds out who a request comes from; signs people in and out."""

    nats = Nats()

    def setup(self) -> None:
        config = self.container.config
        self.keys = setting(config, "JWT_KEYS", _ring)
        stream = self.nats.connection.stream
        self._shared = _shared.setdefault(
            stream, _SharedRevocations(self.nats.connection)
        )

    def start(self) -> None:
        self._shared.acquire()

    def stop(self) -> None:
        if self._shared.release() == 0:
            # The bus connection goes as well: whoever comes next begins anew.
            _shared.pop(self.nats.connection.stream, None)

    def kill(self) -> None:
        self.stop()

    def of(self, request: Any) -> Session | None:
        """Return the valid session that a request carries.

        Raises UnavailableError while nobody can know whether it has ended.
        """
        token = request.cookies.get(COOKIE)
        session = self.keys.verify(token) if token else None
        if session is None:
            return None
        self._shared.know_the_past()
        return None if self.has_ended(session) else session

    def has_ended(self, session: Session) -> bool:
        return self._shared.revocations.covers(session)

    @property
    def listeners(self) -> list[Callable[[str], None]]:
        return self._shared.revocations.listeners

    def revoke_here(self, revoked: SessionRevoked) -> None:
        """Know of a revocation at once; the other processes hear of it by event."""
        self._shared.revocations.apply(revoked)


class SessionCookie(DependencyProvider):
    """Lets a worker put the session cookie on an answer, or take it off."""

    sessions = Sessions()

    def setup(self) -> None:
        config = self.container.config
        self._attributes: dict[str, Any] = {
            "secure": flag(config, "SESSION_COOKIE_SECURE", default=True),
            "httponly": True,
            "samesite": "Lax",
        }

    def get_dependency(self, worker_ctx: Any) -> "SessionCookie":
        return self

    def put(self, response: Response, token: str) -> Response:
        response.set_cookie(COOKIE, token, max_age=LIFETIME, **self._attributes)
        return response

    def remove(self, response: Response, user: Session | None = None) -> Response:
        """Take it off; the device is remembered as one of the user's.

        Nor does the button Back show whoever comes next what the user has seen.
        """
        response.delete_cookie(COOKIE, **self._attributes)
        response.headers["Clear-Site-Data"] = '"cache"'
        return self.remember(response, user.email) if user else response

    def remember(self, response: Response, email: str) -> Response:
        """Let nobody lock out who comes back on this device."""
        token = self.sessions.keys.issue_device(email)
        attributes = {"max_age": DEVICE_LIFETIME, **self._attributes}
        response.set_cookie(DEVICE_COOKIE, token, **attributes)
        return response


class SessionIssuer(DependencyProvider):
    """Lets a worker issue tokens and end sessions."""

    sessions = Sessions()

    def get_dependency(self, worker_ctx: Any) -> "SessionIssuer":
        return self

    def issue(self, user_id: str, email: str, at: float | None = None) -> str:
        return self.sessions.keys.issue(user_id, email, at)

    def read(self, token: str) -> Session | None:
        return self.sessions.keys.verify(token)

    def device_of(self, token: str, email: str) -> str | None:
        return self.sessions.keys.device_of(token, email)

    def revoke_here(self, revoked: SessionRevoked) -> None:
        self.sessions.revoke_here(revoked)
