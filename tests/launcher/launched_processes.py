"""What the tests of the launcher need to know of the processes of an instance."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address
from pathlib import Path

from launcher.instance import DATA_VARIABLE

# Without RabbitMQ, which takes some seconds, an instance is up in one.
NO_RABBITMQ = {"AMQP_URI": "pyamqp://guest:guest@127.0.0.1:1//"}

# The state of a socket that listens, as the kernel writes it.
LISTENS = "0A"


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


def listeners(data: Path, port: int) -> dict[str, set[int]]:
    """Which processes of an instance listen at a port, by their address.

    The kernel writes an address as a number in hexadecimal, and its sockets by inodes.
    """
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {
        f"socket:[{row[9]}]": _address(row[1])
        for row in rows
        if row[3] == LISTENS and int(row[1][9:], 16) == port
    }
    found: dict[str, set[int]] = {}
    for number in processes_of(data):
        for link in _links(number):
            if address := inodes.get(link):
                found.setdefault(address, set()).add(number)
    return found


def _links(number: int) -> list[str]:
    """What a process has open, as far as it is not closed meanwhile."""
    found = []
    with suppress(OSError):
        for link in Path(f"/proc/{number}/fd").iterdir():
            with suppress(OSError):
                found.append(str(link.readlink()))
    return found


def _address(written: str) -> str:
    return str(IPv4Address(int(written[:8], 16).to_bytes(4, "little")))


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
