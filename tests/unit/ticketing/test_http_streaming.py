"""Streams: told at once, cut off when they cannot follow, gone when nobody reads."""

import os
from contextlib import contextmanager

import eventlet
import pytest
from http_hello import HelloService, answer, ask, connected, rest
from http_page import Page
from unit_doubles import Site, worker

from ticketing.http import route, streaming
from ticketing.http.server import Listener
from ticketing.http.streaming import StreamResponse


def until(condition):
    with eventlet.Timeout(5):
        while not condition():
            eventlet.sleep(0.001)


def fill(hub, topic, page, message=b"x" * 1024):
    """Tell more than the kernel takes for who does not read."""
    (stream,) = hub._topics[topic]
    until(lambda: hub.tell(topic, message) or eventlet.sleep(0) or stream.waiting)
    return stream


def test_what_is_told_is_heard_by_all_who_want_it(hub, page):
    """And by nobody else."""
    both, other = Page(hub, "a", "b"), Page(hub, "b")
    hub.tell("a", b"to a")
    hub.tell("b", b"to b")
    hub.tell("c", b"to nobody")
    page.hears(b"to a")
    both.hears(b"firstto ato b")
    other.hears(b"firstto b")


def test_who_leaves_is_forgotten(hub, page):
    other = Page(hub, "a", "b")
    page.socket.close()
    until(lambda: len(hub) == 1)
    other.socket.close()
    until(lambda: len(hub) == 0)
    assert not hub.has("a")
    assert hub._topics == {}


def test_who_says_something_is_cut_off(hub, page):
    """Nothing is expected of him; it could be without end."""
    page.socket.sendall(b"GET / HTTP/1.1\r\n\r\n")
    until(lambda: len(hub) == 0)


def test_who_does_not_read_is_cut_off_and_holds_nobody_up(hub, page):
    slow = Page(hub, "a", first=b"")
    for _ in range(2000):
        hub.tell("a", b"x" * 1024)
        page.hears(b"x" * 1024)
        if len(hub) == 1:
            break
    assert len(hub) == 1
    assert slow.is_cut()


def test_who_reads_late_hears_all_in_order(hub, page):
    told = [b"%06d" % number for number in range(100_000)]
    stream = next(iter(hub._streams))
    sent = 0
    while not stream.waiting:
        hub.tell("a", told[sent])
        sent += 1
        eventlet.sleep(0)
    hub.tell("a", told[sent])
    page.hears(b"".join(told[: sent + 1]))
    until(lambda: not stream.waiting)
    hub.tell("a", b"and on")
    page.hears(b"and on")


def test_hearts_beat_for_all(make_hub):
    hub = make_hub(heartbeat=0.01)
    pages = [Page(hub, "a", first=b"") for _ in range(3)]
    for page in pages:
        page.hears(b":\n\n" * 3)


def test_who_takes_nothing_for_two_heartbeats_is_cut_off(hub, page):
    stream = fill(hub, "a", page)
    hub._beat_one(stream)
    assert len(hub) == 1
    hub._beat_one(stream)
    assert len(hub) == 0
    assert page.is_cut()


def test_who_took_something_meanwhile_is_kept(hub, page):
    stream = fill(hub, "a", page)
    hub._beat_one(stream)
    until(lambda: page.socket.recv(4096) and not stream.waiting)
    hub._beat_one(stream)
    assert len(hub) == 1


def test_there_is_a_limit(make_hub):
    """Who was on the way when the last place was taken is let go."""
    hub = make_hub(limit=2)
    first, _second = Page(hub, "a"), Page(hub, "a")
    assert hub.is_full
    assert Page(hub, "a").is_cut()
    first.socket.close()
    until(lambda: not hub.is_full)


def test_the_end_closes_all(hub, page):
    hub.stop()
    assert page.is_cut()
    assert len(hub) == 0
    assert Page(hub, "a").is_cut()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(page.fd)


def test_many_are_told_in_slices(hub, monkeypatch):
    """Others of the process have their turn in between."""
    monkeypatch.setattr(streaming, "SLICE", 2)
    pages = [Page(hub, "a", first=b"") for _ in range(5)]
    turns = []
    eventlet.spawn_n(lambda: turns.append("other"))
    for _ in streaming._in_slices(hub._streams):
        turns += ["stream"]
    assert "other" in turns[:3]
    hub.tell("a", b"told")
    for page in pages:
        page.hears(b"told")


class RadioService(HelloService):
    hub = None

    @route("GET", "/live")
    def get_live(self, request):
        return StreamResponse(lambda fd: self.hub.take(fd, ["a"], b"hello\n\n"))


@contextmanager
def listening(hub):
    listener = Listener(("127.0.0.1", 0), share_port=False)
    site = Site(worker(RadioService))
    site.worker.hub = hub
    listener.app.add(site, [bound.rule for bound in site.routes])
    listener.acquire()
    yield listener
    with eventlet.Timeout(2):
        listener.release()


def test_a_connection_is_handed_over_and_costs_no_thread(hub):
    with listening(hub) as listener, connected(listener) as sock:
        ask(sock, b"/live")
        until(lambda: len(hub) == 1 and not listener._connections)
        assert listener._pool.running() == 0
        hub.tell("a", b"news\n\n")
        data = b""
        while b"news" not in data:
            data += sock.recv(4096)
        head, _, body = data.partition(b"\r\n\r\n")
        assert b"Content-Type: text/event-stream" in head
        assert b"Cache-Control: no-store" in head
        assert b"Connection: close" in head
        assert b"Content-Length" not in head
        assert b"Content-Encoding" not in head
        assert body == b"hello\n\nnews\n\n"
        with connected(listener) as other:
            ask(other)
            assert answer(other)[1] == b'{"hello":"there"}'


def test_head_of_a_live_stream_is_answered_and_over(hub):
    with listening(hub) as listener, connected(listener) as sock:
        ask(sock, b"/live", b"HEAD")
        head, _, body = rest(sock).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""
    assert len(hub) == 0
