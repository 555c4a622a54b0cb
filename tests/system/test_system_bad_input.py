"""Bytes that no honest client sends: refused, in time, and nothing breaks."""

import json
import socket
from contextlib import closing

import pytest
from system_control import eventually
from system_people import PASSWORD

ROUTES = [
    ("POST", "/api/users/signup"),
    ("POST", "/api/users/signin"),
    ("POST", "/api/tickets"),
    ("PUT", "/api/tickets/5f0000000000000000000000"),
    ("POST", "/api/orders"),
    ("POST", "/api/payments"),
]
HOST = b"Host: localhost\r\n"
JSON = {"Content-Type": "application/json"}


def say(system, *parts, timeout=15):
    """Sends bytes; returns the statuses of all answers until the server hangs up."""
    process = system.process_for("/")
    with closing(socket.create_connection(("127.0.0.1", process.port), timeout)) as it:
        try:
            for part in parts:
                it.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was said
        heard = b""
        try:
            while data := it.recv(65536):
                heard += data
        except ConnectionResetError:
            pass
    assert b"Traceback" not in heard
    return statuses(heard)


def statuses(heard):
    found = []
    while heard:
        head, _, rest = heard.partition(b"\r\n\r\n")
        found.append(int(head.split(b" ", 2)[1]))
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        heard = rest[int(fields.get(b"content-length", 0)) :]
    return found


SMUGGLED = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
MALFORMED = {
    "two lengths": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "two lengths in one": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 0, 5\r\n\r\n",
    "signed length": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: +5\r\n\r\n",
    "negative length": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: -5\r\n\r\n",
    "length and chunks": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunked twice": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked misspelt": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "space before colon": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Content-Length : 5\r\n\r\n",
    "bad chunk size": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "chunk too long": b"POST /api/tickets HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "no version": b"GET /livez\r\n\r\n",
    "version 3": b"GET /livez HTTP/3.0\r\nHost: a\r\n\r\n",
    "folded header": b"GET /livez HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "header without colon": b"GET /livez HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n",
    "NUL in header": b"GET /livez HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "space in target": b"GET /livez x HTTP/1.1\r\nHost: a\r\n\r\n",
    "bare return": b"GET /livez HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "unknown method": b"BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused_and_the_connection_closed(system, request_):
    """400 once; what follows on the connection is not taken for a request."""
    assert say(system, request_ + SMUGGLED) == [400]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /livez HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /livez HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 200 + b"\r\n", 431),
        (
            b"POST /api/tickets HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 67108864\r\n\r\n",
            413,
        ),
        (
            b"POST /api/tickets HTTP/1.1\r\n"
            + HOST
            + b"Expect: 100-continue\r\nContent-Length: 67108864\r\n\r\n",
            413,
        ),
        (
            b"POST /api/tickets HTTP/1.1\r\n"
            + HOST
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 40,
            413,
        ),
        (
            b"POST /api/tickets HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 99999999999999999999999999\r\n\r\n",
            400,
        ),
    ],
    ids=["target", "header", "headers", "declared", "expected", "chunked", "overflow"],
)
def test_what_is_too_large_is_refused_before_it_is_read(system, request_, status):
    """414, 431 and 413, and the connection is closed."""
    assert say(system, request_) == [status]


def test_trace_is_not_answered_with_what_was_said(system):
    """405: it would show cookies to scripts."""
    request = b"TRACE /api/tickets HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert say(system, request) == [405]


def test_requests_one_after_the_other_are_answered_in_turn(system):
    """Pipelining is HTTP/1.1, also when it arrives in pieces."""
    request = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /api/no HTTP/1.1\r\nHost: a"
    last = b"\r\n\r\n" + SMUGGLED
    assert say(system, request[:9], request[9:], last) == [200, 404, 200]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b'{"a": 1, "a": 2}',
        b'{"email": "a@b.com", "email": "c@d.com", "title": 1, "title": 2}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"title": NaN}',
        b"\xff\xfe{}",
        b'\xef\xbb\xbf{"a": 1}',
        b"email=a%40b.com&password=longenough",
        b"1" * 100_000,
    ],
    ids=[
        "empty",
        "open",
        "list",
        "null",
        "text",
        "number",
        "twice",
        "twice2",
        "deep",
        "deeper",
        "nan",
        "bytes",
        "bom",
        "form",
        "digits",
    ],
)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_body_that_is_no_json_object_is_refused(seller, method, path, body):
    """400 on every route that takes a body."""
    response = seller.http.request(method, path, content=body, headers=JSON)
    assert response.status_code == 400, response.text
    assert response.json()["errors"]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\0", "\ud800@b.com"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_half_characters_break_nothing(seller, method, path, text):
    """400, or 404 where it would have to be an id."""
    names = ("email", "password", "title", "ticketId", "orderId", "token")
    body = json.dumps(dict.fromkeys(names, text * 10) | {"price": 1, text: text})
    response = seller.http.request(method, path, content=body, headers=JSON)
    assert response.status_code in {400, 404}, response.text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_is_no_json(seller, kind):
    """400: a form on another site could send these without being asked."""
    body = json.dumps({"title": "A seat", "price": 1})
    headers = {"Content-Type": kind}
    response = seller.http.post("/api/tickets", content=body, headers=headers)
    assert response.status_code == 400


CROSS_SITE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_another_site_cannot_act_in_a_visitors_name(seller, method, path, headers):
    """403 whatever the body, also with a session."""
    response = seller.http.request(method, path, json={}, headers=headers)
    assert response.status_code == 403
    assert response.json()["errors"]


def test_a_cross_site_sign_out_and_cancellation_do_nothing(seller, buyer):
    """403, and the session and the order stay."""
    order = buyer.reserve(seller.sell())
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert buyer.http.post("/api/users/signout", headers=headers).status_code == 403
    url = f"/api/orders/{order['id']}"
    assert buyer.http.delete(url, headers=headers).status_code == 403
    assert buyer.order(order) == order


def test_our_own_pages_and_programs_may_act(system, seller):
    """The same origin, a person's own address bar, and no browser at all."""
    for headers in (
        {"Sec-Fetch-Site": "same-origin", "Origin": system.url},
        {"Sec-Fetch-Site": "none"},
        {"Origin": system.url},
        {},
    ):
        body = {"title": "A seat", "price": 1}
        response = seller.http.post("/api/tickets", json=body, headers=headers)
        assert response.status_code == 201, response.text


def test_forged_forwarding_headers_change_nothing(system, seller):
    """Neither the site nor the address of the caller is what they say."""
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    evil = forged | {"Origin": "https://evil.example"}
    body = {"title": "A seat", "price": 1}
    assert seller.http.post("/api/tickets", json=body, headers=evil).status_code == 403
    own = forged | {"Origin": system.url}
    assert seller.http.post("/api/tickets", json=body, headers=own).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"email": {"$gt": ""}, "password": {"$gt": ""}},
        {"email": ["a@b.com"], "password": ["x"]},
        {"email.$gt": "", "password": PASSWORD},
        {"email": "a@b.com", "password": {"$regex": ".*"}},
        {"$where": "1", "email": "$ne", "password": PASSWORD},
    ],
)
def test_no_query_can_be_smuggled_in(anonymous, body):
    """400: values have the exact type that is asked for."""
    response = anonymous.post("/api/users/signin", json=body)
    assert response.status_code == 400, response.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/tickets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/orders/%00",
        "/api/orders/%ff%fe",
        "/api/orders/" + "5" * 8000,
        "/api/orders/5f00000000000000000000zz",
        "/api/orders/5F0000000000000000000000",
        "/api/orders/$where",
    ],
)
def test_an_id_that_is_none_is_not_found(seller, path):
    """404 for whatever is there in its place."""
    assert seller.http.get(path).status_code == 404


def test_nothing_above_was_unforeseen(system):
    """The log has no stack trace, whatever the tests in this file sent."""
    log = system.processes["auth"].log()
    found = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [line for line in found if line.get("action") == "unforeseen"] == []
    assert [line for line in found if "error" in line] == []
    assert "Traceback" not in log


def test_slow_clients_do_not_keep_others_waiting(system, anonymous):
    """Two hundred half requests are open, and a whole one is answered."""
    port = system.process_for("/").port
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        for each in slow:
            each.sendall(b"GET /livez HTTP/1.1\r\nHost")
        assert anonymous.get("/api/tickets").status_code == 200

        def cut():
            slow[0].settimeout(1)
            try:
                return slow[0].recv(1) == b""
            except TimeoutError:
                return False

        eventually(cut)
    finally:
        for each in slow:
            each.close()
