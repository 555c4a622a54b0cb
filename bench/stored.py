"""What a purchase costs when much is stored, compared with the same when little is.

    .venv/bin/python -m bench.stored [--orders 1000000] [--listings 100000]
                                     [--buyers 64] [--seconds 15]

Starts a system of its own in a temporary folder, measures it with a thousand orders,
copies those until there are so many, and measures again. How long it takes to start
again is told with little and with much. Copies are the documents that real purchases
left, under other ids.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pymongo import MongoClient
from pymongo.collection import Collection

from bench.purchases import Load, buy
from launcher.testing import Launched
from rehearsal.shop import Shop, running
from ticketing.config import namespaced
from ticketing.ids import new_id

LITTLE = 1000
AT_ONCE = 1000
# Far beyond the numbers of the stream, which nobody has lost.
NUMBERS = 10**9

Json = dict[str, Any]
T = TypeVar("T")
# An order, its payment, and what payments knows of the order.
Purchase = tuple[Json, Json, Json]

MODELS = 100
READY = ": ready after "
SENT: Json = {"outbox": [], "sent": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--buyers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    load = Load(options.buyers, options.seconds)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Launched(data) as launched:
            shop = running(data, is_own=True)
            measured(shop, Load(options.buyers, count=LITTLE))
            little = measured(shop, load)
        with (
            started_again(data, launched) as shop,
            MongoClient[Json](shop.environment["MONGODB_URI"]) as client,
        ):
            Stored(shop, client).fill(options.orders, options.listings)
        with started_again(data, launched) as shop:
            much = measured(shop, load)
    print(f"a purchase costs {much / little:.2f} of what it did")


@contextmanager
def started_again(data: Path, before: Launched) -> Iterator[Shop]:
    """Print how long it takes until each of its programs is ready, and give it."""
    with Launched(data, port=before.instance.port) as launched:
        print(
            *(line for line in launched.said().splitlines() if READY in line), sep="\n"
        )
        yield running(data, is_own=True)


def measured(shop: Shop, load: Load) -> float:
    """Return and print the CPU a purchase, in ms."""
    bought = asyncio.run(buy(shop, load))
    told = ", ".join(f"{name} {spent:.1f}" for name, spent in bought.cpu.items())
    print(f"{bought.count} purchases, {bought.rate:.1f}/s; ms of CPU each: {told}")
    return sum(bought.cpu.values())


class Stored:
    """What the services have stored, as models and as a place for copies of them."""

    def __init__(self, shop: Shop, client: MongoClient[Json]) -> None:
        def collection(database: str, name: str) -> Collection[Json]:
            return client[namespaced(shop.environment, database)][name]

        self.tickets = collection("tickets", "tickets")
        self.orders = collection("orders", "orders")
        self.payments = collection("payments", "payments")
        # What orders know of listings, and payments of orders.
        self.ticket_copies = collection("orders", "tickets")
        self.order_copies = collection("payments", "orders")

    def fill(self, orders: int, listings: int) -> None:
        ids = [new_id() for _ in range(listings)]
        model = self.tickets.find_one() or {}
        copy = self.ticket_copies.find_one({"_id": model["_id"]}) or {}
        for some in chunks(ids):
            self.tickets.insert_many([model | SENT | {"_id": each} for each in some])
            self.ticket_copies.insert_many([copy | {"_id": each} for each in some])
        done = 0
        for purchases in chunks(self._purchases(orders, ids)):
            for place, collection in enumerate(
                (self.orders, self.payments, self.order_copies)
            ):
                collection.insert_many([each[place] for each in purchases])
            done += len(purchases)
            print(f"\r{done} of {orders} orders", end="", flush=True)
        print()

    def _models(self) -> list[Purchase]:
        orders = list(self.orders.find({"status": "complete"}, limit=MODELS))
        among = {"$in": [order["_id"] for order in orders]}
        paid = {p["orderId"]: p for p in self.payments.find({"orderId": among})}
        copies = {c["_id"]: c for c in self.order_copies.find({"_id": among})}
        return [(each, paid[each["_id"]], copies[each["_id"]]) for each in orders]

    def _purchases(self, count: int, listings: list[str]) -> Iterator[Purchase]:
        models, chosen = self._models(), random.Random(1)
        for number in range(count):
            order, payment, copy = deepcopy(models[number % len(models)])
            order["_id"], order["units"] = new_id(), [str(number)]
            order["ticket"]["id"] = chosen.choice(listings)
            order["passes"] = [{"id": new_id(), "unit": str(number)}]
            order["userId"] = payment["userId"] = copy["userId"] = new_id()
            copy["_id"] = payment["orderId"] = order["_id"]
            payment |= {"_id": new_id(), "stripeId": f"pi_{new_id()}"}
            for place, each in enumerate((order, payment)):
                each["outbox"] = []
                each["sent"][0]["sequence"] = NUMBERS + 2 * number + place
            yield order, payment, copy


def chunks(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        yield some


if __name__ == "__main__":
    main()
