"""An account and what can happen to its sessions. Pure: no I/O, the time comes in."""

from dataclasses import dataclass, replace
from datetime import datetime

from ticketing.change import Change
from ticketing.contract import SessionRevoked
from ticketing.errors import ConcurrentUpdateError
from ticketing.messages import Event


@dataclass(frozen=True)
class User:
    id: str
    email: str
    password_hash: str
    version: int = 0

    def json_dict(self) -> dict[str, str]:
        return {"id": self.id, "email": self.email}


def sign_up(user_id: str, email: str, password_hash: str) -> Change[User]:
    return Change(User(user_id, email, password_hash))


def rehash(user: User, password_hash: str) -> Change[User]:
    """Keep a hash made with newer parameters."""
    return Change(replace(user, password_hash=password_hash, version=user.version + 1))


def change_password(
    user: User, known_hash: str, password_hash: str, now: datetime
) -> Change[User]:
    """Take a new password, and end every session that was issued until ``now``.

    ``known_hash`` is what the present password was compared with. Raises
    ConcurrentUpdateError when another one has taken its place meanwhile.
    """
    if user.password_hash != known_hash:
        raise ConcurrentUpdateError
    return end_all_sessions(replace(user, password_hash=password_hash), now)


def end_session(user: User, jti: str) -> Change[User]:
    """End the one session named ``jti``."""
    return _revoke(user, SessionRevoked(id=user.id, version=user.version + 1, jti=jti))


def end_all_sessions(user: User, now: datetime) -> Change[User]:
    """End every session that was issued until ``now``."""
    revoked = SessionRevoked(
        id=user.id, version=user.version + 1, before=now.timestamp()
    )
    return _revoke(user, revoked)


def _revoke(user: User, revoked: SessionRevoked) -> Change[User]:
    return Change(replace(user, version=revoked.version), Event.of(revoked))
