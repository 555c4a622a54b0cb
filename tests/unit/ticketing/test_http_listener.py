"""The listener: connections served, kept, refused and let go."""

import socket

import eventlet
import pytest
from eventlet.event import Event
from http_hello import HelloService, answer, ask, connected, rest
from unit_doubles import Site, worker

from ticketing.http import server
from ticketing.http.same_site import SECURITY_HEADERS
from ticketing.http.server import Listener
from ticketing.peers import Peers, Sockets


@pytest.fixture
def listener():
    listener = Listener(("127.0.0.1", 0), share_port=False)
    site = Site(worker(HelloService))
    listener.site = site
    listener.app.add(site, [bound.rule for bound in site.routes])
    listener.acquire()
    yield listener
    if listener._users:
        listener.release()


def test_many_requests_are_answered_on_one_connection(listener):
    with connected(listener) as sock:
        for _ in range(3):
            ask(sock)
            assert answer(sock)[1] == b'{"hello":"there"}'


def test_pipelined_requests_are_answered_in_their_order(listener):
    with connected(listener) as sock:
        ask(sock)
        ask(sock, b"/nothing")
        ask(sock, headers=b"Connection: close\r\n")
        data = rest(sock)
    statuses = [part[:3] for part in data.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404", b"200"]


def test_a_client_that_asks_for_it_is_let_go(listener):
    with connected(listener) as sock:
        ask(sock, headers=b"Connection: close\r\n")
        assert b"Connection: close" in rest(sock)


def test_head_is_answered_without_a_body(listener):
    with connected(listener) as sock:
        ask(sock, method=b"HEAD", headers=b"Connection: close\r\n")
        data = rest(sock)
    assert b"Content-Length: 17" in data
    assert data.endswith(b"\r\n\r\n")


def test_a_stream_is_sent_in_chunks(listener):
    with connected(listener) as sock:
        ask(sock, b"/stream", headers=b"Connection: close\r\n")
        assert rest(sock).endswith(b"4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n")


def test_an_older_client_gets_a_stream_whole_and_is_told_how_it_goes_on(listener):
    """HTTP/1.0 knows no chunks, and takes a connection for over unless told."""
    for said, told in ((b"", b"close"), (b"Connection: keep-alive\r\n", b"keep-alive")):
        with connected(listener) as sock:
            sock.sendall(b"GET /stream HTTP/1.0\r\n" + said + b"\r\n")
            head, body = answer(sock)
            assert b"\r\nConnection: " + told in head
            assert b"Transfer-Encoding" not in head
            assert body == b"one two"
            if told == b"close":
                assert rest(sock) == b""
            else:
                ask(sock)
                assert answer(sock)[0].startswith(b"HTTP/1.1 200")


def test_head_of_a_stream_is_answered_without_a_body(listener):
    with connected(listener) as sock:
        ask(sock, b"/stream", b"HEAD", b"Connection: close\r\n")
        _, _, body = rest(sock).partition(b"\r\n\r\n")
    assert body == b""


def test_what_is_no_request_is_answered_and_the_connection_closed(listener):
    with connected(listener) as sock:
        sock.sendall(b"nonsense\r\n\r\n")
        head, _, body = rest(sock).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request")
    for name, value in SECURITY_HEADERS:
        assert f"{name}: {value}".encode() in head
    assert b"Cache-Control: no-store" in head
    assert body == b'{"errors":[{"message":"This is not a valid HTTP request"}]}'


def test_one_bad_connection_does_not_disturb_another(listener):
    with connected(listener) as good, connected(listener) as bad:
        bad.sendall(b"\0\0\0\r\n\r\n")
        rest(bad)
        ask(good)
        assert answer(good)[0].startswith(b"HTTP/1.1 200")


def test_a_request_that_runs_is_answered_before_the_port_closes(listener):
    listener.site.worker.gate = begun, go_on = Event(), Event()
    with connected(listener) as sock:
        ask(sock, b"/gate")
        begun.wait()
        leaving = eventlet.spawn(listener.release)
        eventlet.sleep(0)
        go_on.send(None)
        head, _ = answer(sock)
        leaving.wait()
    assert head.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in head


def test_a_connection_at_rest_does_not_hold_up_the_end(listener):
    with connected(listener) as sock:
        ask(sock)
        answer(sock)
        with eventlet.Timeout(2):
            listener.release()
        assert sock.recv(1) == b""


def test_the_port_stays_open_until_the_last_service_goes(listener):
    listener.acquire()
    listener.release()
    with connected(listener) as sock:
        ask(sock)
        assert answer(sock)[0].startswith(b"HTTP/1.1 200")


def test_the_port_opens_when_all_that_start_have_come():
    """Or what the others have would not be found."""
    listener = Listener(("127.0.0.1", 0), share_port=False)
    for each in ("orders", "payments", "tickets"):
        listener.expect(each)
    listener.acquire("orders")
    listener.give_up("tickets")
    assert listener._socket is None
    listener.acquire("payments")
    assert listener._socket is not None
    listener.acquire("late")
    for _ in range(3):
        listener.release()


def test_who_has_not_been_let_in_yet_is_answered_before_the_port_closes(listener):
    """Closing it would cut them off."""
    address = listener._socket.getsockname()
    listener._accepting.kill()
    with connected(listener) as sock:
        ask(sock)
        listener.drain()
        head, _ = answer(sock)
        assert head.startswith(b"HTTP/1.1 200")
        assert b"Connection: close" in head
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_who_has_not_asked_yet_is_answered_after_the_port_closes(listener):
    with connected(listener) as sock:
        leaving = eventlet.spawn(listener.drain)
        while listener._socket.fileno() != -1:
            eventlet.sleep(0)
        ask(sock)
        assert answer(sock)[0].startswith(b"HTTP/1.1 200")
        leaving.wait()


def test_a_request_on_its_way_to_a_connection_at_rest_is_answered(listener):
    """It has arrived, and nobody has read it yet."""
    with connected(listener) as sock:
        ask(sock)
        answer(sock)
        sock.fd.send(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        listener._dismiss(0)
        assert answer(sock)[0].startswith(b"HTTP/1.1 200")


def test_who_says_nothing_does_not_hold_up_the_end_for_long(listener, monkeypatch):
    monkeypatch.setattr(server, "NEXT_REQUEST", 0.05)
    with connected(listener) as sock:
        listener.drain()
        assert sock.recv(1) == b""


def test_who_had_an_answer_just_now_may_ask_once_more(listener):
    """On a connection that is kept open the next request may be on its way."""
    with connected(listener) as sock:
        ask(sock)
        answer(sock)
        leaving = eventlet.spawn(listener.drain)
        while listener._socket.fileno() != -1:
            eventlet.sleep(0)
        ask(sock)
        head, _ = answer(sock)
        assert head.startswith(b"HTTP/1.1 200")
        assert b"Connection: close" in head
        leaving.wait()


def test_one_address_has_so_many_sockets(listener):
    listener._sockets = Sockets(Peers(per_address=1))
    with connected(listener) as first:
        ask(first)
        answer(first)
        with connected(listener) as second:
            assert rest(second) == b""
        ask(first)
        assert answer(first)[0].startswith(b"HTTP/1.1 200")
    with connected(listener) as third:
        ask(third)
        assert answer(third)[0].startswith(b"HTTP/1.1 200")
