"""One HTTP server a process, with the routes of all services that run in it."""

import errno
import logging
import os
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

import eventlet
from eventlet.greenpool import GreenPool
from nameko.extensions import (
    DependencyProvider,
    ProviderCollector,
    SharedExtension,
)

from ticketing.config import Config, flag, setting
from ticketing.http.app import App, refusal
from ticketing.http.heads import RefusedError
from ticketing.http.protocol import (
    Address,
    ClosedError,
    Connection,
    RawRequest,
)
from ticketing.http.streaming import StreamResponse, release
from ticketing.peers import DIRECT, Peers, Sockets

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 20_000
BACKLOG = 1024
DRAIN_TIMEOUT = 5.0


def parse_address(text: object) -> Address:
    """Cast for ``host:port``. Raises ValueError."""
    host, _, port = str(text).rpartition(":")
    if not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return host or "0.0.0.0", int(port)  # noqa: S104 - asked for by leaving it out


class Listener:
    """Accepts connections on one address and serves them until the last user goes."""

    def __init__(
        self,
        address: Address,
        peers: Peers = DIRECT,
        *,
        share_port: bool,
        tls: bool = False,
    ) -> None:
        self.app = App(peers, tls=tls)
        self._sockets = Sockets(peers)
        self._address = address
        self._share_port = share_port
        self._socket: Any = None
        self._accepting: Any = None
        self._connections: dict[Connection, Any] = {}
        self._pool = GreenPool(MAX_CONNECTIONS)
        self._users = 0

    def acquire(self) -> None:
        """Count one more service; the first one opens the port."""
        self._users += 1
        if self._socket is None:
            self._socket = self._listen()
            self._accepting = eventlet.spawn(self._accept)

    def release(self) -> None:
        """Count one service less; the last one closes, after running requests."""
        self._users -= 1
        if self._users:
            return
        _listeners.pop(self._address, None)
        if self._socket is None:
            return
        self._accepting.kill()
        self._socket.close()
        for connection, sock in list(self._connections.items()):
            if not connection.busy:
                _say_goodbye(sock)
        with eventlet.Timeout(DRAIN_TIMEOUT, exception=False):
            self._pool.waitall()

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
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pool.spawn_n(self._admit, sock, peer[0])

    def _admit(self, sock: Any, peer: str) -> None:
        with self._sockets.one_more(peer) as is_welcome:
            if is_welcome:
                self._serve(sock, peer)
            else:
                _hang_up(sock)

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
        connection.busy = True
        try:
            return self._answer(connection, raw, peer)
        finally:
            connection.busy = False

    def _answer(self, connection: Connection, raw: RawRequest, peer: str) -> bool:
        response = self.app.answer(raw, peer, self._address)
        keep_alive = raw.keep_alive and self._users > 0
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


_listeners: dict[Address, Listener] = {}


def shared_listener(config: Config) -> Listener:
    """Return the process's listener for the configured address."""
    address = setting(config, "WEB_SERVER_ADDRESS", parse_address)
    share = flag(config, "HTTP_SHARE_PORT", default=False)
    # Where cookies travel by TLS only, everything does.
    tls = flag(config, "SESSION_COOKIE_SECURE", default=True)
    listener = Listener(address, Peers.of(config), share_port=share, tls=tls)
    return _listeners.setdefault(address, listener)


class HttpServer(ProviderCollector, SharedExtension):
    """Adds a container's routes and health to the process's listener."""

    def setup(self) -> None:
        self._listener = shared_listener(self.container.config)

    def start(self) -> None:
        self._listener.app.add(self.container, [p.rule for p in self._providers])
        self._listener.acquire()

    def stop(self) -> None:
        self._listener.app.remove(self.container)
        self._listener.release()
        super().stop()

    def kill(self) -> None:
        self._listener.app.remove(self.container)
        self._listener.release()


class Probes(DependencyProvider):
    """Makes a service answer /livez, /readyz and /metrics, even if it has no routes."""

    server = HttpServer()
