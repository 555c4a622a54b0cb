"""Answers that go on: after its headers a connection belongs to a hub of streams.

A stream costs a file descriptor and a small object, no green thread and no worker. What
is told is written at once to all who listen; who does not take it has it kept up to a
bound, and is cut off beyond that or when he takes nothing for two heartbeats.
"""

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import eventlet
from eventlet import patcher
from eventlet.hubs import get_hub
from eventlet.queue import LightQueue
from werkzeug.wrappers import Response

from ticketing.keyring import Session

# Plain ones: eventlet's would make the writer wait for the slowest of all.
_os = patcher.original("os")

HEARTBEAT = 15.0
MAX_WAITING = 16 * 1024
# So many are written to before others of the process have their turn.
SLICE = 200
# What the kernel keeps for who does not read, and for how many milliseconds.
_SEND_BUFFER = 16 * 1024
_UNACKNOWLEDGED = 45_000
_BEAT = b":\n\n"


class StreamResponse(Response):
    """Its headers are sent as any answer's; then ``take(fd)`` owns the connection."""

    def __init__(self, take: Callable[[int], None]) -> None:
        super().__init__(iter(()), content_type="text/event-stream")
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"  # said to proxies that collect first
        self.take = take


def release(sock: Any) -> int:
    """Take a non-blocking socket apart and return its file descriptor."""
    with suppress(OSError):  # not every kind of socket has all of these
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED)
    return int(sock.detach())


class Stream:
    """An open answer to a session, or to nobody; ``fd`` is -1 once it is closed."""

    __slots__ = ("fd", "is_stalled", "session", "topics", "waiting")

    def __init__(
        self, fd: int, topics: tuple[str, ...], session: Session | None
    ) -> None:
        self.fd = fd
        self.topics = topics
        self.session = session
        self.waiting = b""
        self.is_stalled = False


class StreamHub:
    """All streams of a process, by what they want to hear of."""

    def __init__(self, limit: int, heartbeat: float = HEARTBEAT) -> None:
        self._limit = limit
        self._heartbeat = heartbeat
        self._streams: set[Stream] = set()
        self._topics: dict[str, set[Stream]] = {}
        self._messages = LightQueue()
        self._threads: list[Any] = []

    def __len__(self) -> int:
        return len(self._streams)

    @property
    def is_full(self) -> bool:
        return len(self._streams) >= self._limit

    def start(self) -> None:
        self._loop = get_hub().loop
        self._threads = [eventlet.spawn(self._speak), eventlet.spawn(self._beat)]

    def stop(self) -> None:
        """Close all streams, and those that are still on their way here."""
        for thread in self._threads:
            thread.kill()
        self._threads = []
        for stream in list(self._streams):
            self._drop(stream)

    def take(
        self,
        fd: int,
        topics: Iterable[str],
        first: bytes,
        session: Session | None = None,
    ) -> None:
        """Own a connection from now on; ``first`` is written before anything else.

        It ends with the ``session`` that it answers to.
        """
        if not self._threads or self.is_full:
            _os.close(fd)
            return
        stream = Stream(fd, tuple(topics), session)
        self._streams.add(stream)
        for topic in stream.topics:
            self._topics.setdefault(topic, set()).add(stream)
        # Nothing is expected of who listens: what comes is his end, or nonsense.
        self._loop.add_reader(fd, self._drop, stream)
        self._write(stream, first)

    def has(self, topic: str) -> bool:
        """Whether anybody listens."""
        return topic in self._topics

    def count(self, topic: str) -> int:
        return len(self._topics.get(topic, ()))

    def end(self, topic: str, has_ended: Callable[[Session], bool]) -> None:
        """Close those of a topic whose session has ended."""
        for stream in list(self._topics.get(topic, ())):
            if stream.session and has_ended(stream.session):
                self._drop(stream)

    def tell(self, topic: str, message: bytes) -> None:
        """Have a message written to all who listen; returns at once."""
        if self.has(topic):
            self._messages.put((topic, message))

    def _speak(self) -> None:
        while True:
            topic, message = self._messages.get()
            for stream in _in_slices(self._topics.get(topic, ())):
                self._write(stream, message)

    def _beat(self) -> None:
        while True:
            eventlet.sleep(self._heartbeat)
            for stream in _in_slices(self._streams):
                self._beat_one(stream)

    def _beat_one(self, stream: Stream) -> None:
        if stream.session and stream.session.expires_at < time.time():
            self._drop(stream)
        elif not stream.waiting:
            self._write(stream, _BEAT)
        elif stream.is_stalled:
            self._drop(stream)
        else:
            stream.is_stalled = True

    def _write(self, stream: Stream, data: bytes) -> None:
        if stream.waiting:
            stream.waiting += data
        else:
            stream.waiting = self._send(stream, data)
            if stream.waiting:
                self._loop.add_writer(stream.fd, self._flush, stream)
        if len(stream.waiting) > MAX_WAITING:
            self._drop(stream)

    def _flush(self, stream: Stream) -> None:
        stream.waiting = self._send(stream, stream.waiting)
        if not stream.waiting and stream.fd >= 0:
            stream.is_stalled = False
            self._loop.remove_writer(stream.fd)

    def _send(self, stream: Stream, data: bytes) -> bytes:
        """Send what can be sent without waiting and return the rest."""
        try:
            return data[_os.write(stream.fd, data) :]
        except BlockingIOError:
            return data
        except OSError:
            self._drop(stream)
            return b""

    def _drop(self, stream: Stream) -> None:
        if stream.fd < 0:
            return
        self._loop.remove_reader(stream.fd)
        self._loop.remove_writer(stream.fd)
        _os.close(stream.fd)
        stream.fd, stream.waiting = -1, b""
        self._streams.discard(stream)
        for topic in stream.topics:
            self._leave(topic, stream)

    def _leave(self, topic: str, stream: Stream) -> None:
        listeners = self._topics[topic]
        listeners.discard(stream)
        if not listeners:
            del self._topics[topic]


def _in_slices(streams: Iterable[Stream]) -> Iterable[Stream]:
    """Go through those of now that stay open, and let others run in between."""
    for number, stream in enumerate(list(streams), 1):
        if stream.fd >= 0:
            yield stream
        if number % SLICE == 0:
            eventlet.sleep(0)
