"""Home and a listing's page: how many a process serves, and how soon they begin.

    .venv/bin/python -m bench.pages [--listings 2000] [--seconds 5] [--clients 8]
                                    [--changes 200] [--member]

Starts servers and two processes of its own: web, which is measured, and the others.
``--changes`` listings a second change meanwhile, as in a sale. ``--member``: the
clients are signed in, so that each page is written for them. The clients share the
machine with everything else; the CPU of the process says what a page costs.
"""

import argparse
import asyncio
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import nats
from pymongo import MongoClient

from bench.streams import cpu, memory, until_ready
from launcher import ROOT
from launcher.ports import free_port
from launcher.services import CONFIG, NAMEKO, environment
from launcher.testing import Launched
from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from tickets.models import Offer, Ticket
from tickets.repository import TicketDatabase

SELLER = new_id()
OTHERS = ("tickets", "orders")


def fill(uri: str, count: int) -> list[str]:
    """Store so many listings and return their ids, the oldest first."""
    listings = [
        Ticket(new_id(), SELLER, Offer(f"Seat {number}", 2000))
        for number in range(count)
    ]
    documents = [
        {"_id": each.id, "version": 0, "outbox": [], **_stored(each)}
        for each in listings
    ]
    with MongoClient(uri) as client:
        for start in range(0, count, 1000):
            client["bench_tickets"]["tickets"].insert_many(
                documents[start : start + 1000]
            )
    return sorted(each.id for each in listings)


def _stored(ticket: Ticket) -> dict[str, Any]:
    encoded = TicketDatabase.encode(ticket).items()
    return {name: value for name, value in encoded if value is not None}


class Visitor:
    """One connection that asks for a page, again and again."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n"
            f"Accept: text/html\r\n{cookie}\r\n"
        ).encode()

    async def visit(self, end: float) -> list[float]:
        """Return the seconds to the first byte of each page."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        times = []
        while (start := time.perf_counter()) < end:
            writer.write(self._request)
            first = await reader.readexactly(1)
            times.append(time.perf_counter() - start)
            head = first + await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = head.lower().partition(b"content-length: ")[2].split()[0]
            await reader.readexactly(int(length))
        writer.close()
        return times


async def sell(url: str, ids: list[str], rate: int) -> None:
    """Tell of changes of the newest listings, so many a second, for ever."""
    bus = await nats.connect(url)
    js, number = bus.jetstream(), 0
    while True:
        await asyncio.sleep(1 / rate)
        number += 1
        body = _change(ids[-1 - number % min(50, len(ids))], number)
        await js.publish("bench.ticket.updated", json.dumps(body).encode())


def _change(ticket_id: str, version: int) -> dict[str, Any]:
    listing = {"id": ticket_id, "version": version, "title": "Seat", "price": 20}
    left = 1 + version % 1000
    return listing | {"userId": SELLER, "layout": "1~1000", "available": left}


async def measure(what: str, process, visitors: list[Visitor], seconds: float) -> None:
    used, end = cpu(process.pid), time.perf_counter() + seconds
    found = await asyncio.gather(*(visitor.visit(end) for visitor in visitors))
    used = cpu(process.pid) - used
    times = sorted(each * 1000 for several in found for each in several)
    cuts = quantiles(times, n=100)
    print(
        f"{what}: {len(times) / seconds:.0f} a second; first byte p50 "
        f"{median(times):.1f} ms, p99 {cuts[98]:.1f} ms, longest {times[-1]:.1f} ms; "
        f"{used / len(times) * 1000:.2f} ms of CPU each, so {len(times) / used:.0f} a "
        "second of a whole core"
    )


async def run(process, port: int, given: dict[str, str], ids, options) -> None:
    cookie = ""
    if options.member:
        ring = KeyRing.parse(given["JWT_KEYS"])
        cookie = f"Cookie: session={ring.issue(new_id(), 'buyer@bench.test')}\r\n"

    def visitors(path: str, count: int) -> list[Visitor]:
        return [Visitor(port, path, cookie) for _ in range(count)]

    for path, what in (("/", "home"), (f"/tickets/{ids[0]}", "listing")):
        await measure(f"{what}, one client", process, visitors(path, 1), 2)
        many = visitors(path, options.clients)
        await measure(f"{what}, {len(many)} clients", process, many, options.seconds)
        if options.changes:
            selling = asyncio.create_task(sell(given["NATS_URL"], ids, options.changes))
            during = f"{what}, {options.changes} changes a second"
            await measure(during, process, many, options.seconds)
            selling.cancel()
    print(f"memory of the web process: {memory(process.pid):.0f} MB")


@contextmanager
def started(services: tuple[str, ...], given: dict[str, str]) -> Iterator[Any]:
    port = free_port()
    modules = [f"{service}.service" for service in services]
    command = [NAMEKO, "run", "--config", CONFIG, *modules]
    own = given | {"WEB_SERVER_ADDRESS": f"127.0.0.1:{port}"}
    with subprocess.Popen(command, cwd=ROOT, env=own) as process:
        try:
            asyncio.run(until_ready(port))
            yield process, port
        finally:
            process.terminate()
            process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--member", action="store_true")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder) / "data", "--servers-only") as launched,
    ):
        given = environment(launched.instance)
        given |= {"NAMESPACE": "bench", "LOG_LEVEL": "WARNING"}
        ids = fill(given["MONGODB_URI"], options.listings)
        with started(OTHERS, given), started(("web",), given) as (process, port):
            asyncio.run(run(process, port, given, ids, options))


if __name__ == "__main__":
    main()
