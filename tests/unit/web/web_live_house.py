"""The bus and the hub of streams, as those see them who tell open pages."""

import json

import pytest

from ticketing.contract import OrderCreated, ReservedTicket, TicketRef, TicketUpdated
from web.live import Live

TICKET, ORDER, PAYMENT, ANN = (f"{number:024x}" for number in range(1, 5))
UNTIL = "2026-01-31T12:15:00.000Z"


class FakeHub:
    """Keeps what was told; everything in ``heard`` has a listener."""

    def __init__(self, *heard):
        self.heard, self.told, self.is_full = set(heard), [], False
        self.first = b""
        self.sessions, self.ended, self.open = [], [], 0

    def has(self, topic):
        return topic in self.heard

    def tell(self, topic, message):
        self.told.append((topic, message))

    def take(self, fd, topics, first, session=None):
        self.heard |= set(topics)
        self.first = first
        self.sessions.append(session)

    def count(self, topic):
        return self.open

    def end(self, topic, has_ended):
        self.ended += [(topic, each) for each in self.sessions if has_ended(each)]

    @property
    def data(self):
        return [data_in(message) for _, message in self.told]


def data_in(message):
    return json.loads(message.partition(b"data: ")[2])


class Bus:
    place = 100


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def hub():
    return FakeHub(f"ticket:{TICKET}", f"order:{ORDER}")


@pytest.fixture
def told(hub, bus):
    """The pages' side of the bus; ``hear`` brings it the next message."""
    made = Live(hub, lambda: bus.place)

    def hear(payload):
        bus.place += 1
        made.hear(payload)

    made.next = hear
    return made


def ticket_event(version, available=5, **more):
    return TicketUpdated(
        id=TICKET,
        version=version,
        title="T",
        price=1,
        user_id=ANN,
        available=available,
        held=1,
        sold=2,
        **more,
    )


def created(version=0):
    return OrderCreated(
        id=ORDER,
        version=version,
        status="created",
        user_id=ANN,
        expires_at=UNTIL,
        ticket=ReservedTicket(id=TICKET, title="T", price=1),
        units=["1"],
        total=1,
    )


def order_event(shape, version, **facts):
    return shape(
        id=ORDER, version=version, ticket=TicketRef(id=TICKET), units=["1"], **facts
    )


@pytest.fixture
def heard(world, told):
    """The shop, whose pages can be told of things."""
    world.worker.live = told
    return world
