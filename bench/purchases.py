"""Whole purchases per second, and the CPU each costs.

    .venv/bin/python -m bench.purchases [--buyers 32] [--seconds 15] [--processes 1]
                                        [--floor]

Starts a system of its own in a temporary folder. Every buyer signs up once and then
reserves, pays and waits until the order is complete, over and over, each time another
ticket. The load generator and all servers share the machine. With ``--floor`` it is
compared with what the servers alone could do just before.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench import floor
from launcher.testing import Launched
from rehearsal.client import Client
from rehearsal.processes import CpuMeter

POLL = 0.01


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--floor", action="store_true")
    options = parser.parse_args()
    floors = floor.run(seconds=options.seconds) if options.floor else None
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Launched(data, "--processes", str(options.processes)) as launched:
            rate = report(launched, options.buyers, options.seconds)
    if floors:
        single, grouped = (rate / each for each in floors)
        print(f"whole purchases to the floor: {single:.2f} of it one by one, ", end="")
        print(f"{grouped:.2f} of it in groups")


def report(launched: Launched, buyers: int, seconds: float) -> float:
    """Print the figures and return the purchases a second."""
    assert launched.process
    address = "127.0.0.1", launched.instance.port
    tickets = asyncio.run(list_tickets(address, round(seconds * 150)))
    meter, start = CpuMeter(launched.process.pid), time.perf_counter()
    result = asyncio.run(run_buyers(address, buyers, seconds, tickets))
    took = time.perf_counter() - start
    used = meter.look()
    count = len(result.complete)
    print(f"{count} purchases in {took:.1f} s: {count / took:.1f}/s, {buyers} buyers")
    for step in ("reserve", "pay", "complete"):
        times = getattr(result, step)
        p99 = quantiles(times, n=100)[98]
        print(f"{step:>9}: p50 {median(times) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    for name, seconds_used in sorted(used.items()):
        print(f"{name:>16}: {seconds_used / count * 1000:.1f} ms CPU a purchase")
    return count / took


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
