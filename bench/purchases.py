"""Whole purchases per second, and the CPU each costs.

    .venv/bin/python -m bench.purchases [--buyers 32] [--seconds 15] [--processes 1]

Starts a system of its own in a temporary folder. Every buyer signs up once and then
reserves, pays and waits until the order is complete, over and over, each time another
ticket. The load generator and all servers share the machine.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Self

from launcher.testing import Launched

JSON = dict[str, Any]
POLL = 0.01
TICKS = os.sysconf("SC_CLK_TCK")


class Client:
    """The least HTTP client: one connection, JSON, one cookie."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._cookie = ""

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def call(self, method: str, path: str, body: JSON | None = None) -> Any:
        """Return the JSON of a 2xx answer. Raises RuntimeError with any other."""
        data = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\nCookie: {self._cookie}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)
        status, answer = await self._answer()
        if not 200 <= status < 300:
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()}")
        return json.loads(answer) if answer else None

    async def _answer(self) -> tuple[int, bytes]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = 0
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name == "Content-Length":
                length = int(value)
            elif name == "Set-Cookie":
                self._cookie = value.partition(";")[0]
        return int(head[0].split()[1]), await self._reader.readexactly(length)

    async def sign_up(self, name: str) -> None:
        account = {"email": f"{name}@bench.test", "password": "correct horse"}
        await self.call("POST", "/api/users/signup", account)


@dataclass
class Result:
    """Seconds of each step of each finished purchase."""

    reserve: list[float] = field(default_factory=list)
    pay: list[float] = field(default_factory=list)
    complete: list[float] = field(default_factory=list)


async def buy(client: Client, ticket_id: str, result: Result) -> None:
    start = time.perf_counter()
    order = await client.call("POST", "/api/orders", {"ticketId": ticket_id})
    reserved = time.perf_counter()
    payment = {"orderId": order["id"], "token": "tok_visa"}
    await client.call("POST", "/api/payments", payment)
    paid = time.perf_counter()
    await until_complete(client, order["id"])
    result.reserve.append(reserved - start)
    result.pay.append(paid - reserved)
    result.complete.append(time.perf_counter() - paid)


async def until_complete(client: Client, order_id: str) -> None:
    while True:
        order = await client.call("GET", f"/api/orders/{order_id}")
        if order["status"] == "complete":
            return
        await asyncio.sleep(POLL)


async def buyer(
    name: str, address: tuple[str, int], tickets: list[str], result: Result, end: float
) -> None:
    async with Client(*address) as client:
        await client.sign_up(name)
        while tickets and time.perf_counter() < end:
            await buy(client, tickets.pop(), result)


async def list_tickets(address: tuple[str, int], count: int) -> list[str]:
    async with Client(*address) as seller:
        await seller.sign_up("seller")
        made = []
        for number in range(count):
            ticket = {"title": f"Seat {number}", "price": 20}
            made.append((await seller.call("POST", "/api/tickets", ticket))["id"])
        return made


def cpu_seconds(root: int) -> dict[str, float]:
    """CPU of every descendant of a process, summed by what it runs."""
    parents, usage = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
            command = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        fields = text[text.rindex(")") + 2 :].split()
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        usage[pid] = label(command), (int(fields[11]) + int(fields[12])) / TICKS
    total: dict[str, float] = {}
    for pid, (name, seconds) in usage.items():
        if is_below(pid, root, parents):
            total[name] = total.get(name, 0.0) + seconds
    return total


def is_below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != root:
        pid = parents[pid]
    return pid == root


def label(command: str) -> str:
    known = {
        "nameko": "services",
        "secantus": "mongodb",
        "mongod": "mongodb",
        "nats-server": "nats",
        "redis": "redis",
        "beam": "rabbitmq",
        "stripe_stand_in": "stripe stand-in",
    }
    return next((name for part, name in known.items() if part in command), "other")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Launched(data, "--processes", str(options.processes)) as launched:
            report(launched, options.buyers, options.seconds)


def report(launched: Launched, buyers: int, seconds: float) -> None:
    assert launched.process
    address = "127.0.0.1", launched.instance.port
    tickets = asyncio.run(list_tickets(address, round(seconds * 150)))
    before, start = cpu_seconds(launched.process.pid), time.perf_counter()
    result = asyncio.run(run_buyers(address, buyers, seconds, tickets))
    took = time.perf_counter() - start
    after = cpu_seconds(launched.process.pid)
    count = len(result.complete)
    print(f"{count} purchases in {took:.1f} s: {count / took:.1f}/s, {buyers} buyers")
    for step in ("reserve", "pay", "complete"):
        times = getattr(result, step)
        p99 = quantiles(times, n=100)[98]
        print(f"{step:>9}: p50 {median(times) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    for name, used in sorted(after.items()):
        cost = (used - before.get(name, 0.0)) / count * 1000
        print(f"{name:>16}: {cost:.1f} ms CPU a purchase")


async def run_buyers(
    address: tuple[str, int], buyers: int, seconds: float, tickets: list[str]
) -> Result:
    result = Result()
    end = time.perf_counter() + seconds
    names = [f"buyer{number}" for number in range(buyers)]
    await asyncio.gather(
        *(buyer(name, address, tickets, result, end) for name in names)
    )
    return result


if __name__ == "__main__":
    main()
