"""Rehearsals that a shop offers its sellers: where, and how their requests are known.

All buyers of a rehearsal come from one address, at which a shop takes so many sign-ups
and orders. A permit says that they may: it is signed, ends soon, and counts only where
test money alone is taken. Nothing else is waived, the crowd's turns least of all.
"""

import hmac
import time
from collections.abc import Callable, Sequence

from ticketing.config import Config, on, optional, setting
from ticketing.keyring import KeyRing

HEADER = "X-Rehearsal"
PURPOSE = "rehearsals"
# Longer than a rehearsal may take, in seconds.
LIFETIME = 1200
# Where made-up buyers have their addresses: a domain that is nobody's (RFC 2606).
NOWHERE = "rehearsal.example.com"
TEST_KEYS = ("pk_test_", "sk_test_", "rk_test_")
MONEY = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY")

Time = Callable[[], float]


def is_on(config: Config) -> bool:
    """Whether REHEARSALS is on: then no real money may be taken here."""
    given = {"REHEARSALS": config.get("REHEARSALS") or "off"}
    return setting(given, "REHEARSALS", on)


def check_money(config: Config) -> None:
    """For who knows Stripe's keys: raise SystemExit where one takes real money.

    So no permit is good in a shop that does: with REHEARSALS on it does not start.
    """
    if not is_on(config):
        return
    for name in MONEY:
        key = optional(config, name)
        if key and not key.startswith(TEST_KEYS):
            raise SystemExit(
                f"REHEARSALS is on, and {name} takes real money: turn it off, or give "
                "one of Stripe's test keys."
            )


def is_made_up(address: str) -> bool:
    """Whether a mail to there would reach nobody."""
    return address.endswith(f"@{NOWHERE}")


class Permits:
    """The first key signs, any of them proves; without keys none is good."""

    def __init__(self, keys: Sequence[bytes] = (), now: Time = time.time) -> None:
        self._keys = keys
        self._now = now

    @classmethod
    def of(cls, config: Config) -> "Permits":
        if not is_on(config):
            return cls()
        return cls(setting(config, "JWT_KEYS", KeyRing.parse).derive(PURPOSE))

    def issue(self) -> str:
        ends = str(int(self._now()) + LIFETIME)
        return f"{ends}.{_signed(self._keys[0], ends)}"

    def has(self, permit: str) -> bool:
        """Whether it was issued here, and has not ended."""
        ends, _, signature = permit.partition(".")
        made = (_signed(key, ends).encode() for key in self._keys)
        given = signature.encode()
        is_own = any(hmac.compare_digest(each, given) for each in made)
        return is_own and self._now() < int(ends)


def _signed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
