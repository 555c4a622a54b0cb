"""Between green threads and asyncio: results, errors, and an end to every wait."""

import asyncio

import eventlet
import pytest

from ticketing import hub
from ticketing.errors import UnavailableError


async def later(result, delay=0.0):
    await asyncio.sleep(delay)
    return result


async def failing():
    await asyncio.sleep(0)
    raise KeyError("inside")


def test_a_green_thread_gets_what_a_coroutine_returns():
    assert hub.wait_for(later("x"), 1) == "x"


def test_a_green_thread_gets_what_a_coroutine_raises():
    with pytest.raises(KeyError, match="inside"):
        hub.wait_for(failing(), 1)


def test_a_coroutine_that_takes_too_long_is_cancelled():
    seen = []

    async def forever():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    with eventlet.Timeout(2), pytest.raises(UnavailableError):
        hub.wait_for(forever(), 0.02)
    hub.wait_for(later(None), 1)
    assert seen == ["cancelled"]


def test_a_green_thread_that_is_killed_cancels_its_coroutine():
    task = []

    async def forever():
        task.append(asyncio.current_task())
        await asyncio.sleep(60)

    thread = eventlet.spawn(hub.wait_for, forever(), 60)
    while not task:
        eventlet.sleep(0)
    thread.kill()
    hub.wait_for(later(None), 1)
    assert task[0].cancelled()


def test_other_green_threads_run_meanwhile():
    ran = []
    eventlet.spawn_n(ran.append, 1)
    hub.wait_for(later(None), 1)
    assert ran == [1]


def test_a_start_on_the_wrong_hub_says_what_to_do(monkeypatch):
    hub.require_asyncio_hub()
    monkeypatch.setattr(hub, "get_hub", object)
    with pytest.raises(SystemExit, match="EVENTLET_HUB=asyncio"):
        hub.require_asyncio_hub()
