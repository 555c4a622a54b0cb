"""Room for long bodies: bounded, shared, and given back."""

from contextlib import ExitStack

import eventlet
import pytest
from http_hello import HelloService, answer, ask, connected, rest
from unit_doubles import Site, worker

from ticketing.http.heads import RefusedError
from ticketing.http.room import FREE, Room
from ticketing.http.server import Listener
from ticketing.peers import Peers

HERE, THERE = "192.0.2.1", "192.0.2.2"
LONG = 2 * FREE
LOOPBACK = {"UNCOUNTED_ADDRESSES": "127.0.0.0/8"}


@pytest.fixture
def room():
    return Room(Peers(), most=30, each=20)


def is_full(room, address, size):
    try:
        room.share(address).take(size, of=LONG)
    except RefusedError as error:
        return error.status == 503
    return False


def test_the_beginning_of_a_body_is_free(room):
    share = room.share(HERE)
    assert share.take(1000, of=FREE) == 0
    assert share.take(1000, of=FREE + 15) == 15
    assert is_full(room, HERE, 6)
    assert not is_full(room, HERE, 5)


def test_an_address_cannot_take_it_all(room):
    """Of IPv6, a network of one person."""
    assert not is_full(room, "2001:db8::1", 20)
    assert is_full(room, "2001:db8::2", 1)
    assert not is_full(room, THERE, 10)


def test_all_together_have_an_end(room):
    assert not is_full(room, HERE, 20)
    assert is_full(room, THERE, 11)
    assert not is_full(room, THERE, 10)


@pytest.mark.parametrize(
    ("peers", "address"), [(Peers(1), HERE), (Peers.of(LOOPBACK), "127.0.0.1")]
)
def test_a_proxy_brings_what_comes_from_many(peers, address):
    room = Room(peers, most=30, each=20)
    assert not is_full(room, address, 30)


def test_what_was_taken_is_given_back_when_it_is_answered_or_over(room):
    share = room.share(HERE)
    with share.until_closed():
        share.give_back(share.take(5, of=LONG))
        assert share.take(20, of=LONG) == 20
        assert is_full(room, HERE, 1)
    assert not is_full(room, HERE, 20)


@pytest.fixture
def listener():
    listener = Listener(("127.0.0.1", 0), share_port=False)
    listener._room = Room(Peers(), most=LONG + FREE // 2, each=2 * LONG)
    site = Site(worker(HelloService))
    listener.app.add(site, [bound.rule for bound in site.routes])
    listener.acquire()
    yield listener
    listener.release()


def send_long(sock, *, whole):
    head = b"GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % LONG
    sock.sendall(head + b"x" * (LONG if whole else LONG - 1))


def until(condition):
    with eventlet.Timeout(5):
        while not condition():
            eventlet.sleep(0)


def send_one_more(listener):
    """The status of one more long body."""
    with connected(listener) as sock:
        send_long(sock, whole=True)
        return int(answer(sock)[0].split(b" ")[1])


def test_who_sends_long_bodies_and_never_ends_cannot_fill_the_memory(listener):
    """Others are told to come back; short requests are served all the same."""
    with ExitStack() as stack:
        for _ in range(2):
            sock = stack.enter_context(connected(listener))
            send_long(sock, whole=False)
        until(lambda: listener._room._taken.total() >= 2 * (LONG - 1 - FREE))
        with connected(listener) as refused:
            send_long(refused, whole=False)
            head = rest(refused)
        assert head.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 1" in head
        with connected(listener) as short:
            ask(short)
            assert answer(short)[0].startswith(b"HTTP/1.1 200")


def test_long_bodies_one_after_the_other_are_served(listener):
    """On one connection and on many: what was answered takes no room."""
    for _ in range(3):
        assert send_one_more(listener) == 200
    with connected(listener) as sock:
        for _ in range(3):
            send_long(sock, whole=True)
            assert answer(sock)[0].startswith(b"HTTP/1.1 200")
