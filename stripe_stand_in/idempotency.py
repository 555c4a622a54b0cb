"""One effect for one key: https://docs.stripe.com/api/idempotent_requests

The first result under a key is saved in the same transaction as its effect, so after
a crash either both are there or neither is. What fails validation, or meets a request
with the same key that is still under way, is not saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from stripe_stand_in.errors import IdempotencyError, ParameterError

KEPT_SECONDS = 24 * 3600
MAX_KEY_LENGTH = 255


@dataclass(frozen=True)
class Key:
    """owner: a digest of the API key. fingerprint: of method, path and parameters."""

    owner: str
    value: str
    fingerprint: str


@dataclass(frozen=True)
class Saved:
    fingerprint: str
    status: int
    body: str
    request_id: str

    def check(self, key: Key) -> None:
        if self.fingerprint != key.fingerprint:
            raise IdempotencyError(
                "Keys for idempotent requests can only be used with the same "
                "parameters they were first used with. Try using a key other than "
                f"'{key.value}' if you meant to execute a different request."
            )


def key(api_key: str, value: str, request: str, params: Mapping[str, Any]) -> Key:
    if len(value) > MAX_KEY_LENGTH:
        raise ParameterError(
            f"Idempotency keys can have at most {MAX_KEY_LENGTH} characters."
        )
    said = f"{request} {json.dumps(params, sort_keys=True)}"
    return Key(
        sha256(api_key.encode()).hexdigest()[:32],
        value,
        sha256(said.encode()).hexdigest(),
    )


class KeysInUse:
    """The keys whose first request is being worked on right now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: set[tuple[str, str]] = set()

    @contextmanager
    def hold(self, key: Key) -> Iterator[None]:
        name = (key.owner, key.value)
        with self._lock:
            if name in self._held:
                raise IdempotencyError(
                    "There is currently another in-progress request using this "
                    "Idempotent Key (that probably means you submitted twice, and the "
                    f"other request is still going through): {key.value}. Please try "
                    "again later.",
                    code="idempotency_key_in_use",
                )
            self._held.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(name)
