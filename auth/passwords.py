"""Passwords are hashed with argon2id, off the hub, two at a time."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import argon2
from eventlet import tpool
from eventlet.semaphore import Semaphore
from nameko.extensions import DependencyProvider

from auth.guessable import is_guessable
from ticketing.config import on, setting
from ticketing.errors import UnavailableError, refuse

# OWASP's parameters: 19 MiB, two passes, one lane; about 25 ms each.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# What an unknown user's password is compared with, so that it takes as long.
_DUMMY = _HASHER.hash("no password has this hash")
_AT_ONCE = Semaphore(2)
# glibc's M_MMAP_THRESHOLD: larger blocks go back to the system when they are freed.
_LARGE = -3, 1 << 20
# More would wait for longer than anybody does, and keep workers from all else.
MAX_WAITING = 80


def _give_back() -> None:
    """Else each of eventlet's twenty threads would keep what its last hash needed."""
    with suppress(AttributeError):  # not glibc
        ctypes.CDLL(None).mallopt(*_LARGE)


class Hasher(Protocol):
    def hash(self, password: str) -> str: ...
    def matches(self, password_hash: str | None, password: str) -> bool: ...
    def is_outdated(self, password_hash: str) -> bool: ...


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one's turn, or raise UnavailableError when too many wait."""
    if _AT_ONCE.balance <= -MAX_WAITING:
        raise UnavailableError("Too many sign in at once; try again in a moment")
    with _AT_ONCE:
        yield


class Argon2Hasher:
    """Hashes in a thread of its own: argon2 would stop the whole process meanwhile."""

    def hash(self, password: str) -> str:
        with _turn():
            return str(tpool.execute(_HASHER.hash, password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password fits; False, after the same work, without a hash."""
        with _turn():
            fits = bool(tpool.execute(_verify, password_hash or _DUMMY, password))
        return fits and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return _HASHER.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except argon2.exceptions.VerificationError:
        return False


class Passwords(DependencyProvider):
    def setup(self) -> None:
        _give_back()

    def get_dependency(self, worker_ctx: Any) -> Hasher:
        return Argon2Hasher()


class PasswordRules(DependencyProvider):
    """Lets a worker refuse a new password; PASSWORD_BLOCKLIST turns it off."""

    def setup(self) -> None:
        value = self.container.config.get("PASSWORD_BLOCKLIST", "on")
        self._is_on = setting({"PASSWORD_BLOCKLIST": value}, "PASSWORD_BLOCKLIST", on)

    def get_dependency(self, worker_ctx: Any) -> "PasswordRules":
        return self

    def check(self, password: str, email: str) -> None:
        """Raise InvalidInputError if it is one of those that are tried first."""
        if self._is_on and is_guessable(password, email):
            refuse("password", "This password is too easy to guess; take another one")
