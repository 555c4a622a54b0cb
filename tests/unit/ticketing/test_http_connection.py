"""One connection, read and written as HTTP/1.1 says."""

import eventlet
import pytest
from http_client import Client, ClosedError, chunked, lines
from hypothesis import given
from hypothesis import strategies as st

from ticketing.http import protocol


def test_a_request_is_read_as_it_came(client):
    sent = lines(b"POST", b"/a%20b?q=1", b"X-One: 1\r\nContent-Length: 2\r\n", b"hi")
    request = client.send(sent).read()
    assert (request.method, request.target, request.body) == (
        "POST",
        b"/a%20b?q=1",
        b"hi",
    )
    assert request.header("x-one") == "1"
    assert request.header("host") == "shop"
    assert request.header("x-two") is None


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"http://shop/a?b", b"/a?b"),
        (b"HTTP://SHOP", b"/"),
        (b"https://shop?b", b"/?b"),
    ],
)
def test_an_absolute_address_of_this_host_is_a_path(client, target, path):
    assert client.send(lines(target=target)).read().target == path


@pytest.mark.parametrize("host", ["shop", "shop:80", "[::1]:80", "192.0.2.1", "a_b.c"])
def test_a_host_has_a_name_or_an_address(client, host):
    client.send(b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % host.encode())
    assert client.read().header("host") == host


def test_chunks_are_put_together(client):
    assert client.send(chunked(b"ab", b"c" * 300)).read().body == b"ab" + b"c" * 300


WHOLE = lines(b"PUT", b"/x", b"Content-Length: 3\r\n", b"abc") + chunked(b"de", b"f")


@given(st.lists(st.integers(1, len(WHOLE) - 1), max_size=6))
def test_where_the_bytes_are_cut_makes_no_difference(cuts):
    client = Client()
    ends = [*sorted(set(cuts)), len(WHOLE)]
    for start, end in zip([0, *ends], ends, strict=False):
        client.send(WHOLE[start:end])
    bodies = [client.read().body for _ in range(2)]
    client.close()
    assert bodies == [b"abc", b"def"]


def test_pipelined_requests_are_read_one_after_the_other(client):
    client.send(lines(target=b"/1") + lines(target=b"/2") + lines(target=b"/3"))
    assert [client.read().target for _ in range(3)] == [b"/1", b"/2", b"/3"]


@pytest.mark.parametrize(
    ("version", "header", "kept"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: keep-alive\r\n", True),
    ],
)
def test_whether_the_connection_is_kept_is_the_clients_choice(
    client, version, header, kept
):
    request = client.send(lines(headers=header, version=version)).read()
    assert request.keep_alive is kept


def test_an_upgrade_is_not_offered_and_the_request_answered_as_a_plain_one(client):
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    request = client.send(lines(headers=upgrade)).read()
    assert request.method == "GET"
    assert not request.keep_alive


def test_a_client_that_asks_first_is_told_to_go_on(client):
    head = lines(b"POST", headers=b"Expect: 100-Continue\r\nContent-Length: 2\r\n")
    client.send(head).dribble(b"ok")
    assert client.read().body == b"ok"
    assert client.received() == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_a_client_that_sends_at_once_is_not_told_to_go_on(client):
    client.send(
        lines(b"POST", b"/", b"Expect: 100-continue\r\nContent-Length: 2\r\n", b"ok")
    )
    assert client.read().body == b"ok"
    client.dribble(lines(), interval=0)
    assert client.read().method == "GET"
    assert client.received() == b""


def test_a_client_that_hangs_up_is_gone(client):
    client.send(b"GET / HT").hang_up()
    with pytest.raises(ClosedError):
        client.read()


def test_an_answer_has_a_status_headers_and_its_length(client):
    client.connection.write(200, [("X-One", "1")], b"hello")
    assert client.received() == (
        b"HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello"
    )


def test_the_answer_to_head_has_the_length_but_not_the_body(client):
    client.connection.write(200, [], b"hello", with_body=False)
    assert client.received() == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_can_have_no_body_names_no_length(client, status):
    client.connection.write(status, [], b"")
    assert b"Content-Length" not in client.received()


def test_a_stream_is_sent_in_chunks_as_they_come(client):
    client.connection.write_stream(200, [], [b"ab", b"", b"c"])
    assert client.received().endswith(
        b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )


def test_an_answer_to_a_client_that_has_gone_ends_the_connection(client):
    client.hang_up()
    with pytest.raises(ClosedError):
        client.connection.write(200, [], b"x" * 10_000_000)


def test_a_client_that_never_reads_its_answer_is_cut_off(client, monkeypatch):
    monkeypatch.setattr(protocol, "SEND_DEADLINE", 0.05)
    with eventlet.Timeout(2), pytest.raises(ClosedError):
        client.connection.write(200, [], b"x" * 50_000_000)
