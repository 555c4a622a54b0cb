"""A door before a server, which a test may shut, hold or open again."""

import socket
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Gate:
    """Forwards one port to a server; shut, the port is closed as if it had died."""

    def __init__(self, url):
        self._target = urlsplit(url).port
        self._listener = _bound(0)
        self.port = self._listener.getsockname()[1]
        self.url = url.replace(f":{self._target}", f":{self.port}")
        if url.startswith("mongodb:"):
            # A member of a replica set tells its real address; do not follow it.
            self.url += "&" if "?" in url else "?"
            self.url += "directConnection=true"
        self._sockets = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._swallows = False

    def open(self):
        self._listener.listen(128)
        accept = threading.Thread(target=self._accept, args=[self._listener])
        accept.daemon = True
        accept.start()
        return self

    def shut(self):
        """Nobody listens there any more, and every connection is cut."""
        _cut(self._listener)
        for each in list(self._sockets):
            _cut(each)
        self._flowing.set()
        # Bound, but closed to everybody: the port stays ours.
        self._listener = _bound(self.port)

    def end(self):
        self.shut()
        self._listener.close()

    @contextmanager
    def held(self):
        """What the server says meanwhile arrives when this ends."""
        self._flowing.clear()
        try:
            yield
        finally:
            self._flowing.set()

    @contextmanager
    def swallowing(self):
        """Nothing arrives any more, and nobody is told: not even who connects."""
        self._swallows = True
        _cut(self._listener)
        self._listener = _bound(self.port)
        self._listener.listen(0)
        full = [_connecting(self.port) for _ in range(3)]
        try:
            yield
        finally:
            for each in full:
                each.close()
            self.shut()
            self._swallows = False
            self.open()

    @contextmanager
    def away(self):
        self.shut()
        try:
            yield
        finally:
            self.open()

    def _accept(self, listener):
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    client.close()
                    continue
                self._sockets |= {client, server}
                if listener.fileno() < 0:  # it was shut meanwhile, and they were not
                    _cut(client)
                    _cut(server)
                    continue
                self._pump(client, server, held=False)
                self._pump(server, client, held=True)

    def _pump(self, source, sink, *, held):
        def run():
            with suppress(OSError):
                while data := source.recv(65536):
                    if self._swallows:
                        continue
                    if held:
                        self._flowing.wait()
                    sink.sendall(data)
            for each in (source, sink):
                _cut(each)
                self._sockets.discard(each)

        threading.Thread(target=run, daemon=True).start()


def _bound(port):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock


def _connecting(port):
    """Takes a place in the queue of who wants to be let in."""
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(("127.0.0.1", port))
    return sock


def _cut(sock):
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
