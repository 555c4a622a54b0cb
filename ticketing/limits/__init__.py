"""How often somebody may do something: counted in Redis, for all processes together."""

from ticketing.limits.limiter import Limiter
from ticketing.limits.provider import Limits, RateLimits
from ticketing.limits.rules import PAYING, RESERVING, SIGNING_UP, WRITING, Guard

__all__ = [
    "PAYING",
    "RESERVING",
    "SIGNING_UP",
    "WRITING",
    "Guard",
    "Limiter",
    "Limits",
    "RateLimits",
]
