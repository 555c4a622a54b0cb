"""One HTTP/1.1 connection: strict parsing, bounded sizes, no wait without an end.

The parser is llhttp, which refuses conflicting lengths, bad chunk sizes and the other
shapes of request smuggling; what it leaves to its user is checked here.
"""

import socket
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf
from time import monotonic

import httptools
from eventlet import Timeout

from ticketing.http import heads
from ticketing.http.heads import RefusedError

Address = tuple[str, int]

MAX_TARGET = 8 * 1024
MAX_HEADERS = 32 * 1024
MAX_HEADER_COUNT = 100
MAX_BODY = 1024 * 1024
_READ_SIZE = 64 * 1024
# What one request may take on the wire, until its headers have ended and in all.
MAX_HEAD = MAX_TARGET + MAX_HEADERS + _READ_SIZE
MAX_REQUEST = MAX_HEAD + 2 * MAX_BODY
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


@dataclass
class RawRequest:
    """A request as it came: names of headers in lower case, nothing decoded."""

    method: str = ""
    target: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    keep_alive: bool = True

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class _Collector:
    """Receives the parser's callbacks and builds requests."""

    def __init__(self) -> None:
        self.ready: deque[RawRequest] = deque()
        self.request = RawRequest()
        self.parser = httptools.HttpRequestParser(self)
        self.in_body = False
        self.expects_continue = False
        self._size = 0
        self._received = 0
        self._chunks: list[bytes] = []

    @property
    def started(self) -> bool:
        return bool(self._size or self.in_body)

    def count(self, received: int) -> None:
        """Bound what the parser keeps to itself: it calls back on whole fields only."""
        self._received = self._received + received if self.started else 0
        if self._received > (MAX_REQUEST if self.in_body else MAX_HEAD):
            raise RefusedError(413 if self.in_body else 431)

    def on_message_begin(self) -> None:
        self.request = RawRequest()
        self._chunks, self._size, self.in_body = [], 1, False

    def on_url(self, part: bytes) -> None:
        self.request.target += part
        if len(self.request.target) > MAX_TARGET:
            raise RefusedError(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_body:
            return  # a trailer, which must not pass for a header (RFC 9110, 6.5.1)
        self._size += len(name) + len(value)
        headers = self.request.headers
        if self._size > MAX_HEADERS or len(headers) >= MAX_HEADER_COUNT:
            raise RefusedError(431)
        headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        request = self.request
        request.method = self.parser.get_method().decode("latin-1")
        request.keep_alive = self.parser.should_keep_alive()
        request.target = heads.checked(
            request.method,
            request.target,
            request.headers,
            self.parser.get_http_version(),
        )
        if int(request.header("content-length") or 0) > MAX_BODY:
            raise RefusedError(413)
        expect = (request.header("expect") or "").lower()
        self.expects_continue = expect == "100-continue"
        self.in_body = True

    def on_body(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > MAX_BODY + MAX_HEADERS:
            raise RefusedError(413)
        self._chunks.append(part)

    def on_message_complete(self) -> None:
        self.request.body = b"".join(self._chunks)
        self.ready.append(self.request)
        self._size, self.in_body, self.expects_continue = 0, False, False
        self._received = 0


class Connection:
    """Reads requests from a socket and writes answers to it, one at a time.

    ``busy`` while a request is being answered.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._collector = _Collector()
        self._is_new = True
        self.rest()

    def rest(self) -> None:
        """Nothing is being answered from now on."""
        self.busy, self._rests_since = False, monotonic()

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
        return collector.ready.popleft()

    def _receive(self, deadline: float) -> bytes:
        if self._collector.expects_continue:
            self._collector.expects_continue = False
            self._send(_CONTINUE)
        with Timeout(max(deadline - monotonic(), 0.001), ClosedError):
            try:
                data = self._sock.recv(_READ_SIZE)
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
