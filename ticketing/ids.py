"""Ids are ObjectIds written as 24 hexadecimal digits."""

import re
from collections.abc import Iterator
from datetime import datetime

from bson import ObjectId

from ticketing.errors import NotFoundError

_PATTERN = re.compile(r"[0-9a-f]{24}")
# Below and above all ids.
_FIRST, _BEYOND = "0" * 24, "g"


def new_id() -> str:
    return str(ObjectId())


def checked_id(value: object) -> str:
    """Return ``value`` if it can be an id. Raises NotFoundError: nothing has it."""
    if isinstance(value, str) and _PATTERN.fullmatch(value):
        return value
    raise NotFoundError


def named(value: object) -> str:
    """Return ``value`` if it can name somebody. Raises NotFoundError: nobody has it.

    What comes by RPC can be anything, and a database takes an object for an operator.
    """
    if isinstance(value, str) and value:
        return value
    raise NotFoundError


def all_named(values: object) -> list[str]:
    """Return ``values`` if each can name something. Raises NotFoundError."""
    if not isinstance(values, list):
        raise NotFoundError
    return list(map(named, values))


def is_young(value: str, now: datetime, seconds: float) -> bool:
    """Whether an id was given not more than so many seconds ago."""
    given_at = int(value[:8], 16)
    return now.timestamp() - given_at <= seconds


def first_id(moment: datetime) -> str:
    """Return the least id that can be given from this second on."""
    return str(ObjectId.from_datetime(moment))


def id_windows(after: str | None, now: datetime) -> Iterator[tuple[str, str]]:
    """Part the ids below ``after`` into windows, each longer than the newer ones.

    An id begins with the second when it was given.
    """
    newest = round(now.timestamp())
    if after and _PATTERN.fullmatch(after):
        newest = min(newest, int(after[:8], 16))
    high, span = after or _BEYOND, 1
    while high > _FIRST:
        low = min(f"{max(newest - span, 0):08x}".ljust(24, "0"), high)
        yield low, high
        high, span = low, span * 8
