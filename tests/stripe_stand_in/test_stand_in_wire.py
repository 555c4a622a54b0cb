"""Requests as bytes: lengths, broken and folded ones, kept connections."""

import json
import socket

import pytest


def exchange(stand_in, sent):
    """All that comes back until the stand-in closes the connection."""
    with socket.create_connection(("127.0.0.1", stand_in.port), timeout=15) as conn:
        conn.sendall(sent)
        with conn.makefile("rb") as answer:
            return answer.read()


HEAD = b"POST /v1/payment_intents HTTP/1.1\r\nAuthorization: Bearer sk_test_a\r\n"
INSIDE = b"GET /livez HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"Content-Length: 0\r\nContent-Length: 25\r\n", 400),
        (b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n", 400),
        (b"Content-Length: -1\r\n", 400),
        (b"Content-Length: 1e3\r\n", 400),
        (b"Content-Length: 262145\r\n", 413),
        (b"Content-Length: 99999999999999999999999\r\n", 413),
        (b"X: " + b"x" * 70000 + b"\r\n", 431),
        (b"".join(b"X%d: x\r\n" % n for n in range(200)), 431),
    ],
)
def test_an_unclear_length_ends_the_connection(stand_in, headers, status):
    """What follows is not read as another request."""
    answer = exchange(stand_in, HEAD + headers + b"\r\n" + INSIDE)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1
    body = answer.partition(b"\r\n\r\n")[2]
    assert json.loads(body)["error"]["type"] == "invalid_request_error"


def test_a_request_that_breaks_off_is_not_executed(stand_in, client):
    """Half a body is no body."""
    body = b"amount=150000&currency=usd&description=half"
    length = b"Content-Length: %d\r\n\r\n" % (len(body) + 1)
    with socket.create_connection(("127.0.0.1", stand_in.port), timeout=15) as conn:
        conn.sendall(HEAD + length + body)
        conn.shutdown(socket.SHUT_WR)
        assert conn.recv(1024) == b""
    newest = client.payment_intents.list({"limit": 100}).data
    assert "half" not in [intent.description for intent in newest]


def test_a_folded_header_is_refused(stand_in):
    """It would come back in an answer's header."""
    folded = b"Idempotency-Key: a\r\n Set-Cookie: b=c\r\n\r\n"
    answer = exchange(stand_in, HEAD + folded)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Set-Cookie" not in answer


def test_a_connection_is_kept_for_many_requests(stand_in):
    """Two requests on one socket, answered in order."""
    one = b"GET /livez HTTP/1.1\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
    answer = exchange(stand_in, one + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
