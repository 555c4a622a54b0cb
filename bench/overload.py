"""What is sold while three times as many come as can be served, and right after it.

    .venv/bin/python -m bench.overload [--times 3] [--buyers 64] [--seconds 20]

Starts a system of its own in a temporary folder, with one listing that all want. First
so many buyers, over and over, show the best rate. Then new ones come at ``--times`` that
rate, whatever becomes of those before: whoever is refused comes back when he is told
to. In the end those who are left go, and the buyers of the beginning show the rate once
more.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bench.purchases import ONE, Bought, Load, buy, one_listing
from launcher.testing import Launched
from rehearsal.buyer import Buyer
from rehearsal.client import Client
from rehearsal.figures import ms, times
from rehearsal.people import signed_in
from rehearsal.record import Asked, Record
from rehearsal.shop import Shop, allow_files, running

REFUSED = 503
# More than come twice, and are there at the same time: each has a connection.
SPARE_FILES = 1000
# Of the seconds that it lasts, those in which the crowd is only forming.
FORMING = 0.25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=float, default=3)
    parser.add_argument("--buyers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    load = Load(options.buyers, options.seconds, one_listing=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Launched(data, environment={"RATE_LIMITS": "off"}):
            asyncio.run(compare(running(data, is_own=True), load, options.times))


async def compare(shop: Shop, load: Load, times_as_many: float) -> None:
    await buy(shop, Load(load.buyers, count=load.buyers * 4, one_listing=True))
    best = await buy(shop, load)
    tell("at its best", best)
    await crowd(shop, best.rate, best.rate * times_as_many, load.seconds)
    tell("right after it", await buy(shop, load))


def tell(when: str, bought: Bought) -> None:
    print(f"{when}: {bought.rate:.1f} purchases a second")


async def crowd(shop: Shop, best: float, rate: float, seconds: float) -> None:
    """Have so many new people come each second, and print what became of them."""
    number = round(rate * seconds)
    allow_files(number + SPARE_FILES)
    seller, *clients = await signed_in(shop, number + 1, lambda _: None)
    (listing, *_) = await one_listing(seller, number)
    record = Record()

    async def come(client: Client, at: float) -> None:
        await asyncio.sleep(at - record.now())
        await Buyer(client, listing, record).buy(ONE)

    tasks = [
        asyncio.create_task(come(client, place / rate))
        for client, place in zip(clients, count(), strict=False)
    ]
    await asyncio.sleep(seconds - record.now())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for client in clients:
        await client.__aexit__()
    since = FORMING * seconds
    sold = sum(since <= each.at <= seconds for each in record.bought)
    sold_a_second = sold / (seconds - since)
    print(f"{rate:.0f} come each second: {sold_a_second:.1f} purchases a second, ", end="")
    print(f"{100 * sold_a_second / best:.0f} % of the best")
    tell_answers(record.asked)


def tell_answers(asked: Sequence[Asked]) -> None:
    refused = [each.took for each in asked if each.status == REFUSED]
    lost = sum(each.status == 0 for each in asked)
    slowest = max((each.took for each in asked), default=0.0)
    for what, took in (("refused", refused), ("any request", [e.took for e in asked])):
        found = times(took) if took else None
        said = f"p50 {ms(found.p50)}, p99 {ms(found.p99)}" if found else "never"
        print(f"{what:>12}: {len(took)} times, {said}")
    print(f"the longest took {ms(slowest)}; {lost} had no answer")


if __name__ == "__main__":
    main()
