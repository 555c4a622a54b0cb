"""The far end of a stream: what a page hears of it, and whether it is cut off."""

import socket

from ticketing.http.streaming import release


class Page:
    def __init__(self, hub, *topics, first=b"first", session=None):
        near, self.socket = socket.socketpair()
        near.setblocking(False)
        self.fd = release(near)
        self.socket.settimeout(5)
        hub.take(self.fd, topics, first, session)

    def hears(self, data):
        heard = b""
        while len(heard) < len(data):
            part = self.socket.recv(len(data) - len(heard))
            assert part, heard
            heard += part
        assert heard == data

    def is_cut(self):
        while self.socket.recv(1 << 20):
            pass
        return True
