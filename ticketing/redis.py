"""Redis for a service: one client a process, errors made ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nameko.extensions import SharedExtension

from ticketing.config import setting
from ticketing.errors import UnavailableError
from ticketing.spans import unseen

# It would load OpenTelemetry for figures of its own, which nobody asked it for.
with unseen("opentelemetry"):
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

TIMEOUT = 1.5
IMPATIENCE = 0.5

_clients: dict[str, "redis.Redis"] = {}


def shared_client(url: str) -> "redis.Redis":
    """Return the process's client for this server. Connects when first used.

    Raises ValueError.
    """
    if url not in _clients:
        _clients[url] = _client_of(url, TIMEOUT, health_check_interval=10)
    return _clients[url]


def impatient_client(url: str) -> "redis.Redis":
    """Return a client that gives up soon and tries only once. Raises ValueError.

    For what a request asks on its way: it waits itself, or goes on without.
    """
    return _client_of(url, IMPATIENCE, retry=Retry(NoBackoff(), 0))


def _client_of(url: str, timeout: float, **more: Any) -> "redis.Redis":
    try:
        return redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            **more,
        )
    except ValueError:
        # The library's words may quote a password.
        raise ValueError("it is no address such as redis://user:pw@host/0") from None


@contextmanager
def own_errors() -> Iterator[None]:
    """Turn the driver's errors into UnavailableError."""
    try:
        yield
    except redis.RedisError as error:
        raise UnavailableError("Redis is away; try again in a moment") from error


class Redis(SharedExtension):
    """Gives providers the process's client."""

    client: Any

    def setup(self) -> None:
        self.client = setting(self.container.config, "REDIS_URL", shared_client)

    def pings(self) -> dict[str, Callable[[], None]]:
        return {"redis": self.ping}

    def ping(self) -> None:
        """Raise UnavailableError unless the server answers."""
        with own_errors():
            self.client.ping()


class SpareRedis(Redis):
    """The same for what a service can do without: it is ready while Redis is away."""

    def pings(self) -> dict[str, Callable[[], None]]:
        return {}
