"""A service that says hello, and a client that talks to its listener byte by byte."""

import socket
from contextlib import contextmanager

import eventlet
from werkzeug.wrappers import Response

from ticketing import service
from ticketing.http import route


class HelloService(service.Service):
    name = "hello"
    gate = None

    @route("GET", "/hello")
    def get_hello(self, request):
        return {"hello": "there"}

    @route("GET", "/gate")
    def get_gate(self, request):
        self.gate[0].send(None)
        self.gate[1].wait()
        return {}

    @route("GET", "/stream")
    def get_stream(self, request):
        return Response(iter([b"one ", b"two"]), content_type="text/plain")


@contextmanager
def connected(listener):
    address = listener._socket.getsockname()
    with eventlet.Timeout(5), socket.create_connection(address) as sock:
        yield sock


def ask(sock, path=b"/hello", method=b"GET", headers=b""):
    sock.sendall(b"%b %b HTTP/1.1\r\nHost: x\r\n%b\r\n" % (method, path, headers))


def more(sock):
    part = sock.recv(65536)
    assert part, "the server has hung up"
    return part


def answer(sock):
    """One answer with a length: its head and its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += more(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += more(sock)
    return head, body


def rest(sock):
    data = b""
    while part := sock.recv(65536):
        data += part
    return data
