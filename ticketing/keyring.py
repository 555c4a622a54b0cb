"""Session tokens: JWTs signed with one key of a ring, verified with any of it."""

import hmac
import time
from dataclasses import dataclass
from typing import Any

import jwt
from bson import ObjectId

ALGORITHM = "HS256"
AUDIENCE = "ticketing"
ISSUER = "ticketing/auth"
LIFETIME = 7 * 24 * 3600
# A device is known for so long after somebody signed out there.
DEVICE_AUDIENCE = "ticketing/device"
DEVICE_LIFETIME = 365 * 24 * 3600
MIN_SECRET = 32
# Sessions whose signature need not be checked again.
MOST_KNOWN = 5_000
LEEWAY = 1
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
        self._known: dict[str, Session] = {}

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
        return self._encode(claims)

    def derive(self, purpose: str) -> list[bytes]:
        """Return keys for something else, that of the signing key first."""
        word = purpose.encode()
        return [
            hmac.digest(key.encode(), word, "sha256") for key in self._keys.values()
        ]

    def issue_device(self, email: str) -> str:
        """Make a token that tells a device on which an account was used."""
        now = int(time.time())
        claims = {"sub": email, "email": email, "iat": now, "jti": str(ObjectId())}
        claims |= {"iss": ISSUER, "aud": DEVICE_AUDIENCE, "exp": now + DEVICE_LIFETIME}
        return self._encode(claims)

    def device_of(self, token: str, email: str) -> str | None:
        """Return the id of a device on which an account was used, if it says so.

        A session proves it as well, also one that was ended.
        """
        claims = self._claims(token, DEVICE_AUDIENCE) or self._claims(token, AUDIENCE)
        return str(claims["jti"]) if claims and claims["email"] == email else None

    def verify(self, token: str) -> Session | None:
        """Return what a valid token says, None for any other text."""
        known = self._known.get(token)
        if known is not None and time.time() < known.expires_at + LEEWAY:
            return known
        self._known.pop(token, None)
        session = self._checked(token)
        if session is not None:
            self._known[token] = session
            if len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
        return session

    def _checked(self, token: str) -> Session | None:
        claims = self._claims(token, AUDIENCE)
        if claims is None:
            return None
        return Session(
            user_id=str(claims["sub"]),
            email=str(claims["email"]),
            jti=str(claims["jti"]),
            issued_at=float(claims["iat"]),
            expires_at=float(claims["exp"]),
        )

    def _encode(self, claims: dict[str, Any]) -> str:
        kid = self._signing
        return jwt.encode(claims, self._keys[kid], ALGORITHM, headers={"kid": kid})

    def _claims(self, token: str, audience: str) -> dict[str, Any] | None:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            return self._decode(token, self._keys[str(kid)], audience)
        except (jwt.PyJWTError, KeyError, ValueError):
            return None

    def _decode(self, token: str, secret: str, audience: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": _REQUIRED},
        )
