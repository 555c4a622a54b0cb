"""A world from one number: its services, their servers, and all that goes wrong."""

import json
import random
from datetime import UTC, datetime, timedelta

import eventlet
from eventlet.event import Event as Reply
from eventlet.hubs import get_hub
from greenlet import GreenletExit
from simulation_bus import Bus, consumers_of
from simulation_checker import Witness
from simulation_faults import draw
from simulation_nature import owner
from simulation_process import SERVICES, Process
from simulation_stores import Admissions, Deadlines, Line, Orders, Payments, Tickets
from simulation_stripe import Stripe

from ticketing.errors import TicketingError, UnavailableError
from ticketing.rpc import TIMEOUT

BEGINNING = datetime(2026, 1, 31, 12, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HTTP_TIMEOUT = 15.0
# A way over the network takes less than this, in seconds.
USUAL = 0.02
# A request that finds no process waits in its queue, looked at this often.
QUEUED, LOOKS = 1.0, 20


class World:
    """``story`` is what has happened, when somebody wants to read it."""

    hold, grace = 30, 15

    def __init__(self, seed, *, telling=False):
        self.seed, self.random = seed, random.Random(seed)
        self.hub = get_hub()
        self.story, self._telling = [], telling
        self.faults = draw(self.random)
        self.pace, self._numbers = 1.0, 0
        self.witness = Witness(self)
        self.stores = {
            "tickets": Tickets().join(self, "tickets"),
            "orders": Orders().join(self, "orders"),
            "payments": Payments().join(self, "payments"),
        }
        self.stripe = Stripe(self)
        self.deadlines, self.admissions = Deadlines(), Admissions()
        self.deadlines.line = Line(self, "lost_by_database")
        consumers = [c for each in SERVICES.values() for c in consumers_of(each)]
        self.bus = Bus(self, consumers)
        self.processes = []

    # What the machine gives.

    def time(self, skew=0.0):
        now = BEGINNING + timedelta(seconds=self.hub.now + skew)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def new_id(self):
        self._numbers += 1
        return f"{int(self.time().timestamp()):08x}{self._numbers:016x}"

    def new_pass_id(self):
        return "".join(self.random.choices(ALPHABET, k=12))

    # What goes wrong.

    def chance(self, fault):
        likely = getattr(self.faults, fault)
        return likely > 0 and self.random.random() < likely

    def delay(self):
        late = self.random.uniform(0.2, 6) if self.chance("slow") else 0.0
        return late + self.random.random() * USUAL

    def pause(self):
        """A moment in which anything may happen, to this process as well."""
        process = owner()
        if process is None:
            return
        if self.faults.crash or self.faults.freeze:
            self._strike(process)
        self.hub.nap(self.delay())
        while process.frozen_until > self.hub.now and process.alive:
            self.hub.nap(process.frozen_until - self.hub.now)
        if not process.alive:
            raise GreenletExit

    def _strike(self, process):
        if self.chance("crash"):
            self.hub.schedule_call_global(0, self.crash, process)
        if self.chance("freeze"):
            process.frozen_until = self.hub.now + self.random.uniform(5, 30)
            self.tell(process.name, "stands still")

    def crash(self, process):
        if process.alive:
            process.kill()
            self.processes.remove(process)
            away = self.random.uniform(0.5, 15)
            self.hub.schedule_call_global(away, self.start, process.name)

    def start(self, name):
        process = Process(self, name)
        process.skew = self.random.uniform(-1, 1) * self.faults.jump
        self.processes.append(process.start())

    def running(self, service):
        return [each for each in self.processes if each.name == service]

    def pick(self, service):
        running = self.running(service)
        return self.random.choice(running) if running else None

    # How services and people call services.

    def rpc(self, service, method, *args, **kwargs):
        """By RPC, which carries JSON. Raises what the method does, UnavailableError."""
        self.pause()
        arguments, named = json.loads(json.dumps([args, kwargs]))
        found = self._call(service, method, arguments, named, TIMEOUT)
        return json.loads(json.dumps(found))

    def call(self, service, method, *args):
        """Over HTTP, from outside."""
        return self._call(service, method, args, {}, HTTP_TIMEOUT)

    def _call(self, service, method, args, kwargs, timeout):
        reply = Reply()
        eventlet.spawn(self._hand_over, service, method, args, kwargs, reply)
        away = UnavailableError(f"{service} is away; try again in a moment")
        with eventlet.Timeout(timeout, away):
            return reply.wait()

    def _hand_over(self, service, method, args, kwargs, reply):
        eventlet.sleep(self.delay())
        for _ in range(LOOKS):
            if process := self.pick(service):
                process.spawn(self._serve, process, method, args, kwargs, reply)
                return
            eventlet.sleep(QUEUED)

    def _serve(self, process, method, args, kwargs, reply):
        found = error = None
        try:
            found = getattr(process.worker, method)(*args, **kwargs)
        except TicketingError as raised:
            error = raised
        self.pause()
        if not self.chance("lost_by_rpc"):
            reply.send_exception(error) if error else reply.send(found)

    # What is seen of it.

    def tell(self, *facts):
        if self._telling:
            told = " ".join(map(str, facts))
            self.story.append(f"{self.hub.now:10.3f}  {told}")

    def saw(self, store, before, change):
        state = change.state
        status = getattr(state, "status", "")
        self.tell(store, state.id[-4:], f"v{state.version}", status)
        self.witness.write(store, before, state)

    def unforeseen(self, name, error):
        self.witness.accuse("unforeseen", f"{name}: {type(error).__name__}: {error}")
