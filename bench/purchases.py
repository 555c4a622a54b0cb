"""Whole purchases per second, and the CPU each costs.

    .venv/bin/python -m bench.purchases [--buyers 32] [--seconds 15] [--processes 1]
                                        [--floor]

Starts a system of its own in a temporary folder. Every buyer has a session and
reserves, pays and waits until the order is complete, over and over, each time another
ticket. The load generator and all servers share the machine. With ``--floor`` it is
compared with what the servers alone could do just before. ``scripts/rehearse`` is the
same with one listing that all want.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench import floor
from launcher.testing import Launched
from rehearsal.buyer import Buyer
from rehearsal.client import Client
from rehearsal.figures import ms, times
from rehearsal.people import signed_in
from rehearsal.plans import Plan
from rehearsal.processes import CpuMeter, memory, services
from rehearsal.record import Record
from rehearsal.shop import Shop, running

ONE = Plan(comes=0, quantity=1)


async def buy(client: Client, tickets: list[str], record: Record, end: float) -> None:
    while tickets and record.now() < end:
        await Buyer(client, tickets.pop(), record).buy(ONE)


async def list_tickets(seller: Client, count: int) -> list[str]:
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
        with Launched(data, "--processes", str(options.processes)):
            shop = running(data, is_own=True)
            rate = asyncio.run(report(shop, options.buyers, options.seconds))
    if floors:
        single, grouped = (rate / each for each in floors)
        print(f"whole purchases to the floor: {single:.2f} of it one by one, ", end="")
        print(f"{grouped:.2f} of it in groups")


async def report(shop: Shop, buyers: int, seconds: float) -> float:
    """Print the figures and return the purchases a second."""
    seller, *clients = await signed_in(shop, buyers + 1, lambda _: None)
    tickets = await list_tickets(seller, round(seconds * 150))
    meter, record = CpuMeter(shop.launcher), Record()
    await asyncio.gather(*(buy(each, tickets, record, seconds) for each in clients))
    took, used, count = record.now(), meter.look(), len(record.bought)
    print(f"{count} purchases in {took:.1f} s: {count / took:.1f}/s, {buyers} buyers")
    for step in ("reserve", "pay", "complete"):
        found = times([each.took for each in record.steps if each.name == step])
        print(f"{step:>9}: p50 {ms(found.p50)}, p99 {ms(found.p99)}")
    for name, seconds_used in sorted(used.items()):
        print(f"{name:>16}: {seconds_used / count * 1000:.1f} ms CPU a purchase")
    kept = ", ".join(f"{memory(pid):.0f}" for pid in services(shop.launcher))
    print(f"memory of each process of the services: {kept} MB")
    return count / took


if __name__ == "__main__":
    main()
