"""Processes of the services: the real classes, whose dependencies are the world's."""

from functools import cache, partial

import eventlet
from eventlet.greenthread import GreenThread
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, DependencyProvider
from simulation_bus import BusPublisher
from simulation_stores import OutboxCollection

from expiration.service import ExpirationService
from orders.occupancies import Occupancies
from orders.service import OrdersService
from payments.service import PaymentsService
from ticketing.batches import Batches
from ticketing.errors import TicketingError
from ticketing.periodic import Every
from ticketing.relay import Relay
from tickets.service import TicketsService

SERVICES = {
    each.name: each
    for each in (TicketsService, OrdersService, PaymentsService, ExpirationService)
}
# What needs no part in this.
UNUSED = dict.fromkeys(["tracing", "probes", "graveyard", "pass_codes"])
# What is done again and again is done no more often than this: a seed must be short.
SELDOM = 12.0


@cache
def dependencies_of(service_class):
    named = {name: getattr(service_class, name, None) for name in dir(service_class)}
    return {n for n, value in named.items() if isinstance(value, DependencyProvider)}


@cache
def chores_of(service_class):
    """The names of methods that are called again and again, and how often."""
    return [
        (name, max(entrypoint._seconds, SELDOM))
        for name in dir(service_class)
        for entrypoint in getattr(
            getattr(service_class, name, None), ENTRYPOINT_EXTENSIONS_ATTR, ()
        )
        if isinstance(entrypoint, Every)
    ]


class Remote:
    """Another service, as this one calls it."""

    def __init__(self, world, service):
        self._world, self._service = world, service

    def __getattr__(self, method):
        return partial(self._world.rpc, self._service, method)


class Process:
    """One process of a service, from its start to its end."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.alive, self.frozen_until, self.skew = True, 0.0, 0.0
        self.latest = world.time(self.skew)
        self.turns, self._threads = {}, set()
        self.occupancies = Occupancies(world.stores["orders"].holding)
        store = world.stores.get(name)
        self.relays = (
            {name: Relay(OutboxCollection(store), BusPublisher(world))} if store else {}
        )
        self.worker = self._made(SERVICES[name])

    def start(self):
        for relay in self.relays.values():
            self.spawn(relay.run)
            self.spawn(relay.run_sweep)
        for method, seconds in chores_of(SERVICES[self.name]):
            self.spawn(self._repeat, getattr(self.worker, method), seconds)
        return self

    def spawn(self, function, *args):
        thread = eventlet.spawn(self._run, function, args)
        thread.process = self
        self._threads.add(thread)
        thread.link(self._threads.discard)
        return thread

    def kill(self):
        """All that it was doing ends where it is; what it knew is lost."""
        self.alive = False
        self.world.tell(self.name, "dies")
        for thread in list(self._threads):
            GreenThread.kill(thread)

    def clock(self):
        """``latest`` is the latest time that it ever told here."""
        now = self.world.time(self.skew)
        self.latest = max(self.latest, now)
        return now

    def _run(self, function, args):
        try:
            return function(*args)
        except TicketingError:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be
            return self.world.unforeseen(self.name, error)

    def _repeat(self, method, seconds):
        while True:
            pace = self.world.random.uniform(0.5, 1.5) * self.world.pace
            self.world.hub.nap(seconds * pace)
            self._run(method, ())

    def _made(self, service_class):
        """A worker whose every dependency is given: nothing swallows a typo."""
        worker, given = service_class(), self._given()
        needed = dependencies_of(service_class)
        assert needed <= given.keys(), needed - given.keys()
        for name in needed:
            setattr(worker, name, given[name])
        return worker

    def _given(self):
        world = self.world
        return UNUSED | {
            "clock": self.clock,
            "tickets": world.stores["tickets"],
            "orders": world.stores["orders"],
            "payments": world.stores["payments"],
            "deadlines": world.deadlines,
            "admissions": world.admissions,
            "gateway": world.stripe,
            "publisher": BusPublisher(world),
            "batches": Batches(),
            "hold_seconds": world.hold,
            "grace_seconds": world.grace,
            "attempts": 3,
            **{f"{name}_rpc": Remote(world, name) for name in SERVICES},
        }
