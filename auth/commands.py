"""What people do with their accounts."""

from datetime import datetime

from auth import models
from auth.inputs import PasswordInput, SignInInput, SignUpInput, one_form
from auth.models import User
from auth.passwords import Hasher
from auth.repository import Users
from ticketing.clock import Now
from ticketing.contract import SessionRevoked
from ticketing.errors import BadRequestError, DuplicateError, refuse
from ticketing.ids import new_id


def sign_up(users: Users, hasher: Hasher, wanted: SignUpInput) -> User:
    """Open an account. Raises BadRequestError when the address has one."""
    in_use = BadRequestError("Email in use")
    if users.find_by_email(wanted.email):
        raise in_use
    password_hash = hasher.hash(wanted.password)
    try:
        return users.add(models.sign_up(new_id(), wanted.email, password_hash))
    except DuplicateError:
        raise in_use from None


def sign_in(users: Users, hasher: Hasher, given: SignInInput) -> User:
    """Return whose credentials these are. Raises BadRequestError.

    An unknown address and a wrong password give the same answer after the same work.
    """
    user = users.find_by_email(given.email)
    known_hash = user.password_hash if user else None
    matching = _matching(hasher, known_hash, given.password)
    if matching is None or user is None:
        raise BadRequestError("Invalid credentials")
    wanted = one_form(given.password)
    if matching != wanted or hasher.is_outdated(user.password_hash):
        newer = hasher.hash(wanted)
        user = users.change(user.id, lambda found: models.rehash(found, newer))
    return user


def _matching(hasher: Hasher, known_hash: str | None, password: str) -> str | None:
    """Return the form of a password that was hashed, None if it is another one.

    Older hashes are of what was typed, as it was.
    """
    forms = dict.fromkeys([one_form(password), password])
    return next((form for form in forms if hasher.matches(known_hash, form)), None)


def change_password(
    users: Users, hasher: Hasher, user_id: str, given: PasswordInput, clock: Now
) -> tuple[User, SessionRevoked]:
    """Take a new password from who knows the present one; ends all sessions.

    Raises InvalidInputError, NotFoundError, ConcurrentUpdateError.
    """
    known_hash = users.get(user_id).password_hash
    if _matching(hasher, known_hash, given.current) is None:
        refuse("current", "Invalid credentials")
    newer = hasher.hash(given.password)
    # Only now: who signed in with the old password during the work goes as well.
    now = clock()
    user = users.change(
        user_id, lambda found: models.change_password(found, known_hash, newer, now)
    )
    return user, _all_revoked(user, now)


def end_session(users: Users, user_id: str, jti: str) -> SessionRevoked:
    """Sign out of one session."""
    user = users.change(user_id, lambda found: models.end_session(found, jti))
    return SessionRevoked(id=user.id, version=user.version, jti=jti)


def end_all_sessions(users: Users, user_id: str, now: datetime) -> SessionRevoked:
    """Sign out everywhere. Raises NotFoundError."""
    user = users.change(user_id, lambda found: models.end_all_sessions(found, now))
    return _all_revoked(user, now)


def _all_revoked(user: User, now: datetime) -> SessionRevoked:
    return SessionRevoked(id=user.id, version=user.version, before=now.timestamp())
