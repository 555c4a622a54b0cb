"""Buckets in Redis: what was taken flows back evenly (GCRA), by the server's clock."""

from collections.abc import Sequence
from typing import Any, Protocol

from ticketing.limits.rules import Bucket
from ticketing.redis import own_errors

# A key holds when its bucket will be full again, in milliseconds; none means: it is.
# Takes one from each, or none from any and tells how long to wait.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local full, wait = {}, 0
for i, key in ipairs(KEYS) do
  local most, span = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  full[i] = math.max(tonumber(redis.call('GET', key) or now), now) + span / most
  wait = math.max(wait, full[i] - span - now)
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  local ends = string.format('%.3f', full[i])
  redis.call('SET', key, ends, 'PX', math.ceil(full[i] - now))
end
return 0
"""

_GIVE_BACK = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
for i, key in ipairs(KEYS) do
  local most, span = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local full = tonumber(redis.call('GET', key) or now) - span / most
  if full > now then
    redis.call('SET', key, string.format('%.3f', full), 'PX', math.ceil(full - now))
  else
    redis.call('DEL', key)
  end
end
"""


class Buckets(Protocol):
    def take(self, buckets: Sequence[Bucket]) -> float: ...
    def give_back(self, buckets: Sequence[Bucket]) -> None: ...


class RedisBuckets:
    """One round trip each, whole or not at all."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._prefix = prefix
        self._take = client.register_script(_TAKE)
        self._give_back = client.register_script(_GIVE_BACK)

    def take(self, buckets: Sequence[Bucket]) -> float:
        """Take one from each; return 0, or the seconds until all of them have one.

        Raises UnavailableError.
        """
        with own_errors():
            return int(self._take(*self._arguments(buckets))) / 1000

    def give_back(self, buckets: Sequence[Bucket]) -> None:
        """Undo a ``take``. Raises UnavailableError."""
        with own_errors():
            self._give_back(*self._arguments(buckets))

    def _arguments(self, buckets: Sequence[Bucket]) -> tuple[list[str], list[float]]:
        keys = [f"{self._prefix}:{bucket.key}" for bucket in buckets]
        limits = [(each.limit.most, each.limit.seconds * 1000) for each in buckets]
        return keys, [number for limit in limits for number in limit]
