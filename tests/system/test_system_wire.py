"""Requests as bytes: what is no HTTP/1.1, or too much of it, is refused in time."""

import socket
from contextlib import ExitStack, closing, suppress

import pytest
from system_control import eventually

POST = b"POST /api/tickets HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST_CHUNK = b"0\r\n\r\n"
SMUGGLED = GET + b"Connection: close\r\n\r\n"
MALFORMED = {
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "two lengths in one": POST + b"Content-Length: 0, 5\r\n\r\n",
    "signed length": POST + b"Content-Length: +5\r\n\r\n",
    "negative length": POST + b"Content-Length: -5\r\n\r\n",
    "endless length": POST + b"Content-Length: " + b"9" * 26 + b"\r\n\r\n",
    "length and chunks": POST
    + b"Content-Length: 5\r\n"
    + CHUNKED
    + b"\r\n"
    + LAST_CHUNK,
    "chunks and length": POST + CHUNKED + b"Content-Length: 5\r\n\r\n" + LAST_CHUNK,
    "not chunked last": POST
    + b"Transfer-Encoding: chunked, identity\r\n\r\n"
    + LAST_CHUNK,
    "chunked misspelt": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + LAST_CHUNK,
    "bad chunk size": POST + CHUNKED + b"\r\n0x5\r\nhello\r\n" + LAST_CHUNK,
    "chunk too long": POST + CHUNKED + b"\r\n3\r\nhello\r\n" + LAST_CHUNK,
    "space before colon": POST + b"Content-Length : 5\r\n\r\n",
    "two hosts": GET + b"Host: b\r\n\r\n",
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "no version": b"GET /livez\r\n\r\n",
    "version 3": b"GET /livez HTTP/3.0\r\nHost: a\r\n\r\n",
    "folded header": GET + b"X: a\r\n b\r\n\r\n",
    "header without colon": GET + b"nonsense\r\n\r\n",
    "NUL in header": GET + b"X: a\0b\r\n\r\n",
    "space in target": b"GET /livez x HTTP/1.1\r\nHost: a\r\n\r\n",
    "bare return": b"GET /livez HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "coding before chunks": POST
    + b"Transfer-Encoding: gzip, chunked\r\n\r\n"
    + LAST_CHUNK,
    "chunks of HTTP/1.0": b"POST /api/tickets HTTP/1.0\r\nConnection: keep-alive\r\n"
    + CHUNKED
    + b"\r\n"
    + LAST_CHUNK,
    "line feed in chunk": POST + CHUNKED + b"\r\n1;x\ny\r\na\r\n" + LAST_CHUNK,
    "another host": b"GET http://evil.example/livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "host of nowhere": b"GET /livez HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
    "fragment": b"GET /livez#x HTTP/1.1\r\nHost: a\r\n\r\n",
    "tunnel": b"CONNECT localhost:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "foreign method": b"PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n",
    "unknown method": b"BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n",
}
TOO_LARGE = {
    "target": (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "header": (GET + b"X: " + b"x" * 40_000 + b"\r\n\r\n", 431),
    "headers": (GET + b"X: y\r\n" * 200 + b"\r\n", 431),
    "endless header": (GET + b"X: " + b"x" * 300_000, 431),
    "declared body": (POST + b"Content-Length: 67108864\r\n\r\n", 413),
    "expected body": (
        POST + b"Expect: 100-continue\r\nContent-Length: 67108864\r\n\r\n",
        413,
    ),
    "chunked body": (
        POST + CHUNKED + b"\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 40,
        413,
    ),
}


def say(system, *parts):
    """Sends bytes; returns the statuses of all answers until the server hangs up."""
    address = "127.0.0.1", system.process_for("/").port
    heard = b""
    with closing(socket.create_connection(address, timeout=15)) as it:
        with suppress(BrokenPipeError, ConnectionResetError):
            for part in parts:
                it.sendall(part)
        with suppress(ConnectionResetError):
            while data := it.recv(65536):
                heard += data
    return statuses(heard)


def statuses(heard):
    """The status of each of the answers that stand one after the other."""
    found = []
    while heard:
        head, _, rest = heard.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        found.append(int(lines[0].split(b" ", 2)[1]))
        fields = dict(line.split(b": ", 1) for line in lines[1:])
        heard = rest[int(fields.get(b"content-length", 0)) :]
    return found


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused_and_the_connection_closed(system, request_):
    """400 once; what follows on the connection is not taken for a request."""
    assert say(system, request_ + SMUGGLED) == [400]


@pytest.mark.parametrize(("request_", "status"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused_before_it_is_read(system, request_, status):
    """414, 431 and 413, and the connection is closed."""
    assert say(system, request_) == [status]


def test_trace_is_not_answered_with_what_was_said(system):
    """405: it would show cookies to scripts."""
    request = b"TRACE /api/tickets HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert say(system, request) == [405]


def test_requests_one_after_the_other_are_answered_in_turn(system):
    """Pipelining is HTTP/1.1, also when it arrives in pieces."""
    first = GET + b"\r\n"
    second = b"GET /api/no HTTP/1.1\r\nHost: a\r\n\r\n"
    parts = first[:9], first[9:] + second[:30], second[30:] + SMUGGLED
    assert say(system, *parts) == [200, 404, 200]


def test_one_address_has_so_many_sockets(systems):
    """The next one is hung up on; when one has gone, another may come."""
    limits = {"SOCKETS_PER_ADDRESS": "5", "UNCOUNTED_ADDRESSES": "none"}
    system = systems(("auth",), **limits).up()
    address = "127.0.0.1", system.process_for("/").port
    with ExitStack() as stack:
        held = [eventually(lambda: let_in(address)) for _ in range(5)]
        for each in held:
            stack.enter_context(each)
        with closing(socket.create_connection(address, timeout=15)) as one_more:
            assert is_hung_up_on(one_more)
        held[0].close()
        eventually(lambda: say(system, SMUGGLED) == [200])
    system.end()


def let_in(address):
    """A socket that was answered; one that has just gone may still be counted."""
    it = socket.create_connection(address, timeout=15)
    with suppress(ConnectionError):
        it.sendall(GET + b"\r\n")
        if it.recv(12) == b"HTTP/1.1 200":
            return it
    it.close()
    return None


def is_hung_up_on(sock):
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def test_who_does_not_read_the_answers_holds_nobody_up(system, anonymous):
    """Thirty ask for a long page again and again, and take none of it."""
    address = "127.0.0.1", system.process_for("/").port
    request = b"GET /static/no HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(30):
            sock = socket.create_connection(address, timeout=15)
            stack.enter_context(sock)
            sock.setblocking(False)
            with suppress(BlockingIOError):
                sock.send(request * 300)
        for _ in range(20):
            assert anonymous.get("/api/tickets").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "/api/tickets", {"GET", "HEAD", "POST"}),
        ("TRACE", "/api/orders", {"GET", "HEAD", "POST"}),
        ("PATCH", "/api/payments", {"POST"}),
        ("PUT", "/readyz", {"GET", "HEAD"}),
        ("DELETE", "/auth/signin", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(anonymous, method, path, allowed):
    """405 with Allow, on pages as well."""
    answer = anonymous.request(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed


def at_rest(client, path):
    """The answers to HEAD and GET between which nothing was sold or listed."""
    before, head, page = client.get(path), client.head(path), client.get(path)
    is_same = before.headers.get("ETag") == page.headers.get("ETag")
    return (head, page) if is_same else None


def test_a_head_has_the_headers_of_a_page_and_nothing_else(anonymous):
    """The same length and tag."""
    for path in ("/api/tickets", "/", "/livez"):
        head, page = eventually(lambda path=path: at_rest(anonymous, path))
        assert (head.status_code, head.content) == (page.status_code, b"")
        assert head.headers.get("ETag") == page.headers.get("ETag")


def test_no_page_may_be_framed_or_run_what_is_not_ours(anonymous):
    """Nothing inline, nothing from elsewhere, no frame, no camera but our own."""
    for path in ("/", "/auth/signin", "/nothing", "/api/tickets", "/live"):
        headers = anonymous.get(path, headers={"Accept": "text/html"}).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Permissions-Policy"].startswith("camera=(self), ")
        for name in ("Opener", "Resource"):
            assert headers[f"Cross-Origin-{name}-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers


def test_nothing_at_all_was_unforeseen(system):
    """Whatever the tests before this one sent, the log has no stack trace of it."""
    lines = system.processes["auth"].log().splitlines()
    assert not [line for line in lines if '"action": "unforeseen"' in line]
    assert not [line for line in lines if "Traceback" in line]
