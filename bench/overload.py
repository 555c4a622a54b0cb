"""What is sold while three times as many come as can be served, and right after it.

    .venv/bin/python -m bench.overload [--times 3] [--buyers 64] [--seconds 20]

Starts a system of its own in a temporary folder, with one listing that all want. First
so many buyers, over and over, show its rate. Then new ones come at ``--times`` that
rate, whatever becomes of those before: whoever is refused comes back when he is told
to. In the end those who are left go, and the buyers of the beginning show the rate once
more; the better of the two is its best.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.purchases import ONE, Load, buy, one_listing
from launcher.testing import Launched
from rehearsal.buyer import Buyer
from rehearsal.client import Client
from rehearsal.figures import ms, times
from rehearsal.files import allow_files
from rehearsal.people import signed_in
from rehearsal.record import Asked, Record
from rehearsal.shop import Shop, running

REFUSED = 503
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
        with Launched(data):
            asyncio.run(compare(running(data, is_own=True), load, options.times))


async def compare(shop: Shop, load: Load, times_as_many: float) -> None:
    await buy(shop, load.warming)
    before = (await buy(shop, load)).rate
    print(f"before: {before:.1f} purchases a second")
    rate = before * times_as_many
    crowded = await crowd(shop, rate, load.seconds)
    print(f"{rate:.0f} come each second: {crowded:.1f} purchases a second")
    after = (await buy(shop, load)).rate
    print(f"right after it: {after:.1f} purchases a second")
    print(f"in the crowd it sold {crowded / max(before, after):.0%} of its best rate")


async def crowd(shop: Shop, rate: float, seconds: float) -> float:
    """Have so many new people come each second; return how many purchases they made.

    Prints how long they waited for answers.
    """
    number = round(rate * seconds)
    allow_files(number)
    seller, *clients = await signed_in(shop, number + 1, lambda _: None)
    (listing, *_) = await one_listing(seller, number)
    record = Record()

    async def come(client: Client, at: float) -> None:
        await asyncio.sleep(at - record.now())
        await Buyer(client, listing, record).buy(ONE)

    tasks = [
        asyncio.create_task(come(client, place / rate))
        for place, client in enumerate(clients)
    ]
    await asyncio.sleep(seconds - record.now())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for client in clients:
        await client.__aexit__()
    since = FORMING * seconds
    sold = sum(since <= each.at <= seconds for each in record.bought)
    tell_answers(record.asked)
    return sold / (seconds - since)


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
