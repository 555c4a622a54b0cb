"""From bytes to requests: strict parsing, bounded sizes.

The parser is llhttp, which refuses conflicting lengths, bad chunk sizes and the other
shapes of request smuggling; what it leaves to its user is checked here.
"""

from collections import deque
from dataclasses import dataclass, field

import httptools

from ticketing.http import heads
from ticketing.http.heads import RefusedError
from ticketing.http.room import Share

MAX_TARGET = 8 * 1024
MAX_HEADERS = 32 * 1024
MAX_HEADER_COUNT = 100
MAX_BODY = 1024 * 1024
READ_SIZE = 64 * 1024
# What one request may take on the wire, until its headers have ended and in all.
MAX_HEAD = MAX_TARGET + MAX_HEADERS + READ_SIZE
MAX_REQUEST = MAX_HEAD + 2 * MAX_BODY


@dataclass
class RawRequest:
    """A request as it came: names of headers in lower case, nothing decoded."""

    method: str = ""
    target: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    keep_alive: bool = True
    version: str = "1.1"
    # What it holds of the room for long bodies.
    held: int = 0

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class Collector:
    """Receives the parser's callbacks and builds requests."""

    def __init__(self, share: Share) -> None:
        self._share = share
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
        request.version = self.parser.get_http_version()
        request.target = heads.checked(
            request.method,
            request.target,
            request.headers,
            request.version,
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
        self.request.held += self._share.take(len(part), of=self._size)
        self._chunks.append(part)

    def on_message_complete(self) -> None:
        self.request.body = b"".join(self._chunks)
        self.ready.append(self.request)
        self._size, self.in_body, self.expects_continue = 0, False, False
        self._received = 0
