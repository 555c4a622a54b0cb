"""Who is at the other end: directly, or behind proxies of our own."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from ticketing.config import Config, at_least_zero, optional, positive, setting

PER_ADDRESS = 500
# Whoever has one IPv6 address has all that share its first 64 bits.
_PREFIX = 64

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Peers:
    """``proxies`` of our own stand before us; one address has so many sockets.

    Those of ``uncounted`` may have any number: loopback, where load is made, and what
    an operator names. Neither is a proxy's, who counts for himself.
    """

    proxies: int = 0
    per_address: int = PER_ADDRESS
    uncounted: tuple[Network, ...] = ()

    @classmethod
    def of(cls, config: Config) -> "Peers":
        """Read TRUSTED_PROXIES, SOCKETS_PER_ADDRESS and UNCOUNTED_ADDRESSES."""
        given = {"TRUSTED_PROXIES": config.get("TRUSTED_PROXIES", 0)}
        given["SOCKETS_PER_ADDRESS"] = config.get("SOCKETS_PER_ADDRESS", PER_ADDRESS)
        named = optional(config, "UNCOUNTED_ADDRESSES")
        networks = {"UNCOUNTED_ADDRESSES": named or "none"}
        return cls(
            setting(given, "TRUSTED_PROXIES", at_least_zero),
            setting(given, "SOCKETS_PER_ADDRESS", positive),
            setting(networks, "UNCOUNTED_ADDRESSES", _networks),
        )

    def counts(self, address: str) -> bool:
        """Whether what comes from an address is limited as such.

        Also from one that cannot be read, if there is any.
        """
        found = _address(address)
        if found is None:
            return bool(address)
        return not any(found in net for net in self.uncounted)

    def is_outside(self, environ: dict[str, Any]) -> bool:
        """Whether a request came through our proxies, and not from among us."""
        return self.proxies > 0 and "HTTP_X_FORWARDED_FOR" in environ

    def reveal(self, environ: dict[str, Any]) -> None:
        """Put who asked our first proxy, and for what, in the place of the last one.

        Headers that say so are heeded as far as our own proxies wrote them.
        """
        if self.proxies:
            trusted = {f"x_{name}": self.proxies for name in ("for", "proto", "host")}
            list(ProxyFix(_nothing, **trusted)(environ, _begin))


DIRECT = Peers()


def _networks(text: object) -> tuple[Network, ...]:
    """Cast for addresses and networks, separated by commas. Raises ValueError."""
    parts = [part.strip() for part in str(text).split(",")]
    return tuple(ip_network(part) for part in parts if part not in {"", "none"})


@lru_cache(maxsize=4096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, with its port or without: some proxies tell both."""
    for part in (text, text.rpartition(":")[0]):
        with suppress(ValueError):
            found = ip_address(part.strip("[]"))
            return getattr(found, "ipv4_mapped", None) or found
    return None


def group_of(address: str) -> str:
    """Return what counts as one address: of IPv6, its network."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _PREFIX), strict=False))
    return str(found or address)


def _nothing(_environ: Any, _start_response: Any) -> list[bytes]:
    return []


def _begin(*_: Any) -> Any:
    raise AssertionError("nothing is answered here")


class Sockets:
    """How many sockets each address has open."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, address: str) -> Iterator[bool]:
        """Count a socket while it is served; say whether its address may have it."""
        group = group_of(address)
        free = self._peers.proxies > 0 or not self._peers.counts(address)
        self._open[group] += 1
        try:
            yield free or self._open[group] <= self._peers.per_address
        finally:
            self._open[group] -= 1
            if not self._open[group]:
                del self._open[group]
