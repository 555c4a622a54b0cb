"""Whole purchases per second, and the CPU each costs.

    .venv/bin/python -m bench.purchases [--buyers 32] [--seconds 15] [--rate N]
                                        [--one-listing] [--processes 1] [--floor]

Starts a system of its own in a temporary folder. Every buyer has a session and
reserves, pays and waits until the order is complete, over and over, each time another
ticket, or one of a listing that all want. They are as fast as they can, or as many a
second as ``--rate`` says. The load generator and all servers share the machine. With
``--floor`` it is compared with what the servers alone could do just before.
``scripts/rehearse`` is a whole sale, with pages and people who change their minds.
"""

import argparse
import asyncio
import json
import tempfile
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from bench import floor
from bench.delays import delays, told
from launcher import folder
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
# More than are bought, even by a shop that is twice as fast.
A_SECOND = 150
# Purchases of each buyer before it is measured.
WARM = 4


@dataclass(frozen=True)
class Load:
    """Who buys, and for how long: ``seconds``, or until ``count`` are bought."""

    buyers: int
    seconds: float = inf
    count: int | None = None
    rate: float | None = None
    one_listing: bool = False

    @property
    def warming(self) -> "Load":
        """What comes before: what is done for the first time takes longer."""
        return replace(self, seconds=inf, count=self.buyers * WARM)


@dataclass(frozen=True)
class Bought:
    """``cpu`` is what each purchase has used, in ms, by the name of the program."""

    record: Record
    seconds: float
    cpu: dict[str, float]

    @property
    def count(self) -> int:
        return len(self.record.bought)

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def main() -> None:
    options = _options()
    floors = floor.run(seconds=options.seconds) if options.floor else None
    load = Load(
        options.buyers,
        options.seconds,
        rate=options.rate,
        one_listing=options.one_listing,
    )
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        with Launched(data, "--processes", str(options.processes)):
            shop = running(data, is_own=True)
            bought = asyncio.run(buy(shop, load))
            _tell(bought, load)
            (group,) = json.loads((data / folder.TARGETS).read_text(encoding="utf-8"))
            print(told(delays(group["targets"])))
            kept = ", ".join(f"{memory(pid):.0f}" for pid in services(shop.launcher))
            print(f"memory of each process of the services: {kept} MB")
    if floors:
        single, grouped = (bought.rate / each for each in floors)
        print(f"whole purchases to the floor: {single:.2f} of it one by one, ", end="")
        print(f"{grouped:.2f} of it in groups")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--one-listing", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--floor", action="store_true")
    return parser.parse_args()


async def buy(shop: Shop, load: Load) -> Bought:
    """Sign people in, list tickets, and have them bought."""
    seller, *clients = await signed_in(shop, load.buyers + 1, lambda _: None)
    wanted = load.count or round(load.seconds * A_SECOND)
    tickets = await (one_listing if load.one_listing else many)(seller, wanted)
    meter, record = CpuMeter(shop.launcher), Record()
    # Each buyer's time from one purchase to the next, and their starts spread over it.
    pause = load.buyers / load.rate if load.rate else 0.0

    async def go_on(client: Client, number: int) -> None:
        await asyncio.sleep(pause * number / load.buyers)
        while tickets and record.now() < load.seconds:
            again_at = record.now() + pause
            await Buyer(client, tickets.pop(), record).buy(ONE)
            await asyncio.sleep(again_at - record.now())

    await asyncio.gather(*(go_on(each, at) for at, each in enumerate(clients)))
    took, count = record.now(), len(record.bought)
    cpu = {name: spent / count * 1000 for name, spent in sorted(meter.look().items())}
    return Bought(record, took, cpu)


def _tell(bought: Bought, load: Load) -> None:
    print(f"{bought.count} purchases in {bought.seconds:.1f} s: ", end="")
    print(f"{bought.rate:.1f}/s, {load.buyers} buyers")
    for step in ("reserve", "pay", "complete"):
        steps = [each.took for each in bought.record.steps if each.name == step]
        found = times(steps)
        print(f"{step:>9}: p50 {ms(found.p50)}, p99 {ms(found.p99)}")
    for name, spent in bought.cpu.items():
        print(f"{name:>16}: {spent:.1f} ms CPU a purchase")


async def many(seller: Client, count: int) -> list[str]:
    """So many listings of one ticket."""
    made = []
    for number in range(count):
        ticket = {"title": f"Seat {number}", "price": 20}
        made.append((await seller.call("POST", "/api/tickets", ticket))["id"])
    return made


async def one_listing(seller: Client, count: int) -> list[str]:
    """One of so many, as often."""
    ticket = {"title": "Standing", "price": 20, "quantity": count}
    return [(await seller.call("POST", "/api/tickets", ticket))["id"]] * count


if __name__ == "__main__":
    main()
