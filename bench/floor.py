"""What the servers alone can do, for the least writes and messages of a purchase.

    .venv/bin/python -m bench.floor [--seconds 10] [--loops 32] [--group 16]

Starts servers and no services. Bare loops insert an order and complete it, insert a
payment and change it, keep a copy of the order, and publish three events, each waited
for, with the durability that the services ask for: once one by one, and once in groups,
as whoever has many purchases at the same moment can. The loops share the machine with
the servers.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import nats
from pymongo import AsyncMongoClient, InsertOne, ReplaceOne, UpdateOne

from launcher.testing import Launched
from rehearsal.processes import CpuMeter
from ticketing.clock import iso, utc_now
from ticketing.ids import new_id
from ticketing.mongo import DURABLE

# Not needed by the loops, and slow to start: somebody else's that is not there.
NO_RABBITMQ = {"AMQP_URI": "pyamqp://guest:guest@127.0.0.1:1//"}
EVENTS = ("order.created", "payment.created", "order.completed")
STREAM = "FLOOR"

Json = dict[str, Any]


class Floor:
    """One purchase is five writes and three events; each step waits for all before."""

    def __init__(self, client: AsyncMongoClient[Json], js: Any) -> None:
        self._orders = client["floor_orders"]["orders"]
        self._payments = client["floor_payments"]["payments"]
        self._copies = client["floor_payments"]["orders"]
        self._js = js

    async def purchase(self) -> int:
        """One document an operation."""
        order, payment = an_order(), a_payment()
        await self._orders.insert_one(order)
        await self._publish(EVENTS[0], order)
        await self._copies.replace_one({"_id": order["_id"]}, order, upsert=True)
        await self._payments.insert_one(payment)
        await self._payments.update_one({"_id": payment["_id"]}, PAID)
        await self._publish(EVENTS[1], payment)
        await self._orders.update_one({"_id": order["_id"]}, COMPLETE)
        await self._publish(EVENTS[2], order)
        return 1

    async def group(self, size: int) -> int:
        """So many purchases, each step of them by one call."""
        orders = [an_order() for _ in range(size)]
        payments = [a_payment() for _ in range(size)]
        copies = [ReplaceOne({"_id": o["_id"]}, o, upsert=True) for o in orders]
        await self._many(self._orders, [InsertOne(order) for order in orders])
        await self._publish_all(EVENTS[0], orders)
        await self._many(self._copies, copies)
        await self._many(self._payments, [InsertOne(each) for each in payments])
        await self._many(self._payments, _changes(payments, PAID))
        await self._publish_all(EVENTS[1], payments)
        await self._many(self._orders, _changes(orders, COMPLETE))
        await self._publish_all(EVENTS[2], orders)
        return size

    @staticmethod
    async def _many(collection: Any, writes: list[Any]) -> None:
        await collection.bulk_write(writes, ordered=False)

    async def _publish(self, subject: str, document: Json) -> None:
        event = f"{document['_id']}:{subject}"
        body = json.dumps({"id": document["_id"], "units": ["1"]}).encode()
        headers = {"Nats-Msg-Id": event, "ce-id": event, "ce-type": subject}
        await self._js.publish(f"floor.{subject}", body, headers=headers)

    async def _publish_all(self, subject: str, documents: list[Json]) -> None:
        await asyncio.gather(*(self._publish(subject, each) for each in documents))


COMPLETE = {"$set": {"status": "complete", "version": 1, "passes": [{"id": new_id()}]}}
PAID = {"$set": {"status": "paid", "version": 1, "stripeId": f"pi_{new_id()}"}}


def an_order() -> Json:
    ticket = {"id": new_id(), "title": "A seat", "price": 2000}
    about = {"userId": new_id(), "ticket": ticket, "units": ["1"], "version": 0}
    until = {"expiresAt": utc_now(), "status": "created"}
    return {"_id": new_id(), **about, **until, "outbox": []}


def a_payment() -> Json:
    about = {"orderId": new_id(), "amount": 2000, "currency": "usd", "version": 0}
    return {"_id": new_id(), **about, "status": "asking", "at": iso(utc_now())}


def _changes(documents: list[Json], change: Json) -> list[UpdateOne]:
    return [UpdateOne({"_id": each["_id"]}, change) for each in documents]


async def rate(
    work: Callable[[], Awaitable[int]], loops: int, seconds: float
) -> tuple[float, int]:
    """Return how many purchases a second the loops make together, and their number."""
    start, done = time.perf_counter(), 0

    async def loop() -> None:
        nonlocal done
        while time.perf_counter() - start < seconds:
            made = await work()  # added only then: the others count meanwhile
            done += made

    await asyncio.gather(*(loop() for _ in range(loops)))
    return done / (time.perf_counter() - start), done


async def measure(
    given: Mapping[str, str], root: int, loops: int, group: int, seconds: float
) -> tuple[float, float]:
    """Print both rates, with the CPU of a purchase, and return them."""
    bus = await nats.connect(given["NATS_URL"])
    js = bus.jetstream(timeout=30)
    await js.add_stream(name=STREAM, subjects=["floor.>"], duplicate_window=600)
    found = []
    async with AsyncMongoClient[Json](given["MONGODB_URI"], **DURABLE) as client:
        floor = Floor(client, js)
        kinds = {
            "one by one": (floor.purchase, loops),
            f"in groups of {group}": (lambda: floor.group(group), max(loops // 4, 2)),
        }
        for kind, (work, count) in kinds.items():
            meter, own = CpuMeter(root), time.process_time()
            each, done = await rate(work, count, seconds)
            used = meter.look() | {"loops": time.process_time() - own}
            costs = ", ".join(
                f"{name} {1000 * used[name] / done:.2f} ms"
                for name in ("mongodb", "nats", "loops")
            )
            print(f"floor, {kind}, {count} loops: {each:.0f} purchases/s; CPU {costs}")
            found.append(each)
    await bus.close()
    return found[0], found[1]


def run(loops: int = 32, group: int = 16, seconds: float = 10) -> tuple[float, float]:
    """Start servers, measure, and return both rates: one by one, and in groups."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(
            Path(folder) / "data", "--servers-only", environment=NO_RABBITMQ
        ) as launched,
    ):
        assert launched.process
        given = launched.instance.environment()
        pid = launched.process.pid
        return asyncio.run(measure(given, pid, loops, group, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--loops", type=int, default=32)
    parser.add_argument("--group", type=int, default=16)
    options = parser.parse_args()
    run(options.loops, options.group, options.seconds)


if __name__ == "__main__":
    main()
