"""The ports of one instance, all of which follow from the one it is reached at."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import time
from dataclasses import astuple, dataclass
from typing import Self

from launcher.errors import PortError

LOOPBACK = "127.0.0.1"
# Blocks of ten ports from 20000 to 32699: below 32768, where Linux begins to hand out
# ports to outgoing connections.
FIRST, BLOCK, BLOCKS = 20_000, 10, 1_270
# What a launcher that was killed a moment ago may still hold.
LINGER_SECONDS = 1.0


@dataclass(frozen=True)
class Ports:
    """The shop's own port and those of its servers: 8000 makes 23800 to 23807."""

    web: int
    nats: int
    mongodb: int
    redis: int
    rabbitmq: int
    rabbitmq_nodes: int
    epmd: int
    stripe: int
    metrics: int

    @classmethod
    def of(cls, web: int) -> Self:
        first = FIRST + BLOCK * (web % BLOCKS)
        if first <= web < first + BLOCK:
            first = FIRST + BLOCK * ((web + 1) % BLOCKS)
        return cls(web, *range(first, first + 8))


def reachable(host: str) -> str:
    """Where this machine itself reaches a server that listens on that host."""
    return LOOPBACK if host in {"", "0.0.0.0"} else host  # noqa: S104


def require_free(port: int, purpose: str, host: str = LOOPBACK) -> None:
    """Raises PortError when anything listens there, even if it would share the port."""
    deadline = time.monotonic() + LINGER_SECONDS
    while (fault := _fault(port, host)) in {errno.EISCONN, errno.EADDRINUSE}:
        if time.monotonic() > deadline:
            raise PortError(_taken(port, purpose))
        time.sleep(0.05)
    if fault:
        raise PortError(
            f"Cannot listen on {host}:{port} for {purpose}: {os.strerror(fault)}."
        )


def free_port() -> int:
    """A port for --port that is free now, and whose servers' ports are free, too."""
    while True:
        ports = Ports.of(8_000 + secrets.randbelow(BLOCKS))
        if not any(_fault(port, LOOPBACK) for port in astuple(ports)):
            return ports.web


def _taken(port: int, purpose: str) -> str:
    return (
        f"Port {port}, needed for {purpose}, is taken by another program: "
        "stop that one or choose another port with --port."
    )


def _fault(port: int, host: str) -> int:
    """0 when a server could listen there alone, else the reason as an errno."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((reachable(host), port)) == 0:
            return errno.EISCONN
    with socket.socket() as listener:
        # Only against connections just closed; a living listener still refuses this.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            return error.errno or errno.EINVAL
    return 0
