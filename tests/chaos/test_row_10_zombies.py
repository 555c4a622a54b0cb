"""Row 10: a zombie cannot act.

A process with every service in it stands still in the middle of a write of each of
three databases, for longer than leases and acknowledgements are waited for, while its
twin goes on with all of its work. Then it wakes up, and its writes go out.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from chaos_buyers import Buyers
from chaos_checker import violations
from system_control import eventually

from expiration.deadlines import LEASE_MS
from ticketing.events import ACK_WAIT

FULL, SLICE, CONTROL = 50, 4, 4
# One process has a zombie of each of these in it.
SERVICES = ("tickets", "orders", "payments", "expiration")
STANDS = max(LEASE_MS / 1000, ACK_WAIT) + 1
# Without the guard a moment is enough.
LIVELY = 2
CROWD = 12


class Grip:
    """Holds the next write to each of these collections, once it is armed."""

    def __init__(self):
        self.waiting, self._open = set(), threading.Event()
        self._open.set()

    def close(self):
        self.waiting = {"tickets", "orders", "payments"}
        self._open.clear()

    def open(self):
        self.waiting = set()
        self._open.set()

    def asked(self, command):
        found = next((c for c in self.waiting if command.writes_to(c)), None)
        if found:
            self.waiting -= {found}
            self._open.wait()

    def answered(self, message):
        """What the database says goes on."""


def test_what_a_zombie_does_has_no_effect(row):
    shop = open_shop(row)
    rise(row, shop, row.size)
    shop.settle()
    row.expect_none(violations(shop))


def test_control_who_writes_last_wins(row):
    shop = open_shop(row, without={"orders": "writes_blindly"})
    rise(row, shop, CONTROL, stands=LIVELY)
    shop.seems_settled(within=5)
    row.expect_some(violations(shop))


def open_shop(row, **options):
    return row.shop(twins=True, wires={"MONGODB_URI": Grip()}, **options)


def rise(row, shop, zombies, stands=STANDS):
    grip = shop.watchers["MONGODB_URI"]
    with Buyers(shop) as buyers, ThreadPoolExecutor(CROWD) as pool:
        for _ in range(-(-zombies // len(SERVICES))):
            ticket = buyers.list_many(8 * CROWD)
            grip.close()
            crowd = [pool.submit(buy, buyers, ticket, row.random) for _ in range(CROWD)]
            eventually(lambda: not grip.waiting)
            with shop.twins[0].paused():
                time.sleep(stands)
            grip.open()
            for each in crowd:
                each.result()
    row.figures |= {"zombies": zombies, "paid": len(shop.history.acknowledged("pay"))}


def buy(buyers, ticket, random):
    for _ in range(4):
        if order := buyers.reserve(ticket):
            buyers.pay_stubbornly(order, order["id"])
            if random.random() < 0.3:
                buyers.refund(order)
