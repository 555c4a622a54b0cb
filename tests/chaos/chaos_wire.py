"""Gates that understand what passes: HTTP, MongoDB's protocol and NATS's.

A watcher sees each message before it goes on; it may hold it for a while. It may also
raise ``DroppedError``, and then the message is lost, or ``CutError``, and then its
connection is lost with it.
"""

import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from system_gate import Gate, _cut

OP_MSG = 2013
WRITES = (b"update", b"insert", b"findAndModify")


class CutError(Exception):
    """The message goes no further, and its connection ends"""


class DroppedError(Exception):
    """The message goes no further"""


@dataclass(frozen=True)
class Message:
    """``client`` is the client's end of the connection it came on."""

    client: object
    raw: bytes

    def mentions(self, text):
        return text.encode() in self.raw


@dataclass(frozen=True)
class Request(Message):
    @property
    def line(self):
        """``("POST", "/v1/refunds")``"""
        method, target, _ = self.raw.split(b"\r\n", 1)[0].decode().split(" ", 2)
        return method, urlsplit(target).path

    @property
    def form(self):
        body = self.raw.partition(b"\r\n\r\n")[2].decode()
        return {name: values[0] for name, values in parse_qs(body).items()}


@dataclass(frozen=True)
class Response(Message):
    @property
    def json(self):
        body = self.raw.partition(b"\r\n\r\n")[2]
        with suppress(ValueError):
            return json.loads(body)
        return {}


@dataclass(frozen=True)
class Command(Message):
    """One message of MongoDB's wire protocol."""

    def writes_to(self, collection):
        name = collection.encode() + b"\0"
        size = len(name).to_bytes(4, "little")
        return int.from_bytes(self.raw[12:16], "little") == OP_MSG and any(
            b"\2" + write + b"\0" + size + name in self.raw for write in WRITES
        )


@dataclass(frozen=True)
class Line(Message):
    """One operation of NATS's protocol, with its payload."""

    @property
    def subject(self):
        """Where it publishes; empty when it does something else."""
        words = self.raw.split(b"\r\n", 1)[0].split()
        return words[1].decode() if words[0] in {b"PUB", b"HPUB"} else ""


class Reader:
    """Cuts messages out of what comes through a socket."""

    def __init__(self, source):
        self._source, self._left = source, b""

    def exactly(self, size):
        while len(self._left) < size:
            self._more()
        found, self._left = self._left[:size], self._left[size:]
        return found

    def until(self, mark):
        while mark not in self._left:
            self._more()
        return self.exactly(self._left.index(mark) + len(mark))

    def some(self):
        if not self._left:
            self._more()
        return self.exactly(len(self._left))

    def _more(self):
        data = self._source.recv(65536)
        if not data:
            raise ConnectionError
        self._left += data


def http(reader):
    head = reader.until(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head + reader.exactly(length)


def mongodb(reader):
    size = reader.exactly(4)
    return size + reader.exactly(int.from_bytes(size, "little") - 4)


def nats(reader):
    line = reader.until(b"\r\n")
    words = line.split()
    if words and words[0] in {b"PUB", b"HPUB"}:
        return line + reader.exactly(int(words[-1]) + 2)
    return line


# What is asked and what is answered: how to read it, and what it is then.
PROTOCOLS = {
    "http": (http, Request, http, Response),
    "mongodb": (mongodb, Command, mongodb, Command),
    "nats": (nats, Line, Reader.some, Message),
}


class Wire(Gate):
    """A gate of one protocol. A watcher has ``asked(message)`` and ``answered``."""

    def __init__(self, url, watcher):
        super().__init__(url)
        self._watcher = watcher
        self._protocol = PROTOCOLS[urlsplit(url).scheme]

    def _pump(self, source, sink, *, held):
        watch = self._watcher.answered if held else self._watcher.asked
        read, shape = self._protocol[2:] if held else self._protocol[:2]
        client, reader = sink if held else source, Reader(source)

        def run():
            with suppress(OSError, CutError):
                while True:
                    message = shape(client, read(reader))
                    with suppress(DroppedError):
                        watch(message)
                        sink.sendall(message.raw)
            for each in (source, sink):
                _cut(each)
                self._sockets.discard(each)

        threading.Thread(target=run, daemon=True).start()
