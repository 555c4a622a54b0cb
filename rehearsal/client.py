"""The least HTTP client: one connection that is kept, JSON, cookies by their names.

It shares the machine with what it measures, and so does no more than it must.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self

from ticketing.rehearsing import HEADER

JSON = dict[str, Any]
# Longer than any answer may take, so that one that takes too long is measured.
TIMEOUT = 30.0
# The status where there was no answer.
LOST = 0
REPEATABLE = {"GET", "PUT"}
TRIES, PAUSE = 20, 1.0
_HEAD, _LENGTH, _COOKIE = b"\r\n\r\n", b"\r\nContent-Length: ", b"\r\nSet-Cookie: "
_LATER = b"\r\nRetry-After: "


class LostError(Exception):
    """The connection ended before the answer: nobody knows what came of it."""


@dataclass(frozen=True)
class Answer:
    """``retry_after`` is when to ask again, in seconds, if it says so."""

    status: int
    body: bytes
    retry_after: int = 0

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    def message(self) -> str:
        """The first error that is told, "" for an answer of another shape."""
        try:
            return str(self.json()["errors"][0]["message"])
        except (ValueError, LookupError, TypeError):
            return ""


class Client:
    """Connects when it asks first, and again after its connection was lost."""

    def __init__(
        self,
        host: str,
        port: int,
        cookies: dict[str, str] | None = None,
        permit: str = "",
    ) -> None:
        """``permit`` is what ``ticketing.rehearsing`` knows requests of one by."""
        self._address = host, port
        self._cookies = {} if cookies is None else cookies
        self._permit = permit
        self._wire: _Wire | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._wire:
            self._wire.end()

    def twin(self) -> "Client":
        """The same person, with the same cookies, on a connection of its own."""
        return Client(*self._address, self._cookies, self._permit)

    async def ask(
        self, method: str, path: str, body: JSON | None = None, key: str | None = None
    ) -> Answer:
        """Return the answer, whatever it is. ``key`` is an Idempotency-Key.

        Raises LostError.
        """
        data = json.dumps(body).encode() if body is not None else b""
        keyed = f"Idempotency-Key: {key}\r\n" if key else ""
        keyed += f"{HEADER}: {self._permit}\r\n" if self._permit else ""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: rehearsal\r\nCookie: {cookies}\r\n"
            f"Content-Type: application/json\r\n{keyed}"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        wire = await self._connected()
        answer, cookie = await wire.exchange(head.encode() + data)
        self._keep(cookie)
        return answer

    def _keep(self, cookie: str) -> None:
        """Keep what an answer sets; without a value it is taken off."""
        name, _, value = cookie.partition("=")
        if value:
            self._cookies[name] = value
        else:
            self._cookies.pop(name, None)

    async def call(self, method: str, path: str, body: JSON | None = None) -> Any:
        """Return the JSON of a 2xx answer. Raises RuntimeError with any other.

        A shop that is busy is asked again, unless that could be done twice.
        """
        answer = await self.ask(method, path, body)
        for _ in range(TRIES if method in REPEATABLE else 0):
            if answer.status != 503:
                break
            await asyncio.sleep(PAUSE)
            answer = await self.ask(method, path, body)
        if not answer.is_good:
            told = answer.body.decode(errors="replace")
            raise RuntimeError(f"{method} {path}: {answer.status} {told}")
        return answer.json()

    async def _connected(self) -> "_Wire":
        if self._wire is None or not self._wire.is_open:
            try:
                async with asyncio.timeout(TIMEOUT):
                    loop = asyncio.get_running_loop()
                    _, self._wire = await loop.create_connection(_Wire, *self._address)
            except OSError as error:  # a TimeoutError is one, too
                raise LostError from error
        return self._wire


class _Wire(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self._data = b""
        self._answer: asyncio.Future[tuple[Answer, str]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.is_open = transport, True

    async def exchange(self, request: bytes) -> tuple[Answer, str]:
        """Return the answer and the cookie that it sets. Raises LostError."""
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._transport.write(request)
        end = loop.call_later(TIMEOUT, self._transport.abort)
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.end()  # the answer would be taken for that of another request
            raise
        finally:
            end.cancel()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head = self._data.find(_HEAD)
        if head < 0:
            return
        end = head + len(_HEAD) + int(_field(self._data, _LENGTH, head) or 0)
        if len(self._data) < end:
            return
        later = int(_field(self._data, _LATER, head) or 0)
        body = self._data[head + len(_HEAD) : end]
        answer = Answer(int(self._data[9:12]), body, later)
        cookie = _field(self._data, _COOKIE, head).partition(b";")[0].decode()
        self._data = self._data[end:]
        if self._answer and not self._answer.done():
            self._answer.set_result((answer, cookie))

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        if self._answer and not self._answer.done():
            self._answer.set_exception(LostError())

    def end(self) -> None:
        self.is_open = False
        self._transport.abort()


def _field(data: bytes, name: bytes, end: int) -> bytes:
    start = data.find(name, 0, end)
    if start < 0:
        return b""
    start += len(name)
    return data[start : data.find(b"\r\n", start)]
