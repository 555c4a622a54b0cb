"""One HTTP server a process, with the routes of all services that run in it."""

import logging
import socket
from contextlib import suppress
from typing import Any

import eventlet
from eventlet.greenio import GreenSocket
from eventlet.greenpool import GreenPool
from nameko.extensions import ProviderCollector, SharedExtension

from ticketing import garbage
from ticketing.config import Config, flag, setting
from ticketing.http import sockets
from ticketing.http.app import App
from ticketing.http.heads import RefusedError
from ticketing.http.parsing import RawRequest
from ticketing.http.protocol import Address, ClosedError, Connection
from ticketing.http.room import Room, Share
from ticketing.http.streaming import StreamResponse, release
from ticketing.metrics.answers import count_malformed, count_socket_refused
from ticketing.peers import DIRECT, Peers, Sockets

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 20_000
DRAIN_TIMEOUT = 5.0
# Who has connected or had an answer just before the end may be asking for something:
# of a connection that is kept open, only its client knows. So long it stays.
NEXT_REQUEST = 1.0


class Listener:
    """Accepts connections on one address and serves them until the last user goes.

    The port opens when the services that are starting have all come: before that, what
    another one has would not be found.
    """

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
        self._room = Room(peers)
        self._address = address
        self._share_port = share_port
        self._socket: Any = None
        self._accepting: Any = None
        self._connections: dict[Connection, Any] = {}
        self._pool = GreenPool(MAX_CONNECTIONS)
        self._users = 0
        self._coming: set[Any] = set()
        self._closing = False

    def expect(self, user: Any) -> None:
        """Open no port before this service has come, or is given up."""
        self._coming.add(user)

    def give_up(self, user: Any) -> None:
        self._coming.discard(user)

    def acquire(self, user: Any = None) -> None:
        """Count one more service; the last one expected opens the port."""
        self._users += 1
        self.give_up(user)
        if self._socket is None and not self._coming:
            garbage.set_aside()
            self._socket = sockets.listen(self._address, share_port=self._share_port)
            self._accepting = eventlet.spawn(self._accept)

    def release(self) -> None:
        """Count one service less; the last one closes, after running requests."""
        self._users -= 1
        if not self._users:
            self.drain()

    def drain(self) -> None:
        """Let nobody in any more, and return when requests are answered, or too late.

        Whoever has connected is let in first: closing would cut them off.
        """
        if _listeners.get(self._address) is self:
            del _listeners[self._address]
        if self._socket is None:
            return
        if not self._closing:
            self._close()
        with eventlet.Timeout(DRAIN_TIMEOUT, exception=False):
            self._pool.waitall()

    def _close(self) -> None:
        self._closing = True
        self._accepting.kill()
        with suppress(OSError):
            while True:
                self._let_in(*self._socket.fd.accept())
        self._socket.close()
        self._dismiss(NEXT_REQUEST)
        with eventlet.Timeout(NEXT_REQUEST, exception=False):
            self._pool.waitall()
        self._dismiss(0)

    def _dismiss(self, rested: float) -> None:
        """End the connections that have been at rest for so many seconds."""
        for connection, sock in list(self._connections.items()):
            if connection.has_rested(rested) and not sockets.has_said_more(sock):
                sockets.say_goodbye(sock)

    def _accept(self) -> None:
        while True:
            try:
                sock, peer = self._socket.accept()
            except OSError as error:
                log.warning("accept: %s", error, extra={"action": "accept"})
                eventlet.sleep(0.1)
                continue
            self._let_in(sock, peer)

    def _let_in(self, sock: Any, peer: Any) -> None:
        sock = sock if isinstance(sock, GreenSocket) else GreenSocket(sock)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pool.spawn_n(self._admit, sock, peer[0])

    def _admit(self, sock: Any, peer: str) -> None:
        with self._sockets.one_more(peer) as is_welcome:
            if is_welcome:
                with self._room.share(peer).until_closed() as share:
                    self._serve(sock, peer, share)
            else:
                count_socket_refused()
                sockets.hang_up(sock)

    def _serve(self, sock: Any, peer: str, share: Share) -> None:
        connection = Connection(sock, share)
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
            sockets.hang_up(sock)

    def _answer_one(self, connection: Connection, peer: str) -> bool:
        """Serve one request; return whether another may follow."""
        try:
            raw = connection.read_request()
        except RefusedError as error:
            count_malformed(error.status)
            response = self.app.refuse(error.status)
            connection.write(error.status, response.headers, response.get_data())
            return False
        connection.busy = True
        try:
            return self._answer(connection, raw, peer)
        finally:
            connection.rest()

    def _answer(self, connection: Connection, raw: RawRequest, peer: str) -> bool:
        response = self.app.answer(raw, peer, self._address)
        keep_alive = raw.keep_alive and not self._closing
        headers = [(k, v) for k, v in response.headers if k != "Content-Length"]
        # HTTP/1.0 has no chunks, and ends a connection that nobody says is kept.
        if not keep_alive or raw.version == "1.0":
            headers.append(("Connection", "keep-alive" if keep_alive else "close"))
        if isinstance(response, StreamResponse):
            return self._hand_over(connection, raw, response)
        if response.is_streamed and raw.method != "HEAD" and raw.version != "1.0":
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


_listeners: dict[Address, Listener] = {}


def shared_listener(config: Config) -> Listener:
    """Return the process's listener for the configured address."""
    address = setting(config, "WEB_SERVER_ADDRESS", sockets.parse_address)
    share = flag(config, "HTTP_SHARE_PORT", default=False)
    return listener_at(address, config, share_port=share)


def listener_at(address: Address, config: Config, *, share_port: bool) -> Listener:
    """Return the process's listener at an address."""
    # Where cookies travel by TLS only, everything does.
    tls = flag(config, "SESSION_COOKIE_SECURE", default=True)
    listener = Listener(address, Peers.of(config), share_port=share_port, tls=tls)
    return _listeners.setdefault(address, listener)


class HttpServer(ProviderCollector, SharedExtension):
    """Adds a container's routes and health to the process's listener."""

    def setup(self) -> None:
        self._listener = shared_listener(self.container.config)
        self._listener.expect(self)

    def start(self) -> None:
        eventlet.sleep(0)  # whoever starts together with this one is expected by now
        self._listener.app.add(self.container, [p.rule for p in self._providers])
        self._listener.acquire(self)

    def drain(self) -> None:
        """The process is ending: answer what was asked while everything is there."""
        self._listener.drain()

    def stop(self) -> None:
        self._listener.app.remove(self.container)
        self._listener.release()
        super().stop()

    def kill(self) -> None:
        self._listener.give_up(self)
        self._listener.app.remove(self.container)
        self._listener.release()
