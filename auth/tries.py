"""Which limits a try to sign in counts for. A stranger cannot use up the owner's."""

from typing import Protocol

from ticketing.callers import Caller
from ticketing.limits import Limiter
from ticketing.limits.rules import Bucket
from ticketing.peers import group_of


class Devices(Protocol):
    def device_of(self, token: str, email: str) -> str | None: ...


def buckets_of(
    limiter: Limiter, devices: Devices, email: str, caller: Caller
) -> list[Bucket]:
    """Return those of the account and the address, or the one of a known device."""
    known = (devices.device_of(proof, email) for proof in caller.proofs)
    if device := next(filter(None, known), None):
        return [limiter.bucket("LIMIT_SIGN_IN_DEVICE", device)]
    buckets = [limiter.bucket("LIMIT_SIGN_IN_ACCOUNT", email)]
    if caller.address:
        address = group_of(caller.address)
        buckets.append(limiter.bucket("LIMIT_SIGN_IN_ADDRESS", address))
    return buckets
