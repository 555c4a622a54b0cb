"""HTTP/1.1 with keep-alive, strict about what it reads.

Conflicting lengths, chunked bodies and bodies that are too long are refused and the
connection is closed, so that nothing is ever read as a second request.
"""

from __future__ import annotations

import json
import logging
import socketserver
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex

from stripe_stand_in.api import Response, failure
from stripe_stand_in.errors import ParameterError, PayloadTooLargeError, StripeError
from stripe_stand_in.router import Request

MAX_BODY = 256 * 1024
IDLE_SECONDS = 120
ABOUT = (
    "This is a local stand-in for Stripe's API: test cards only, no money moves. "
    "Its endpoints are under /v1/ and documented at https://docs.stripe.com/api\n"
)
LOG = logging.getLogger(__name__)
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_PAGES = {
    "/livez": Response(200, b"ok", _PLAIN),
    "/": Response(200, ABOUT.encode(), _PLAIN),
}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "stripe-stand-in"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        """A client that goes away is no error of ours."""
        with suppress(ConnectionError):
            super().handle()

    def _handle(self) -> None:
        path, _, query = self.path.partition("?")
        request_id = f"req_{token_hex(7)}"
        response = _PAGES.get(path) if self.command == "GET" else None
        if response is None:
            try:
                response = self.server.answer(self._request(request_id, path, query))
            except StripeError as error:
                self.close_connection = True
                response = failure(error)
        if response is None:
            self.close_connection = True
        else:
            self._send(response, request_id)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_OPTIONS = _handle  # noqa: N815 - its names

    def _request(self, request_id: str, path: str, query: str) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if any("\r" in value or "\n" in value for value in headers.values()):
            raise ParameterError("A header is folded over several lines.")
        length = self._length()
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError
        return Request(
            request_id, self.command, path, query.encode("latin-1"), headers, body
        )

    def _length(self) -> int:
        lengths = self.headers.get_all("Content-Length", ["0"])
        wrong = len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit())
        if wrong or "Transfer-Encoding" in self.headers:
            raise ParameterError("The request needs one Content-Length.")
        if len(lengths[0]) > 18 or int(lengths[0]) > MAX_BODY:
            raise PayloadTooLargeError(
                f"The request body is longer than {MAX_BODY} bytes."
            )
        return int(lengths[0])

    def _send(self, response: Response, request_id: str) -> None:
        phrase = HTTPStatus(response.status).phrase
        lines = [
            f"HTTP/1.1 {response.status} {phrase}",
            f"Date: {self.date_time_string()}",
            f"Request-Id: {request_id}",
            f"Content-Length: {len(response.body)}",
            *(f"{name}: {value}" for name, value in response.headers.items()),
        ]
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "\r\n"]).encode("latin-1", "replace")
        self.wfile.write(head + response.body)

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """What http.server refuses by itself, in the shape of every other error."""
        self.close_connection = True
        said = message or explain or HTTPStatus(code).phrase
        error = {"message": said, "type": "invalid_request_error"}
        body = json.dumps({"error": error}).encode()
        headers = {"Content-Type": "application/json"}
        self._send(Response(code, body, headers), f"req_{token_hex(7)}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        LOG.debug(format, *args)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], answer: Callable[[Request], Response | None]
    ) -> None:
        self.answer = answer
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Without http.server's look-up of the host's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = "stripe-stand-in"
        self.server_port = self.socket.getsockname()[1]
