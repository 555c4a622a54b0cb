"""When each hold ends: a sorted set in Redis, claimed with a lease."""

from typing import Any, Protocol

from nameko.extensions import DependencyProvider

from ticketing.config import namespaced
from ticketing.ids import new_id
from ticketing.lanes import Lane
from ticketing.redis import Redis, own_errors

# Whoever has claimed a deadline has so long to announce it; then others may.
LEASE_MS = 10_000

# Takes what is due and puts it off by the lease, in one step. Says -1 when the set was
# lost: the marker beside it has gone with it.
_CLAIM = """
if redis.call('EXISTS', KEYS[2]) == 0 then return -1 end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(due) do
  redis.call('ZADD', KEYS[1], 'XX', ARGV[1] + ARGV[2], id)
end
return due
"""

# Puts the marker there if nothing was lost, and nobody else began, since the beginning.
_END_REBUILD = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('RENAME', KEYS[1], KEYS[2]) end
"""


# Forgets a deadline unless it was moved since it was claimed.
_FINISH = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1])) == tonumber(ARGV[2]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
"""


class LostError(Exception):
    """The deadlines are gone and must be rebuilt from the orders."""


class Deadlines(Protocol):
    def set(self, order_id: str, at_ms: int) -> None: ...
    def move(self, order_id: str, at_ms: int) -> None: ...
    def finish(self, order_id: str, claimed_ms: int) -> None: ...
    def remove(self, order_id: str) -> None: ...
    def claim(self, now_ms: int, limit: int) -> list[str]: ...
    def begin_rebuild(self) -> str: ...
    def end_rebuild(self, token: str) -> None: ...
    def pending(self, limit: int) -> list[tuple[str, int]]: ...


class RedisDeadlines:
    """Times are in milliseconds since 1970."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._key = f"{prefix}:deadlines"
        self._marker = f"{prefix}:built"
        self._rebuild = f"{prefix}:rebuild"
        self._claim = client.register_script(_CLAIM)
        self._end_rebuild = client.register_script(_END_REBUILD)
        self._finish = client.register_script(_FINISH)
        self._sets = Lane(self._set_all, "set deadlines")
        self._removals = Lane(self._remove_all, "remove deadlines")

    def set(self, order_id: str, at_ms: int) -> None:
        """Add a deadline; one that is there stays as it is, with its lease."""
        self._sets.call((order_id, at_ms))

    def move(self, order_id: str, at_ms: int) -> None:
        """Give an order another deadline, announced or not."""
        with own_errors():
            self._client.zadd(self._key, {order_id: at_ms})

    def finish(self, order_id: str, claimed_ms: int) -> None:
        """Forget a deadline that was claimed then, unless it was moved since."""
        with own_errors():
            self._finish([self._key], [order_id, claimed_ms + LEASE_MS])

    def remove(self, order_id: str) -> None:
        self._removals.call(order_id)

    def claim(self, now_ms: int, limit: int) -> list[str]:
        """Return due orders, nobody else's for the length of a lease.

        Raises LostError when the set is not there any more.
        """
        with own_errors():
            due = self._claim([self._key, self._marker], [now_ms, LEASE_MS, limit])
        if due == -1:
            raise LostError
        return list(due)

    def begin_rebuild(self) -> str:
        """Return a token that tells this rebuild from others."""
        token = new_id()
        with own_errors():
            self._client.set(self._rebuild, token)
        return token

    def end_rebuild(self, token: str) -> None:
        """Say that the set is whole, unless it was lost again meanwhile."""
        with own_errors():
            self._end_rebuild([self._rebuild, self._marker], [token])

    def pending(self, limit: int) -> list[tuple[str, int]]:
        """Return the next deadlines as ``(order id, time)``."""
        with own_errors():
            rows = self._client.zrange(self._key, 0, limit - 1, withscores=True)
        return [(order_id, int(at_ms)) for order_id, at_ms in rows]

    def _set_all(self, deadlines: list[tuple[str, int]]) -> list[None]:
        with own_errors():
            self._client.zadd(self._key, dict(deadlines), nx=True)
        return [None] * len(deadlines)

    def _remove_all(self, order_ids: list[str]) -> list[None]:
        with own_errors():
            self._client.zrem(self._key, *order_ids)
        return [None] * len(order_ids)


class DeadlineStore(DependencyProvider):
    """Gives the worker its ``Deadlines``."""

    redis = Redis()

    def start(self) -> None:
        prefix = namespaced(self.container.config, "expiration", ":")
        self._deadlines = RedisDeadlines(self.redis.client, prefix)

    def get_dependency(self, worker_ctx: Any) -> Deadlines:
        return self._deadlines
