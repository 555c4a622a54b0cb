"""A shop that is saved, broken and brought back by its operator."""

import asyncio
import subprocess
import sys

import nats
from system_books import Books
from system_control import eventually

from launcher import ROOT

SERVICES = ("auth", "tickets", "orders", "payments", "expiration")


class Shop:
    def __init__(self, system, target):
        self.system, self.target = system, target
        self.books = Books(system)
        (self.process,) = set(system.processes.values())

    def recovery(self, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "recovery", *map(str, arguments)],
            env=self.system.settings,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def backup(self):
        done = self.recovery("backup", self.target)
        assert done.returncode == 0, done.stderr
        (line,) = done.stdout.splitlines()
        return line.removeprefix("Everything is in ")

    def restore(self, *options):
        """Bring it back and start it; returns what the restore said."""
        done = self.recovery("restore", self.target, *options)
        assert done.returncode == 0, done.stderr
        self.process.start().wait_until_ready()
        return done.stdout

    def wipe(self):
        for name in SERVICES[:-1]:
            database = self.system.database(name)
            database.client.drop_database(database.name)

    def lose_streams(self):
        async def lose():
            client = await nats.connect(self.system.direct["NATS_URL"])
            for name in ("TICKETING", "TICKETING_DEAD"):
                await client.jetstream().delete_stream(
                    f"{self.system.namespace}_{name}"
                )
            await client.close()

        asyncio.run(lose())

    def settle(self):
        """Until every document and every copy is as it should be, causes first."""
        eventually(
            lambda: (
                self.books.counts_agree()
                and self.books.copies_agree()
                and not self.books.outboxes()
            )
        )

    def kept(self):
        """What Stripe has for its orders; it has money of other shops as well."""
        money = self.system.money()
        return sum(money[order_id] for order_id in self.books.orders())

    def ledger(self):
        with self.system.rpc() as rpc:
            sums = rpc.payments.ledger()["sums"]
            return sums["usd"], rpc.payments.findings()

    def reconcile(self, since):
        with self.system.rpc() as rpc:
            return rpc.payments.reconcile(since=since.isoformat())


def pay_at_stripe(shop, order):
    """The card is charged, and the shop dies before it hears of it."""
    shop.system.stripe.v1.payment_intents.create(
        {
            "amount": round(order["total"] * 100),
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "confirm": True,
            "metadata": {"order_id": order["id"]},
        }
    )
