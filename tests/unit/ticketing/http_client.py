"""The far end of one connection, as well or badly behaved as a test wants it."""

import socket

import eventlet

from ticketing.http.protocol import ClosedError, Connection

HOST = b"Host: shop\r\n"


class Client:
    def __init__(self):
        near, self.socket = socket.socketpair()
        self.near = near
        self.connection = Connection(near)

    def send(self, data):
        self.socket.sendall(data)
        return self

    def dribble(self, data, interval=0.005):
        """Send byte after byte until all is sent or nobody listens any more."""

        def run():
            for byte in data:
                try:
                    self.socket.sendall(bytes([byte]))
                except OSError:
                    return
                eventlet.sleep(interval)

        eventlet.spawn_n(run)
        return self

    def hang_up(self):
        self.socket.close()
        return self

    def read(self):
        """What the server makes of it; never waits for ever."""
        with eventlet.Timeout(5, AssertionError("the server waits for ever")):
            return self.connection.read_request()

    def received(self):
        """All that the server has sent by now."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(1 << 20)
        except BlockingIOError:
            return b""

    def close(self):
        self.near.close()
        self.socket.close()


def lines(method=b"GET", target=b"/", headers=b"", body=b"", version=b"1.1"):
    first = b"%b %b HTTP/%b\r\n" % (method, target, version)
    return first + HOST + headers + b"\r\n" + body


def chunked(*parts, headers=b""):
    coded = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
    return lines(
        b"POST", headers=b"Transfer-Encoding: chunked\r\n" + headers, body=coded
    )


__all__ = ["HOST", "Client", "ClosedError", "chunked", "lines"]
