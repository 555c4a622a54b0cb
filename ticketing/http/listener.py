"""The process's one port: connections accepted, served, and left in order."""

import errno
import logging
import os
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

import eventlet
from eventlet.event import Event as Flag
from eventlet.greenio import GreenSocket
from eventlet.greenpool import GreenPool

from ticketing.http.app import App, refusal
from ticketing.http.protocol import (
    Address,
    ClosedError,
    Connection,
    RawRequest,
    RefusedError,
)
from ticketing.http.streaming import StreamResponse, release

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 20_000
BACKLOG = 1024
DRAIN_TIMEOUT = 5.0
DRAIN_STEP = 0.02
# A connection on which nothing came for so long has no request on its way.
QUIET = 0.5
# All services of a process stop within so long, or some of them stay.
OTHERS_TIMEOUT = 0.5


class Listener:
    """Accepts connections on one address and serves them until the last user goes."""

    def __init__(self, address: Address, *, share_port: bool) -> None:
        self.app = App()
        self._address = address
        self._share_port = share_port
        self._socket: Any = None
        self._accepting: Any = None
        self._connections: dict[Connection, Any] = {}
        self._pool = GreenPool(MAX_CONNECTIONS)
        self._users = 0
        self._leaving: set[str] = set()
        self._closing, self._drained = Flag(), Flag()

    def acquire(self) -> None:
        """Count one more service; the first one opens the port."""
        self._users += 1
        if self._socket is None:
            self._socket = self._listen()
            self._accepting = eventlet.spawn(self._accept)

    def leave(self, user: str) -> None:
        """Say that a service is about to stop; returns when it may.

        When all of them are, which a process's end is, no request is taken any more and
        those that were are answered first, by services that are whole. One that stops
        by itself does not wait.
        """
        self._leaving.add(user)
        if len(self._leaving) >= self._users:
            self._close()
            self._drained.wait()
        else:
            with eventlet.Timeout(OTHERS_TIMEOUT, exception=False):
                self._closing.wait()
            if self._closing.ready():
                self._drained.wait()

    def release(self, user: str = "") -> None:
        """Count one service less; the last one closes, after running requests."""
        self._users -= 1
        self._leaving.discard(user)
        if not self._users:
            self._close()

    @property
    def is_open(self) -> bool:
        return not self._closing.ready()

    def _close(self) -> None:
        """Take no more connections, and let each of them have its answer.

        On one that is kept open a request may be on its way, and it cannot be told from
        here: only those that have been quiet for a while are closed at once.
        """
        if self._closing.ready():
            return
        self._closing.send(None)
        if self._socket is not None:
            self._accepting.kill()
            self._take_waiting()
            self._socket.close()
        self._drain()
        self._drained.send(None)

    def _drain(self) -> None:
        with eventlet.Timeout(DRAIN_TIMEOUT, exception=False):
            while self._pool.running():
                for connection, sock in list(self._connections.items()):
                    if connection.is_quiet_for(QUIET):
                        _say_goodbye(sock)
                eventlet.sleep(DRAIN_STEP)

    def _listen(self) -> Any:
        try:
            return eventlet.listen(
                self._address, backlog=BACKLOG, reuse_port=self._share_port
            )
        except OSError as error:
            host, port = self._address
            if error.errno == errno.EADDRINUSE:
                _end_process(
                    f"Port {port} is taken: stop what uses it or set "
                    "WEB_SERVER_ADDRESS."
                )
            _end_process(f"Cannot listen on {host}:{port}: {error}.")

    def _accept(self) -> None:
        while True:
            try:
                sock, peer = self._socket.accept()
            except OSError as error:
                log.warning("accept: %s", error, extra={"action": "accept"})
                eventlet.sleep(0.1)
                continue
            self._take(sock, peer)

    def _take_waiting(self) -> None:
        """Take what the kernel has accepted for us: nobody else that shares the port
        would get it, and closing refuses it.
        """
        with suppress(OSError):
            while True:
                sock, peer = self._socket.fd.accept()
                self._take(GreenSocket(sock), peer)

    def _take(self, sock: Any, peer: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pool.spawn_n(self._serve, sock, peer[0])

    def _serve(self, sock: Any, peer: str) -> None:
        connection = Connection(sock)
        self._connections[connection] = sock
        try:
            while self._answer_one(connection, peer):
                pass
        except ClosedError:
            pass
        except Exception:
            log.exception("connection", extra={"action": "connection"})
        finally:
            del self._connections[connection]
            _hang_up(sock)

    def _answer_one(self, connection: Connection, peer: str) -> bool:
        """Serve one request; return whether another may follow."""
        try:
            raw = connection.read_request()
        except RefusedError as error:
            response = refusal(error.status)
            connection.write(error.status, response.headers, response.get_data())
            return False
        with connection.working():
            return self._answer(connection, raw, peer)

    def _answer(self, connection: Connection, raw: RawRequest, peer: str) -> bool:
        response = self.app.answer(raw, peer, self._address)
        keep_alive = raw.keep_alive and self.is_open
        headers = [(k, v) for k, v in response.headers if k != "Content-Length"]
        if not keep_alive:
            headers.append(("Connection", "close"))
        if isinstance(response, StreamResponse):
            return self._hand_over(connection, raw, response)
        if response.is_streamed and raw.method != "HEAD":
            connection.write_stream(
                response.status_code, headers, response.iter_encoded()
            )
        else:
            connection.write(
                response.status_code,
                headers,
                response.get_data(),
                with_body=raw.method != "HEAD",
            )
        return keep_alive

    def _hand_over(
        self, connection: Connection, raw: RawRequest, response: StreamResponse
    ) -> bool:
        """Send the head, and leave the socket to whoever writes the rest."""
        headers = {**response.headers, "Connection": "close"}
        connection.write_head(response.status_code, headers.items())
        if raw.method != "HEAD":
            response.take(release(self._connections[connection]))
        return False


def _end_process(reason: str) -> NoReturn:
    """End a start that cannot succeed, with one sentence instead of a traceback.

    Other services of the process may be running already, and leaving their threads in
    order is not possible from here.
    """
    print(reason, file=sys.stderr, flush=True)  # noqa: T201 - for who started it
    os._exit(1)


def _say_goodbye(sock: Any) -> None:
    """Wake up who reads from the socket; closing it as well would leave him waiting."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _hang_up(sock: Any) -> None:
    _say_goodbye(sock)
    sock.close()
