"""What the tests of the launcher need to know of the processes of an instance."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from launcher.instance import DATA_VARIABLE

# Without RabbitMQ, which takes some seconds, an instance is up in one.
NO_RABBITMQ = {"AMQP_URI": "pyamqp://guest:guest@127.0.0.1:1//"}


def processes_of(data: Path) -> dict[int, str]:
    """The processes that belong to an instance, by what they were given.

    Redis writes its title over its environment, but works in the folder of its data.
    """
    mark = f"{DATA_VARIABLE}={data}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_marked = mark in (process / "environ").read_bytes().split(b"\0")
            if is_marked or (process / "cwd").readlink().is_relative_to(data):
                command = (process / "cmdline").read_bytes()
                found[int(process.name)] = command.replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has just ended
    return {number: command for number, command in found.items() if command}


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
