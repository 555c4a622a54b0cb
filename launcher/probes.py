"""Whether a program answers as it should: one short question over its own protocol.

Each probe is asked again and again until it says yes, so none raises or waits long.
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from launcher.ports import LOOPBACK

# Given the id of the program's process.
Probe = Callable[[int], Awaitable[bool]]

ANSWER_SECONDS = 1.0
LISTENING = "0A"


def _hello() -> bytes:
    """{"hello": 1, "$db": "admin"} as an OP_MSG, MongoDB's only kind of request."""
    fields = b"\x10hello\0\1\0\0\0\x02$db\0\6\0\0\0admin\0"
    document = struct.pack("<i", len(fields) + 5) + fields + b"\0"
    body = struct.pack("<ib", 0, 0) + document
    return struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body


HELLO = _hello()


async def nats(port: int) -> bool:
    """Whether it answers, if only that it does not know who asks."""
    request = b'CONNECT {"verbose":false}\r\nPING\r\n'
    return await _replies(port, request, rb"\bPONG\r\n|-ERR 'Authorization")


async def redis(port: int) -> bool:
    return await _replies(port, b"PING\r\n", rb"\+PONG\r\n|-NOAUTH")


async def rabbitmq(port: int) -> bool:
    return await _replies(port, b"AMQP\x00\x00\x09\x01", b"RabbitMQ")


async def epmd(port: int) -> bool:
    """Asks for the names it knows; the answer begins with its own port."""
    return await _replies(port, b"\x00\x01n", re.escape(port.to_bytes(4, "big")))


async def mongodb(port: int) -> bool:
    """Whether it takes writes, which a replica set does only once it is set up."""
    return await _replies(port, HELLO, rb"\x08isWritablePrimary\x00\x01")


async def http(port: int, path: str, host: str = LOOPBACK) -> bool:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    return await _replies(port, request.encode(), rb"\AHTTP/1\.[01] 200\b", host)


def listens(process: int, port: int) -> bool:
    """Whether this very process listens there, as several may share one port."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        return True
    rows = (line.split() for line in table.read_text(encoding="ascii").splitlines()[1:])
    sockets = {
        f"socket:[{row[9]}]"
        for row in rows
        if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port
    }
    return not sockets.isdisjoint(_open_files(process))


def _open_files(process: int) -> set[str]:
    found = set()
    with suppress(OSError):  # the process may end meanwhile
        for file in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # or close that one
                found.add(str(file.readlink()))
    return found


async def _replies(
    port: int, request: bytes, expected: bytes, host: str = LOOPBACK
) -> bool:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request)
                return await _reads(reader, expected)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _reads(reader: asyncio.StreamReader, expected: bytes) -> bool:
    reply = b""
    while not re.search(expected, reply, re.DOTALL):
        if not (data := await reader.read(4096)):
            return False
        reply += data
    return True
