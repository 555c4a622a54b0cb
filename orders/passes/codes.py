"""The ids of passes, short enough to be typed, and their codes, which nobody can forge.

A code is a JWT signed with one Ed25519 key of a ring. Whoever has the public keys can
verify it without asking anyone, and it says nothing about a person.
"""

import secrets
import string
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from ticketing.errors import NotFoundError

ALGORITHM = "EdDSA"
SEED_BYTES = 32
# Crockford's base32: no letter of it is easily taken for another character.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 12

_AS_TYPED = str.maketrans(
    string.ascii_lowercase + "OoIiLl",
    string.ascii_uppercase + "001111",
    string.whitespace + "-",
)


def new_pass_id() -> str:
    """Return 60 random bits: nobody guesses the id of a pass."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def checked_pass_id(typed: object) -> str:
    """Return the id that somebody typed, however it was written.

    Case, dashes and spaces do not matter, O counts as 0, I and L count as 1. Raises
    NotFoundError: nothing has another id.
    """
    if isinstance(typed, str):
        pass_id = typed.translate(_AS_TYPED)
        if len(pass_id) == ID_LENGTH and set(pass_id) <= set(ALPHABET):
            return pass_id
    raise NotFoundError


@dataclass(frozen=True)
class Claims:
    """What a code says: this pass is for this unit of this listing."""

    event: str
    unit: str
    pass_id: str


class PassCodes:
    """Signs with the first key of the ring, verifies with any of it."""

    def __init__(self, keys: dict[str, Ed25519PrivateKey]) -> None:
        self._signing = next(iter(keys))
        self._private = keys[self._signing]
        self._public = {kid: key.public_key() for kid, key in keys.items()}

    @classmethod
    def parse(cls, text: object) -> "PassCodes":
        """Cast for ``kid=seed,kid=seed``, seeds of 32 bytes as base64url.

        Raises ValueError.
        """
        pairs = [part.strip().partition("=") for part in str(text).split(",")]
        keys = {kid: _key(seed) for kid, _, seed in pairs if kid}
        if len(keys) != len(pairs):
            raise ValueError("each key is kid=seed with a kid of its own")
        return cls(keys)

    def sign(self, claims: Claims) -> str:
        """Return the code; the same claims always have the same one."""
        return jwt.encode(
            {"event": claims.event, "unit": claims.unit, "pass": claims.pass_id},
            self._private,
            ALGORITHM,
            # The shorter a code, the easier its picture is read; so it has no "typ".
            headers={"kid": self._signing, "typ": None},
        )

    def read(self, code: str) -> Claims | None:
        """Return what a genuine code says, None for any other text."""
        try:
            kid = jwt.get_unverified_header(code)["kid"]
            key = self._public[kid]
            claims = jwt.decode(code, key, algorithms=[ALGORITHM])
            return Claims(claims["event"], claims["unit"], claims["pass"])
        except (jwt.PyJWTError, KeyError, ValueError):
            return None

    def public_keys(self) -> dict[str, Any]:
        """Return the JWK set that verifies every code in use."""
        return {"keys": [_jwk(kid, key) for kid, key in self._public.items()]}


def _key(seed: str) -> Ed25519PrivateKey:
    """Raises ValueError, which never shows the seed."""
    try:
        padded = seed.rstrip("=") + "=" * (-len(seed.rstrip("=")) % 4)
        return Ed25519PrivateKey.from_private_bytes(b64decode(padded, b"-_", True))
    except ValueError:
        raise ValueError(f"a seed is {SEED_BYTES} bytes as base64url") from None


def _jwk(kid: str, key: Ed25519PublicKey) -> dict[str, str]:
    x = urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x}
