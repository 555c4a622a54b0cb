"""Pages that are open: they listen to what the web service tells them."""

import json
import socket


class Listener:
    """One open stream; ``headers`` are names and values as they are sent."""

    def __init__(self, process, query, token=None, **headers):
        self._socket = socket.create_connection(("127.0.0.1", process.port), 15)
        named = {"Host": "x", "Accept": "text/event-stream"}
        named |= {"Cookie": f"session={token}"} if token else {}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in named.items()]
        head = [f"GET /live?{query} HTTP/1.1", *lines, "", ""]
        self._socket.sendall("\r\n".join(head).encode())
        self._data = b""
        self.last_id = None
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.head = head.lower()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    def _until(self, end):
        while end not in self._data:
            part = self._socket.recv(65536)
            assert part, f"the server has hung up: {self._data!r}"
            self._data += part
        found, _, self._data = self._data.partition(end)
        return found

    def next(self):
        """The kind and data of the next event, whatever is sent in between."""
        while True:
            block = self._until(b"\n\n").decode()
            pairs = (line.partition(": ")[::2] for line in block.splitlines())
            fields = dict(pairs)
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                return fields["event"], json.loads(fields["data"])

    def until(self, **facts):
        """The data of the next event that tells all of this."""
        while True:
            _, data = self.next()
            if data.items() >= facts.items():
                return data

    def is_over(self):
        """Waits until the server has ended it."""
        while self._socket.recv(65536):
            pass
        return True
