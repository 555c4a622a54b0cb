"""The bridge between green threads and asyncio.

nats-py is written for asyncio, nameko for eventlet. With eventlet's asyncio hub both
run on one loop in one thread: a green thread hands a coroutine to the loop and waits.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import eventlet
from eventlet.event import Event
from eventlet.hubs import get_hub

from ticketing.errors import UnavailableError

T = TypeVar("T")


def require_asyncio_hub() -> None:
    """Stop the process with one sentence unless the right hub runs."""
    if type(get_hub()).__module__ != "eventlet.hubs.asyncio":
        raise SystemExit(
            "Start with EVENTLET_HUB=asyncio in the environment: it must be chosen "
            "before nameko starts (scripts/nameko does it for you)."
        )


def wait_for(coroutine: Coroutine[Any, Any, T], timeout: float) -> T:
    """Run a coroutine on the loop and wait, in a green thread, for its result.

    ``timeout`` is in seconds; when it passes the coroutine is cancelled and
    UnavailableError raised. Whatever the coroutine raises is raised here.
    """
    task = spawn(coroutine)
    done = Event()
    task.add_done_callback(lambda _: done.send(None))
    with eventlet.Timeout(timeout, UnavailableError):
        try:
            done.wait()
        except BaseException:
            task.cancel()
            raise
    return task.result()


def spawn(coroutine: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """Start a coroutine on the hub's loop without waiting for it."""
    task: asyncio.Task[T] = get_hub().loop.create_task(coroutine)
    return task
