"""Answers that are given again and again: their tag and gzip are made once."""

import zlib
from functools import cached_property
from hashlib import blake2b
from typing import Any

from werkzeug.wrappers import Response

_GZIP = 16 + zlib.MAX_WBITS


def tag_of(body: bytes) -> str:
    """Return the entity tag of what is said, however it will be sent."""
    return f'W/"{blake2b(body, digest_size=12).hexdigest()}"'


def gzip(body: bytes, level: int) -> bytes:
    return zlib.compress(body, level, _GZIP)


class Kept:
    """A body; ``level`` is that of its compression."""

    def __init__(self, body: bytes, level: int) -> None:
        self.body = body
        self._level = level

    @cached_property
    def tag(self) -> str:
        return tag_of(self.body)

    @cached_property
    def packed(self) -> bytes:
        return gzip(self.body, self._level)


class KeptResponse(Response):
    """An answer with a body that is kept."""

    def __init__(self, kept: Kept, **options: Any) -> None:
        super().__init__(kept.body, **options)
        self.kept = kept
