"""A server that says what it is told to say."""

import socket
import threading
from contextlib import contextmanager


@contextmanager
def server(*answers):
    """Gives each connection one of these lists of pieces; keeps what it was asked."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            for pieces in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    for piece in pieces:
                        asked.append(connection.recv(65536).decode())
                        for byte in piece:
                            connection.send(bytes([byte]))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join()
