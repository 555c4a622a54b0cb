"""Open pages in one web process: their memory, and how soon all hear of a change.

    .venv/bin/python -m bench.streams [--streams 10000] [--updates 5]

Starts servers and a web process of its own. All pages listen to the same listing; each
update is an event on the bus. The listeners share the machine with everything else.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import nats

from launcher import ROOT
from launcher.ports import free_port
from launcher.services import CONFIG, NAMEKO, environment
from launcher.testing import Launched

TICKET, SELLER = f"{1:024x}", f"{2:024x}"
AT_ONCE = 100
PATIENCE = 60.0
# Longer than the web service keeps two updates of one listing apart.
APART = 1.0


class Hearers:
    """How many have had their headers, and how many each update."""

    def __init__(self) -> None:
        self.opened = 0
        self.heard: dict[int, int] = {}
        self.lost = 0


class Page(asyncio.Protocol):
    def __init__(self, hearers: Hearers) -> None:
        self._hearers = hearers
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(
            f"GET /live?ticket={TICKET} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._data += data
        *blocks, self._data = self._data.split(b"\n\n")
        for block in blocks:
            if block.startswith(b"HTTP/1.1 200"):
                self._hearers.opened += 1
            elif b"data: " in block:
                told = json.loads(block.partition(b"data: ")[2])["available"]
                self._hearers.heard[told] = self._hearers.heard.get(told, 0) + 1

    def connection_lost(self, _: Exception | None) -> None:
        self._hearers.lost += 1


def memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def until(condition) -> None:
    deadline = time.perf_counter() + PATIENCE
    while not condition():
        if time.perf_counter() > deadline:
            raise RuntimeError(f"not within {PATIENCE} s")
        await asyncio.sleep(0.002)


async def open_all(port: int, count: int, hearers: Hearers) -> None:
    loop = asyncio.get_running_loop()
    for start in range(0, count, AT_ONCE):
        batch = range(start, min(start + AT_ONCE, count))
        await asyncio.gather(
            *(
                loop.create_connection(lambda: Page(hearers), "127.0.0.1", port)
                for _ in batch
            )
        )
        wanted = batch.stop
        await until(lambda wanted=wanted: hearers.opened >= wanted)


def update(version: int) -> bytes:
    listing = {"id": TICKET, "version": version, "title": "Bench", "price": 20}
    listing |= {"userId": SELLER, "layout": "1~1000", "available": version}
    return json.dumps(listing).encode()


async def measure(process, port: int, url: str, options) -> None:
    hearers = Hearers()
    bus = await nats.connect(url)
    js = bus.jetstream()
    empty = memory(process.pid)
    start, used = time.perf_counter(), cpu(process.pid)
    await open_all(port, options.streams, hearers)
    took, used = time.perf_counter() - start, cpu(process.pid) - used
    full = memory(process.pid)
    print(f"{options.streams} streams opened in {took:.1f} s, {used:.1f} s of CPU")
    print(f"memory: {empty:.0f} MB before, {full:.0f} MB with all of them")
    times, used = [], cpu(process.pid)
    for version in range(1, options.updates + 1):
        start = time.perf_counter()
        await js.publish("bench.ticket.updated", update(version))
        await until(lambda v=version: hearers.heard.get(v, 0) >= options.streams)
        times.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(APART)
    used = (cpu(process.pid) - used) / options.updates * 1000
    print(f"an update at all: median {median(times):.0f} ms, worst {max(times):.0f} ms")
    print(f"CPU of the web process an update: {used:.0f} ms")
    print(f"memory after: {memory(process.pid):.0f} MB; lost: {hearers.lost}")
    await bus.close()


async def until_ready(port: int) -> None:
    def is_ready() -> bool:
        probe = subprocess.run(
            ["curl", "-sf", f"http://127.0.0.1:{port}/readyz"],
            capture_output=True,
            check=False,
        )
        return probe.returncode == 0

    await until(is_ready)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--updates", type=int, default=5)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder) / "data", "--servers-only") as launched,
    ):
        port, given = free_port(), environment(launched.instance)
        given |= {"WEB_SERVER_ADDRESS": f"127.0.0.1:{port}", "NAMESPACE": "bench"}
        given |= {"LOG_LEVEL": "WARNING"}
        command = [NAMEKO, "run", "--config", CONFIG, "web.service"]
        with subprocess.Popen(command, cwd=ROOT, env=given) as process:
            try:
                asyncio.run(until_ready(port))
                asyncio.run(measure(process, port, given["NATS_URL"], options))
            finally:
                start = time.perf_counter()
                process.terminate()
                process.wait(30)
                print(f"ended in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
