"""One HTTP/1.1 connection: requests read and answered, no wait without an end."""

import socket
from collections.abc import Iterable
from http import HTTPStatus
from math import inf
from time import monotonic

import httptools
from eventlet import Timeout

from ticketing.http.heads import RefusedError
from ticketing.http.parsing import READ_SIZE, Collector, RawRequest
from ticketing.http.room import Room, Share

Address = tuple[str, int]

# A busy machine is late, and nobody is to be waited for longer than 10 s.
HEADER_DEADLINE = 9.0
BODY_DEADLINE = 30.0
# Who connects has something to say, and says it; who has said something may rest.
NEW_DEADLINE = 9.0
IDLE_DEADLINE = 60.0
# For an answer, or for each part of one that is made while it is sent.
SEND_DEADLINE = 30.0
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# These answers have no body, and no length of one (RFC 9110, 8.6).
_WITHOUT_LENGTH = {204, 304}


class ClosedError(Exception):
    """The peer has gone, or has been silent for too long."""


class Connection:
    """Reads requests from a socket and writes answers to it, one at a time.

    ``busy`` while a request is being answered.
    """

    def __init__(self, sock: socket.socket, share: Share | None = None) -> None:
        self._sock = sock
        self._share = share or Room().share("")
        self._collector = Collector(self._share)
        self._held = 0
        self._is_new = True
        self.rest()

    def rest(self) -> None:
        """Nothing is being answered from now on."""
        self.busy, self._rests_since = False, monotonic()
        self._share.give_back(self._held)
        self._held = 0

    def has_rested(self, seconds: float) -> bool:
        """Whether it has for so long. If not, its client may just be asking."""
        return not self.busy and monotonic() - self._rests_since >= seconds

    def read_request(self) -> RawRequest:
        """Return the next request. Raises ClosedError or RefusedError."""
        collector = self._collector
        latest = monotonic() + (NEW_DEADLINE if self._is_new else inf)
        self._is_new = False
        deadline = min(latest, monotonic() + IDLE_DEADLINE)
        was_started = was_in_body = False
        while not collector.ready:
            if collector.started and not was_started:
                was_started = True
                deadline = min(latest, monotonic() + HEADER_DEADLINE)
            if collector.in_body and not was_in_body:
                was_in_body = True
                deadline = monotonic() + BODY_DEADLINE
            self._feed(self._receive(deadline))
        request = collector.ready.popleft()
        self._held = request.held
        return request

    def _receive(self, deadline: float) -> bytes:
        if self._collector.expects_continue:
            self._collector.expects_continue = False
            self._send(_CONTINUE)
        with Timeout(max(deadline - monotonic(), 0.001), ClosedError):
            try:
                data = self._sock.recv(READ_SIZE)
            except OSError as error:
                raise ClosedError from error
        if not data:
            raise ClosedError
        return data

    def _feed(self, data: bytes) -> None:
        try:
            self._collector.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Upgrades are not offered: the request is answered as a plain one.
            self._collector.request.keep_alive = False
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            refused = cause if isinstance(cause, RefusedError) else RefusedError(400)
            raise refused from None
        except httptools.HttpParserError:
            raise RefusedError(400) from None
        self._collector.count(len(data))

    def write(
        self,
        status: int,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        *,
        with_body: bool = True,
    ) -> None:
        """Send an answer whose body is known. Raises ClosedError."""
        if status not in _WITHOUT_LENGTH:
            headers = [*headers, ("Content-Length", str(len(body)))]
        head = _head(status, headers)
        self._send(head + body if with_body else head)

    def write_head(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """Send the head of an answer that ends with its connection.

        Raises ClosedError.
        """
        self._send(_head(status, headers))

    def write_stream(
        self, status: int, headers: Iterable[tuple[str, str]], parts: Iterable[bytes]
    ) -> None:
        """Send an answer in chunks as they come. Raises ClosedError."""
        self._send(_head(status, [*headers, ("Transfer-Encoding", "chunked")]))
        for part in parts:
            if part:
                self._send(b"%x\r\n%b\r\n" % (len(part), part))
        self._send(b"0\r\n\r\n")

    def _send(self, data: bytes) -> None:
        with Timeout(SEND_DEADLINE, ClosedError):
            try:
                self._sock.sendall(data)
            except OSError as error:
                raise ClosedError from error


def _head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
