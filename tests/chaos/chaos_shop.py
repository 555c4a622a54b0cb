"""A shop under faults: a system with a stand-in of Stripe for itself alone."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from chaos_history import History
from chaos_stand_in import StandIn
from chaos_wire import Wire
from nameko.standalone.rpc import ClusterRpcProxy
from system_books import Books
from system_bus import Bus
from system_control import Process, System, eventually, new_port
from system_ingress import AnyOf

from launcher.instance import STAND_IN_KEY, STRIPE_KEY
from ticketing.clock import iso

UNGUARDED = Path(__file__).parent / "unguarded"
# After the last fault is healed, so long may it take until all is well.
HEALED_WITHIN = 30
# Going through thousands of payments by one call takes longer than calls may elsewhere.
RECONCILED_WITHIN = 600
ENDS = {"complete", "cancelled"}
# Questions about whole collections are asked less often, so as not to be the load.
PAUSE = 0.25
NAMES = ("tickets", "orders", "expiration", "payments")


def until(condition, within=HEALED_WITHIN):
    """As `eventually`, for what is costly to find out."""

    def asked():
        return condition() or time.sleep(PAUSE)

    eventually(asked, within)


class Shop(System):
    """``without`` names a folder of ``unguarded/``, by the service it stands in for.

    ``wires`` are watchers by setting: what payments says to these servers passes them.
    With ``twins`` all services are in one process, and there is another one like it.
    ``own`` are servers of this shop alone, by setting; ``more`` services besides those
    that sell.
    """

    def __init__(
        self,
        instance,
        folder,
        *,
        without=None,
        wires=None,
        twins=False,
        own=None,
        more=(),
        **settings,
    ):
        self.folder, secret = folder, instance.secrets()["webhook"]
        self.stand_in = StandIn(folder, secret)
        self.history = History(folder / "history.jsonl")
        self._opened = datetime.now(UTC)
        names = {name: name for name in (*more, *NAMES)} | dict(without or {})
        *others, payments = names.values()
        groups = [(*others, payments)] if twins else [tuple(others), (payments,)]
        given = self._given(instance, secret) | dict(own or {})
        super().__init__(replace(instance, given=given), groups, folder, **settings)
        for name, module in names.items():
            self.processes[name] = self.processes[module]
        self.books = Books(self)
        self.twins = [self.payments, self._twin(groups[0])] if twins else []
        self._watch(wires or {})

    def _given(self, instance, secret):
        """The environment of an instance, with a stand-in of Stripe of its own."""
        return {
            **instance.given,
            STRIPE_KEY: STAND_IN_KEY,
            "STRIPE_WEBHOOK_SECRET": secret,
            "STRIPE_API_BASE": self.stand_in.url,
            "PYTHONPATH": str(UNGUARDED),
        }

    def _watch(self, watchers):
        self.watchers = dict(watchers)
        self.wires = {
            setting: Wire(self.direct[setting], watcher)
            for setting, watcher in self.watchers.items()
        }
        own = {setting: wire.url for setting, wire in self.wires.items()}
        self.payments.settings = self.payments.settings | own

    @property
    def payments(self):
        return self.processes["payments"]

    def up(self, webhooks=None):
        """``webhooks`` is where the stand-in sends them; None for nowhere."""
        self.stand_in.start(webhooks)
        for wire in self.wires.values():
            wire.open()
        for twin in self.twins[1:]:
            twin.start()
        super().up()
        for twin in self.twins[1:]:
            twin.wait_until_ready()
        return self

    def client(self, orders=None, **options):
        """With twins, of whichever of them can be reached."""
        if not self.twins:
            return super().client(orders, **options)
        transport = AnyOf(self.twins)
        return httpx.Client(
            base_url=self.url, transport=transport, timeout=15, **options
        )

    @property
    def hook(self):
        """Where payments hears webhooks."""
        return f"http://{self.payments.address}/api/payments/webhook"

    def end(self):
        super().end()
        for twin in self.twins[1:]:
            twin.end()
        for wire in self.wires.values():
            wire.end()
        self.stand_in.end()
        self.history.close()

    def hurry(self):
        """What waits for Stripe has waited long enough for the service to resume it."""
        ago = {"waitingSince": datetime.now(UTC) - timedelta(minutes=1)}
        self._payments().update_many({"waitingSince": {"$exists": True}}, {"$set": ago})

    def end_hold(self, order_id):
        """The time of an order that nobody has paid is up."""
        now = datetime.now(UTC)
        due = {"_id": order_id, "status": {"$nin": list(ENDS)}}
        self.database("orders")["orders"].update_one(due, {"$set": {"expiresAt": now}})
        key = f"{self.namespace}:expiration:deadlines"
        eventually(
            lambda: self.redis.zscore(key, order_id) or self._has_ended(order_id)
        )
        self.redis.zadd(key, {order_id: int(now.timestamp() * 1000)}, xx=True)

    def reconcile(self):
        """Have payments compare its books with Stripe's, as it does every minute."""
        config = {
            "AMQP_URI": self.direct["AMQP_URI"],
            "rpc_exchange": f"{self.namespace}nameko-rpc",
        }
        with ClusterRpcProxy(config, timeout=RECONCILED_WITHIN) as rpc:
            return rpc.payments.reconcile(since=iso(self._opened))

    def settle(self, within=HEALED_WITHIN):
        """Wait until every order has an end and nothing is under way any more."""
        self.hurry()
        until(self.is_settled, within)

    def is_settled(self):
        waiting = {"waitingSince": {"$exists": True}}
        unended = {"status": {"$nin": list(ENDS)}}
        return (
            not self._payments().count_documents(waiting)
            and not self.database("orders")["orders"].count_documents(unended)
            and self.books.is_settled()
            and Bus(self).is_quiet(NAMES)
        )

    def seems_settled(self, within):
        """The same, where it may well never come true."""
        with suppress(AssertionError):
            self.settle(within)
            return True
        return False

    def _twin(self, group):
        (self.folder / "twin").mkdir()
        address = {"WEB_SERVER_ADDRESS": f"127.0.0.1:{new_port()}"}
        return Process(group, self.settings | address, self.folder / "twin")

    def _payments(self):
        return self.database("payments")["payments"]
