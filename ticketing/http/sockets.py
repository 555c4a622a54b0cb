"""Sockets of the HTTP server: one that listens, and the ways to end a connection."""

import errno
import os
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

import eventlet

BACKLOG = 1024


def parse_address(text: object) -> tuple[str, int]:
    """Cast for ``host:port``. Raises ValueError."""
    host, _, port = str(text).rpartition(":")
    if not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return host or "0.0.0.0", int(port)  # noqa: S104 - asked for by leaving it out


def listen(address: tuple[str, int], *, share_port: bool) -> Any:
    """Open a port, or end the process with one sentence."""
    try:
        return eventlet.listen(address, backlog=BACKLOG, reuse_port=share_port)
    except OSError as error:
        host, port = address
        if error.errno == errno.EADDRINUSE:
            _end_process(
                f"Port {port} is taken: stop what uses it or set WEB_SERVER_ADDRESS."
            )
        _end_process(f"Cannot listen on {host}:{port}: {error}.")


def has_said_more(sock: Any) -> bool:
    """Whether bytes have come that nobody has read yet."""
    try:
        return bool(sock.fd.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False


def say_goodbye(sock: Any) -> None:
    """Wake up who reads from the socket; closing it as well would leave him waiting."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def hang_up(sock: Any) -> None:
    say_goodbye(sock)
    sock.close()


def _end_process(reason: str) -> NoReturn:
    """End a start that cannot succeed, with one sentence instead of a traceback.

    Other services of the process may be running already, and leaving their threads in
    order is not possible from here.
    """
    print(reason, file=sys.stderr, flush=True)  # noqa: T201 - for who started it
    os._exit(1)
