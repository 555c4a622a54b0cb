"""Telling a repeated request from another one that carries the same key."""

import hashlib
import json
from typing import Any


def fingerprint(data: Any) -> str:
    """Return a digest of a JSON value that does not depend on the order of its keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
