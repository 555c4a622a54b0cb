"""Row 11: poison never blocks.

One message in a hundred can never be handled: no JSON, another shape, a pickle. Each
becomes a dead letter, and all others are handled as if it was not there.
"""

import pickle
import time

from chaos_row import quantile
from system_bus import Bus

from ticketing.contract import TicketCreated
from ticketing.ids import new_id
from ticketing.messages import Event, body_of

FULL, SLICE, CONTROL = 10_000, 1_000, 200
ONE_IN = 100
BATCH = 50
# Judged in full size only: a slice runs beside other tests, which take their time.
P99 = 2.0
SUBJECT = "ticket.created"
POISONS = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b'{"id":"x"}',
    b"[" * 5_000,
    pickle.dumps({"id": new_id()}),
    b'{"id":{"$gt":""},"version":0}',
    b'{"id":"' + b"a" * 24 + b'","version":"0","title":"x","price":1}',
]


def test_poison_is_put_aside_and_stops_nobody(row):
    shop = row.shop()
    row.expect_none(poisoned(row, shop, row.size, within=30))


def test_control_nothing_is_given_up(row):
    shop = row.shop(without={"orders": "never_gives_up"})
    row.expect_some(poisoned(row, shop, CONTROL, within=5))


def poisoned(row, shop, size, within):
    """What is wrong afterwards."""
    watch = Watch(shop)
    poisons = set(range(ONE_IN // 2, size, ONE_IN))
    with watch.bus.open() as publish:
        for number in range(size):
            if number in poisons:
                publish(SUBJECT, row.random.choice(POISONS))
            else:
                watch.publish(publish)
            if number % BATCH == 0:
                watch.look()
    late = watch.wait(within)
    letters = watch.letters(len(poisons), within)
    row.figures |= {
        "messages": size,
        "dead letters": letters,
        "p99": f"{late:.2f} s",
        "left": len(watch.left),
    }
    return [
        *([f"{letters} dead letters, not {len(poisons)}"] * (letters != len(poisons))),
        *([f"{len(watch.left)} were not handled"] if watch.left else []),
        *([f"p99 is {late:.2f} s"] if late > P99 and size == FULL else []),
    ]


class Watch:
    """When messages were published, and how long until their copies were there."""

    def __init__(self, shop):
        self.shop, self.bus = shop, Bus(shop)
        self.left, self.took = {}, []
        self._copies = shop.database("orders")["tickets"]

    def publish(self, publish):
        ticket_id = new_id()
        shape = TicketCreated(
            id=ticket_id, version=0, title="x", price=20, user_id=new_id()
        )
        publish(SUBJECT, body_of(Event.of(shape)))
        self.left[ticket_id] = time.monotonic()

    def look(self):
        wanted = {"_id": {"$in": list(self.left)}}
        now = time.monotonic()
        for copy in self._copies.find(wanted, {"_id": 1}):
            self.took.append(now - self.left.pop(copy["_id"]))

    def wait(self, within):
        deadline = time.monotonic() + within
        while self.left and time.monotonic() < deadline:
            self.look()
        return quantile(self.took, 0.99)

    def letters(self, wanted, within):
        """How many there are, once they are as many as wanted."""
        deadline = time.monotonic() + within
        with self.shop.rpc() as rpc:
            while (found := len(rpc.orders.dead_letters())) < wanted:
                if time.monotonic() > deadline:
                    break
        return found
