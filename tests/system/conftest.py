"""The real servers, once for all tests, and systems of real processes on top of them.

Nothing here is patched: the tests are clients and operators, as people are.
"""

import socket
import threading
from contextlib import suppress

import pytest
from system_control import System
from system_people import Member, Person
from system_servers import servers


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    """The servers: NATS, MongoDB, Redis, RabbitMQ and the stand-in of Stripe."""
    with servers(tmp_path_factory.mktemp) as instance:
        yield instance


@pytest.fixture(scope="session")
def systems(instance, tmp_path_factory):
    """Makes systems of their own names on the shared servers, and ends them."""
    made = []

    def make(*groups, **settings):
        folder = tmp_path_factory.mktemp("services")
        made.append(System(instance, groups, folder, **settings))
        return made[-1]

    yield make
    for system in made:
        system.end()


@pytest.fixture(scope="session")
def system(systems, instance):
    """All six services in one process, where the stand-in sends its webhooks."""
    every = ("auth", "tickets", "orders", "payments", "expiration", "web")
    return systems(every, port=instance.port).up()


@pytest.fixture(scope="session")
def split(systems):
    """Four processes and holds of three seconds, for tests that stop one of them."""
    groups = [("auth",), ("tickets", "expiration"), ("orders",), ("payments",)]
    return systems(
        *groups, gates=["STRIPE_API_BASE"], HOLD_SECONDS="3", PAYMENT_GRACE_SECONDS="2"
    ).up()


@pytest.fixture(scope="session")
def market(systems):
    """Four processes with holds of fifteen minutes, for tests of many people."""
    groups = [("auth",), ("tickets", "expiration"), ("orders",), ("payments",)]
    return systems(*groups, gates=["STRIPE_API_BASE", "NATS_URL"]).up()


@pytest.fixture(scope="session")
def second(market, tmp_path_factory):
    """A second process of orders in the market."""
    folder = tmp_path_factory.mktemp("second")
    with market.another("orders", folder) as process:
        yield process


@pytest.fixture
def people(market, second):
    """A seller, a buyer at the first process of orders and one at the second."""
    seller, buyer, other = Person(market), Person(market), Person(market, second)
    with seller, buyer, other:
        yield seller, buyer, other


@pytest.fixture(scope="session")
def slow(system):
    """Five hundred clients that say a request byte by byte, and never all of it."""
    port = system.process_for("/").port
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(500)]
    over = threading.Event()

    def say_more():
        head = b"GET /livez HTTP/1.1\r\nHost: a\r\nX: "
        while not over.wait(0.25):
            head = head[1:] or b"x"
            for each in slow:
                with suppress(OSError):
                    each.send(head[:1])

    for each in slow:
        each.sendall(b"G")
    speaker = threading.Thread(target=say_more)
    speaker.start()
    yield slow
    over.set()
    speaker.join()
    for each in slow:
        each.close()


@pytest.fixture
def anonymous(system):
    with system.client() as client:
        yield client


@pytest.fixture
def seller(system):
    with Person(system) as person:
        yield person


@pytest.fixture
def buyer(system):
    with Person(system) as person:
        yield person


@pytest.fixture
def other(system):
    with Person(system) as person:
        yield person


@pytest.fixture
def member(system):
    with Member(system) as member:
        yield member
