"""What the contract tests share: waiting, ways to servers, and tiny services."""

import socket
from contextlib import closing, suppress

import eventlet
from nameko.containers import ServiceContainer

DEADLINE = 10.0


def eventually(predicate, within=DEADLINE):
    """Wait until ``predicate`` is true and return what it gave; fail after a while."""
    with eventlet.Timeout(within, AssertionError(f"not within {within} s")):
        while not (result := predicate()):
            eventlet.sleep(0.01)
    return result


def free_port():
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Tiny:
    """A container of one small service that has one provider and does not run."""

    def __init__(self, provider, config, name="tiny"):
        members = {"name": name, "provided": provider}
        self.container = ServiceContainer(type("TinyService", (), members), config)
        (self.provider,) = self.container.dependencies
        self.provider.setup()


def store_of(provider, config, name):
    """A service's repository as its workers get it, with its indexes; no relay runs."""
    tiny = Tiny(provider, config, name)
    tiny.provider.declare_indexes()
    store = tiny.provider.get_dependency(None)
    store._outbox = Outbox()
    store.kept = tiny
    return store


class Outbox:
    """Takes events as a relay does, and keeps them."""

    def __init__(self):
        self.submitted = []

    def submit(self, document_id, events):
        self.submitted.append((document_id, [event.id for event in events]))

    @property
    def ids(self):
        """Each event once, in the order in which it was first handed on."""
        told = [event_id for _, ids in self.submitted for event_id in ids]
        return list(dict.fromkeys(told))


class Proxy:
    """A way to a server that can be closed, opened, and made to lose the answers.

    ``asked`` is all that was sent to the server. While there is a ``gate``, answers
    wait for it.
    """

    def __init__(self, host, port):
        self.target = host, port
        self.port = free_port()
        self.losing = 0
        self.asked = b""
        self.gate = None
        self._accepting = self._listening = None
        self._links = set()

    def open(self):
        self._listening = eventlet.listen(("127.0.0.1", self.port))
        self._accepting = eventlet.spawn(self._accept)
        return self

    def close(self):
        if self._accepting:
            self._accepting.kill()
            self._listening.close()
        for sock in list(self._links):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._accepting = self._listening = None

    def _accept(self):
        while True:
            near, _ = self._listening.accept()
            eventlet.spawn_n(self._link, near)

    def _link(self, near):
        with suppress(OSError), closing(near):
            far = eventlet.connect(self.target)
            with closing(far):
                self._links |= {near, far}
                back = eventlet.spawn(self._answers, far, near)
                self._copy(near, far)
                back.wait()
        self._links.discard(near)

    def _answers(self, far, near):
        with suppress(OSError):
            while data := far.recv(65536):
                if self.losing:
                    self.losing -= 1
                    break
                if self.gate:
                    self.gate.wait()
                near.sendall(data)
        for sock in (near, far):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _copy(self, source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                self.asked += data
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
