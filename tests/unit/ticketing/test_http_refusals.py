"""Bytes that are no request: refused by name, bounded in size and in time."""

from contextlib import suppress

import pytest
from http_client import HOST, Client, ClosedError, chunked, lines
from hypothesis import given
from hypothesis import strategies as st

from ticketing.http import protocol
from ticketing.http.heads import RefusedError
from ticketing.http.parsing import MAX_BODY, MAX_HEAD, MAX_REQUEST

POST = b"POST / HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n"

NO_REQUESTS = {
    "two different lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "the same length twice": POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "a list of lengths": POST + b"Content-Length: 1, 1\r\n\r\na",
    "a length with a sign": POST + b"Content-Length: +1\r\n\r\na",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a length in hexadecimal": POST + b"Content-Length: 0x1\r\n\r\na",
    "an empty length": POST + b"Content-Length: \r\n\r\n",
    "a length and chunks": POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks and a length": POST + CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
    "chunked not last": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "another coding": POST + b"Transfer-Encoding: gzip\r\n\r\nabc",
    "a bad chunk size": POST + CHUNKED + b"\r\nxyz\r\nabc\r\n0\r\n\r\n",
    "a chunk size with 0x": POST + CHUNKED + b"\r\n0x1\r\na\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": POST + CHUNKED + b"\r\n" + b"f" * 17 + b"\r\n",
    "a chunk longer than it says": POST + CHUNKED + b"\r\n1\r\nab\r\n0\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "the same host twice": b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
    "two hosts in 1.0": b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\nHost: a\n\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "HTTP 0.9": b"GET /\r\n\r\n",
    "HTTP 2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    "another coding before chunks": POST
    + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks from HTTP 1.0": b"POST / HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks twice": POST + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks with a vertical tab": POST
    + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a bare line feed in a chunk": POST + CHUNKED + b"\r\n1\na\r\n0\r\n\r\n",
    "a bare line feed after a chunk": POST + CHUNKED + b"\r\n1\r\na\n0\r\n\r\n",
    "a line feed in an extension": POST + CHUNKED + b"\r\n1;a\nb\r\na\r\n0\r\n\r\n",
    "a bare line feed after a header": b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "a space before the first header": b"GET / HTTP/1.1\r\n X: y\r\n" + HOST + b"\r\n",
    "a host that is none": b"GET / HTTP/1.1\r\nHost: a b/c@d\r\n\r\n",
    "an empty host": b"GET / HTTP/1.1\r\nHost: \r\n\r\n",
    "another host in the target": b"GET http://evil/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a user in the target": b"GET http://shop@evil/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "another scheme": b"GET gopher://shop/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a fragment": b"GET /a#b HTTP/1.1\r\n" + HOST + b"\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT shop:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method of others": b"PROPFIND / HTTP/1.1\r\n" + HOST + b"\r\n",
    "RTSP": b"DESCRIBE / RTSP/1.0\r\n" + HOST + b"\r\n",
    "ICE": b"SOURCE / ICE/1.0\r\n" + HOST + b"\r\n",
    "a NUL in the target": b"GET /a\0b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tab in the target": b"GET /a\tb HTTP/1.1\r\n" + HOST + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "noise": b"\x00\xff\x00\xff\r\n\r\n",
}


def status_of(client, sent):
    with pytest.raises(RefusedError) as refused:
        client.send(sent).read()
    return refused.value.status


@pytest.mark.parametrize("sent", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_refused(client, sent):
    assert status_of(client, sent) == 400


TOO_LARGE = {
    "an address": (lines(target=b"/" + b"a" * 9_000), 414),
    "a header": (lines(headers=b"X: " + b"a" * 40_000 + b"\r\n"), 431),
    "the headers": (lines(headers=b"X: 1\r\n" * 101), 431),
    "a body by a byte": (POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
    "a body": (POST + b"Content-Length: 67108864\r\n\r\n", 413),
    "a length": (POST + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
}


@pytest.mark.parametrize(("sent", "status"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused_by_its_size(client, sent, status):
    assert status_of(client, sent) == status


def flood(first, piece):
    """Read ``first`` and then ``piece`` without an end; tell what was taken of it."""
    client, taken = Client(), 0
    client.connection._feed(first)
    while taken < 2 * MAX_REQUEST:
        try:
            client.connection._feed(piece)
        except RefusedError as error:
            client.close()
            return error.status, taken
        taken += len(piece)
    raise AssertionError("nothing ends it")


def test_a_header_that_never_ends_is_not_kept_for_ever():
    status, taken = flood(b"GET / HTTP/1.1\r\nX: ", b"a" * 10_000)
    assert status == 431
    assert taken <= MAX_HEAD


def test_a_body_in_chunks_is_not_taken_for_ever():
    status, taken = flood(POST + CHUNKED + b"\r\n", b"2000\r\n" + b"a" * 8192 + b"\r\n")
    assert status == 413
    assert taken <= 2 * MAX_BODY


@pytest.mark.parametrize(
    ("first", "piece"),
    [(b"", b"1\r\na\r\n"), (b"1", b";a=b" * 1000), (b"0\r\nX: ", b"a" * 4000)],
    ids=["tiny chunks", "an extension without an end", "a trailer without an end"],
)
def test_what_surrounds_a_body_is_not_taken_for_ever(first, piece):
    status, taken = flood(POST + CHUNKED + b"\r\n" + first, piece * 100)
    assert status == 413
    assert taken <= MAX_REQUEST


def test_many_requests_on_one_connection_are_no_large_one(client):
    """Wherever they are cut: the end of one and the beginning of the next."""
    body = b"a" * 60_000
    request = lines(b"POST", headers=b"Content-Length: 60000\r\n", body=body)
    number = MAX_REQUEST // len(request) + 2
    sent = request * number
    for start in range(0, len(sent), 50_000):
        client.connection._feed(sent[start : start + 50_000])
    assert [client.read().body for _ in range(number)] == [body] * number


def test_the_largest_body_is_taken(client):
    head = lines(b"POST", headers=b"Content-Length: %d\r\n" % MAX_BODY)
    client.connection._feed(head)
    client.connection._feed(b"a" * MAX_BODY)
    assert len(client.read().body) == MAX_BODY


def test_a_trailer_does_not_pass_for_a_header(client):
    sent = chunked(b"a").removesuffix(b"\r\n") + b"Cookie: session=x\r\nHost: b\r\n\r\n"
    request = client.send(sent).read()
    assert request.header("cookie") is None
    assert request.body == b"a"


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_read_refused_or_waited_for(data):
    client = Client()
    client.send(data).hang_up()
    with suppress(RefusedError, ClosedError):
        while True:
            assert client.read().method.isupper()
    client.close()


DEADLINES = ("NEW_DEADLINE", "IDLE_DEADLINE", "HEADER_DEADLINE", "BODY_DEADLINE")


@pytest.fixture
def impatient(monkeypatch):
    """Every deadline is far away but the one that a test asks for."""

    def set_deadline(name):
        for known in DEADLINES:
            monkeypatch.setattr(protocol, known, 0.06 if known == name else 60)

    return set_deadline


SLOW = {
    "says nothing": ("NEW_DEADLINE", b""),
    "sends its headers byte by byte": ("HEADER_DEADLINE", b"GET / HTTP/1.1\r\nX: "),
    "sends its body byte by byte": (
        "BODY_DEADLINE",
        POST + b"Content-Length: 900\r\n\r\n",
    ),
    "sends its chunks byte by byte": ("BODY_DEADLINE", POST + CHUNKED + b"\r\n384\r\n"),
}


@pytest.mark.parametrize(("deadline", "first"), SLOW.values(), ids=SLOW)
def test_a_client_is_cut_off_that(client, impatient, deadline, first):
    impatient(deadline)
    client.send(first)
    if first:
        client.dribble(b"a" * 800)
    with pytest.raises(ClosedError):
        client.read()


def test_a_deadline_begins_with_the_request_and_not_with_the_connection(
    client, impatient
):
    """A kept connection may rest for longer than a request may take to come."""
    impatient("HEADER_DEADLINE")
    client.dribble(lines(), interval=0)
    assert client.read().method == "GET"
    client.dribble(lines(), interval=0)
    assert client.read().method == "GET"


def test_who_has_said_something_may_rest_but_not_for_ever(client, impatient):
    impatient("IDLE_DEADLINE")
    assert client.send(lines()).read().method == "GET"
    with pytest.raises(ClosedError):
        client.read()


@pytest.mark.parametrize("first", [b"G", b"\r\n", b"GET / HTTP/1.1\r\nX: "])
def test_the_first_request_comes_soon_after_who_sends_it(client, impatient, first):
    """A byte now and then, of whatever, buys no time."""
    impatient("NEW_DEADLINE")
    client.send(first).dribble(b"a" if first == b"G" else first[-2:] * 400)
    with pytest.raises((ClosedError, RefusedError)):
        client.read()
