"""The least client there is still gets each answer whole, and knows of none."""

import asyncio
import socket

import pytest
from rehearsal_server import server

from rehearsal import client as clients
from rehearsal.client import Answer, Client, LostError

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nSet-Cookie: session=a; Path=/\r\n\r\n"
)


def asking(port, times, **given):
    async def ask():
        async with Client("127.0.0.1", port) as client:
            return [await client.ask("POST", "/x", **given) for _ in range(times)]

    return asyncio.run(ask())


def test_answers_in_pieces():
    """An answer that comes byte by byte is one, and the next one is another."""
    with server([ANSWER + b'{"a": 1}', b"HTTP/1.1 204 No\r\n\r\n"]) as (port, asked):
        first, second = asking(port, 2, body={"b": 2}, key="k")
    assert (first.status, first.json()) == (200, {"a": 1})
    assert (second.status, second.json()) == (204, None)
    assert asked[0].endswith('\r\nContent-Length: 8\r\n\r\n{"b": 2}')
    assert "\r\nIdempotency-Key: k\r\n" in asked[0]
    assert "\r\nCookie: session=a\r\n" in asked[1]


def test_each_cookie_is_kept_by_its_name_until_it_is_taken_off():
    """A place in line is no session."""
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nSet-Cookie: place=%s\r\n\r\n"
    answers = [ANSWER + b'{"a": 1}', busy % b"1-2; Path=/x", busy % b"; Max-Age=0"]
    with server([*answers, ANSWER + b'{"a": 1}']) as (port, asked):
        asking(port, 4)
    told = [head.partition("\r\nCookie: ")[2].partition("\r\n")[0] for head in asked]
    assert told == ["", "session=a", "session=a; place=1-2", "session=a"]


def test_a_lost_connection_is_told_and_made_again():
    """Nobody knows what came of a request whose connection ended."""
    with server([ANSWER + b"{"], [ANSWER + b'{"a": 1}']) as (port, _):

        async def ask_twice():
            async with Client("127.0.0.1", port) as client:
                with pytest.raises(LostError):
                    await client.ask("GET", "/x")
                return await client.ask("GET", "/x")

        assert asyncio.run(ask_twice()).json() == {"a": 1}


def test_an_answer_says_when_to_ask_again():
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    with server([busy, ANSWER + b'{"a": 1}']) as (port, _):
        later, now = asking(port, 2)
    assert (later.status, later.retry_after) == (503, 7)
    assert (now.status, now.retry_after) == (200, 0)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"errors": [{"message": "Try again"}]}', "Try again"),
        (b"<html>", ""),
        (b"", ""),
        (b'{"errors": []}', ""),
        (b"[1]", ""),
    ],
)
def test_the_message_of_an_error(body, message):
    """Whatever a proxy may have answered instead, it is no reason to stop."""
    assert Answer(503, body).message() == message


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(LostError):
        asking(port, 1)


def test_call_raises_what_was_answered():
    with server([b"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone"]) as (port, _):

        async def call():
            async with Client("127.0.0.1", port) as client:
                await client.call("GET", "/x")

        with pytest.raises(RuntimeError, match="GET /x: 404 gone"):
            asyncio.run(call())


BUSY = b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy"


@pytest.mark.parametrize(("method", "times"), [("GET", 2), ("PUT", 2), ("POST", 1)])
def test_a_busy_shop_is_asked_again(method, times, monkeypatch):
    """Unless what was asked for could be done twice by that."""
    monkeypatch.setattr(clients, "PAUSE", 0)
    with server([BUSY, ANSWER + b'{"a": 1}'][:times]) as (port, asked):

        async def call():
            async with Client("127.0.0.1", port) as client:
                return await client.call(method, "/x")

        if method == "POST":
            with pytest.raises(RuntimeError, match="POST /x: 503 busy"):
                asyncio.run(call())
        else:
            assert asyncio.run(call()) == {"a": 1}
    assert len(asked) == times
