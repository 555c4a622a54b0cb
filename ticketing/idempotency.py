"""Telling a repeated request from another one that carries the same key."""

import hashlib
import json
from typing import Any

from ticketing.errors import BadRequestError

MAX_KEY = 255


def fingerprint(data: Any) -> str:
    """Return a digest of a JSON value that does not depend on the order of its keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def checked_key(key: object) -> str:
    """Return what can be a key, which is kept beside the answer.

    Raises BadRequestError.
    """
    if isinstance(key, str) and 0 < len(key) <= MAX_KEY and key.isprintable():
        return key
    raise BadRequestError(f"Idempotency-Key must have 1 to {MAX_KEY} characters")
