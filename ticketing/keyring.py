"""Session tokens: JWTs signed with one key of a ring, verified with any of it."""

import time
from dataclasses import dataclass
from typing import Any

import jwt
from bson import ObjectId

ALGORITHM = "HS256"
AUDIENCE = "ticketing"
ISSUER = "ticketing/auth"
LIFETIME = 7 * 24 * 3600
MIN_SECRET = 32
_REQUIRED = ["sub", "email", "iat", "exp", "jti", "iss", "aud"]


@dataclass(frozen=True)
class Session:
    """A signed-in person, as the token says. Times are in seconds since 1970."""

    user_id: str
    email: str
    jti: str
    issued_at: float
    expires_at: float


class KeyRing:
    """Keys by their id; the first one signs."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys
        self._signing = next(iter(keys))

    @classmethod
    def parse(cls, text: object) -> "KeyRing":
        """Cast for ``id=secret,id=secret``. Raises ValueError."""
        pairs = [part.strip().partition("=") for part in str(text).split(",")]
        keys = {kid: secret for kid, _, secret in pairs}
        for kid, secret in keys.items():
            if not kid or len(secret) < MIN_SECRET:
                raise ValueError(
                    f"each key is id=secret with a secret of {MIN_SECRET} characters "
                    "or more"
                )
        return cls(keys)

    def issue(self, user_id: str, email: str, at: float | None = None) -> str:
        """Make a token, issued now or ``at`` that time, in seconds since 1970."""
        now = time.time() if at is None else at
        claims = {
            "sub": user_id,
            "email": email,
            "iat": now,
            "exp": int(now) + LIFETIME,
            "jti": str(ObjectId()),
            "iss": ISSUER,
            "aud": AUDIENCE,
        }
        kid = self._signing
        return jwt.encode(claims, self._keys[kid], ALGORITHM, headers={"kid": kid})

    def verify(self, token: str) -> Session | None:
        """Return what a valid token says, None for any other text."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            claims = self._decode(token, self._keys[str(kid)])
        except (jwt.PyJWTError, KeyError, ValueError):
            return None
        return Session(
            user_id=str(claims["sub"]),
            email=str(claims["email"]),
            jti=str(claims["jti"]),
            issued_at=float(claims["iat"]),
            expires_at=float(claims["exp"]),
        )

    def _decode(self, token: str, secret: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=1,
            options={"require": _REQUIRED},
        )
