"""The event bus: at least once, in any order, to consumers that acknowledge or not."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from types import SimpleNamespace

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from simulation_stores import Line

from orders.repository import ORDER_EVENTS, OrderDatabase
from ticketing.errors import TicketingError, UnavailableError
from ticketing.events import ACK_WAIT, EventHandler, delay_after, is_hopeless
from ticketing.messages import Delivery, body_of, parse

FEED = {shape.subject: shape for shape in ORDER_EVENTS}
# A consumer that nobody reads is looked at again after so long.
PATIENCE = 1.0


@dataclass(frozen=True)
class Consumer:
    service: str
    method: str
    shape: type


def consumers_of(service_class):
    for name in dir(service_class):
        method = getattr(service_class, name, None)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, EventHandler):
                yield Consumer(service_class.name, name, entrypoint.shape)


@dataclass
class Copy:
    """What one consumer has of a message, and the number of its latest delivery."""

    consumer: Consumer
    event_id: str
    body: bytes
    attempt: int = 1
    settled: bool = False


class Bus:
    """``told`` is what is in the stream, ``letters`` are the dead ones."""

    acks_first = False

    def __init__(self, world, consumers):
        self._world, self.hub = world, world.hub
        self._consumers = defaultdict(list)
        for consumer in consumers:
            self._consumers[consumer.shape.subject].append(consumer)
        self._ids = set()
        self.told, self.letters = Counter(), []
        self.unsettled = 0

    def take(self, event):
        """Store an event, unless it is known, and bring it to who wants it."""
        if event.id in self._ids and not self._world.chance("forgotten"):
            return
        self._ids.add(event.id)
        self.told[event.id] += 1
        self._world.tell("bus", event.subject, event.id)
        body = body_of(event)
        for consumer in self._consumers[event.subject]:
            self.unsettled += 1
            self._bring(Copy(consumer, event.id, body), 1)
        if event.subject in FEED:
            payload = parse(FEED[event.subject], body)
            for process in self._world.running("orders"):
                self.hub.schedule_call_global(
                    self._world.delay(), self._feed, process, payload
                )

    def _feed(self, process, payload):
        if process.alive:
            OrderDatabase._hear(SimpleNamespace(store=process), payload)

    def _bring(self, copy, attempt, after=0.0):
        delay = after + self._world.delay()
        self.hub.schedule_call_global(delay, self._deliver, copy, attempt)
        if self._world.chance("again"):
            self.hub.schedule_call_global(delay * 3, self._deliver, copy, attempt)

    def _deliver(self, copy, attempt):
        if copy.settled or attempt < copy.attempt:
            return
        process = self._world.pick(copy.consumer.service)
        if process is None:
            self._bring(copy, attempt, PATIENCE)
            return
        copy.attempt = attempt
        if self.acks_first:
            self._end(copy)
        self.hub.schedule_call_global(ACK_WAIT, self._overdue, copy, attempt)
        process.spawn(self._handle, process, copy, attempt)

    def _overdue(self, copy, attempt):
        """Nobody has said what became of it: its process may be dead."""
        if not copy.settled and copy.attempt == attempt:
            self._bring(copy, attempt + 1)

    def _handle(self, process, copy, attempt):
        consumer, error = copy.consumer, None
        delivery = Delivery(parse(consumer.shape, copy.body), copy.event_id, attempt)
        try:
            getattr(process.worker, consumer.method)(delivery)
        except TicketingError as raised:
            error = raised
        self._world.pause()
        self._settle(copy, attempt, error)

    def _settle(self, copy, attempt, error):
        if copy.settled:
            return
        if error is None:
            if not self._world.chance("lost_acks"):
                self._end(copy)
        elif is_hopeless(error, attempt):
            self.letters.append(f"{copy.consumer.method} {copy.event_id}: {error}")
            self._end(copy)
        elif copy.attempt == attempt:
            self._bring(copy, attempt + 1, delay_after(attempt))

    def _end(self, copy):
        copy.settled = True
        self.unsettled -= 1


class BusPublisher:
    """Publishes and waits for the acknowledgement, which may get lost."""

    def __init__(self, world):
        self._bus, self._line = world.bus, Line(world, "lost_by_bus")

    def publish_groups(self, groups):
        return [self._went(events) for events in groups]

    def _went(self, events):
        try:
            for event in events:
                self._line.ask()
                self._bus.take(event)
                self._line.answer()
        except UnavailableError:
            return []
        return [1 for _ in events]
