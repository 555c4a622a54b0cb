"""Gives routes and workers the process's limiter."""

import logging
from typing import Any

from nameko.extensions import DependencyProvider, SharedExtension

from ticketing.config import Config, namespaced, on, setting
from ticketing.limits.buckets import RedisBuckets
from ticketing.limits.limiter import Limiter
from ticketing.limits.rules import DEFAULTS, Limit
from ticketing.peers import Peers
from ticketing.redis import impatient_client
from ticketing.rehearsing import Permits

log = logging.getLogger(__name__)


class RateLimits(SharedExtension):
    """Not part of readiness: while Redis is away, all but sign-in goes on."""

    def setup(self) -> None:
        config = self.container.config
        limits = {
            name: setting({name: config.get(name, known)}, name, Limit.parse)
            for name, known in DEFAULTS.items()
        }
        self.limiter = Limiter(_buckets(config), limits, Peers.of(config))
        self.permits = Permits.of(config)


def _buckets(config: Config) -> RedisBuckets | None:
    client = setting(config, "REDIS_URL", impatient_client)
    given = {"RATE_LIMITS": config.get("RATE_LIMITS", "on")}
    if setting(given, "RATE_LIMITS", on):
        return RedisBuckets(client, namespaced(config, "limits", ":"))
    log.warning("Rate limits are off", extra={"action": "limits_off"})
    return None


class Limits(DependencyProvider):
    """Gives the worker the ``Limiter``."""

    rate_limits = RateLimits()

    def get_dependency(self, worker_ctx: Any) -> Limiter:
        return self.rate_limits.limiter
