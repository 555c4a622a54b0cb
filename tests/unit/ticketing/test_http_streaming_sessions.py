"""Streams to people: closed with their sessions, and no others."""

import time

import eventlet
from http_page import Page
from unit_doubles import ANN, session_of


def test_what_a_session_listens_to_is_closed_when_it_ends(hub, page):
    """And nothing of any other session, or of nobody."""
    pages = {jti: Page(hub, "a", session=session_of(ANN, jti)) for jti in ("x", "y")}
    hub.end("a", lambda session: session.jti == "x")
    assert pages["x"].is_cut()
    hub.end("b", lambda session: True)
    hub.tell("a", b"more")
    page.hears(b"more")
    pages["y"].hears(b"firstmore")
    assert hub.count("a") == 2


def test_a_stream_lasts_no_longer_than_its_session(make_hub):
    hub = make_hub(heartbeat=0.01)
    old = session_of(ANN, issued_at=0.0)
    new = session_of(ANN, issued_at=time.time())
    gone, kept = Page(hub, "a", session=old), Page(hub, "a", session=new)
    with eventlet.Timeout(5):
        assert gone.is_cut()
    kept.hears(b"first:\n\n")
