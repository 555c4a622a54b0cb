"""Buyers of a shop that runs sign up like everybody, as far as it lets them."""

import asyncio
import json

import pytest
from rehearsal_server import server

from rehearsal.errors import RehearsalError
from rehearsal.people import signed_in
from rehearsal.shop import Shop


def answer(status, body=b"{}"):
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Set-Cookie: session={status}\r\n\r\n".encode() + body


def sign_up(port, count=1):
    shop = Shop(("127.0.0.1", port), {}, launcher=1, is_own=False)
    heard = []
    people = asyncio.run(signed_in(shop, count, heard.append))
    return people, heard


def test_each_has_an_account():
    """One after the other is told of, and no two have the same address."""
    with server([answer(201)], [answer(201)]) as (port, asked):
        people, heard = sign_up(port, 2)
    assert len(people) == 2
    assert heard == [1, 2]
    emails = {json.loads(told.partition("\r\n\r\n")[2])["email"] for told in asked}
    assert len(emails) == 2
    assert {told.split()[1] for told in asked} == {"/api/users/signup"}


def test_a_busy_shop_is_asked_again_under_another_name():
    """The first account may be there: nobody knows."""
    with server([answer(503), answer(201)]) as (port, asked):
        sign_up(port)
    first, second = (json.loads(told.partition("\r\n\r\n")[2]) for told in asked)
    assert first["email"] != second["email"]


def test_a_shop_that_limits_sign_ups():
    """Who starts it is told how it should be started."""
    with (
        server([answer(429)]) as (port, _),
        pytest.raises(RehearsalError, match="RATE_LIMITS=off"),
    ):
        sign_up(port)


def test_a_shop_that_refuses():
    body = b'{"errors": [{"message": "Not today"}]}'
    with (
        server([answer(400, body)]) as (port, _),
        pytest.raises(RehearsalError, match="400: Not today"),
    ):
        sign_up(port)
