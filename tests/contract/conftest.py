"""Contract tests: one suite for each adapter, kept by its double and by the real one.

The servers are those that the environment names; without any, the launcher starts them.
Each test has a namespace of its own on them and leaves nothing behind.
"""

import os

import eventlet
import nats
import pytest
import redis
from contract_listener import Listener
from contract_mailers import SmtpHouse
from contract_tools import Proxy, free_port
from eventlet.timeout import Timeout
from kombu import Connection
from nameko.containers import ServiceContainer

from launcher.testing import Launched
from ticketing import events, hub, mongo
from ticketing.ids import new_id
from ticketing.mongo import shared_client

SERVERS = ("NATS_URL", "MONGODB_URI", "REDIS_URL", "AMQP_URI", "STRIPE_API_BASE")


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """How to reach NATS, MongoDB, Redis, RabbitMQ and the stand-in of Stripe."""
    if all(os.environ.get(name) for name in SERVERS):
        yield {name: os.environ[name] for name in SERVERS}
        return
    data = tmp_path_factory.mktemp("servers") / "data"
    with Launched(data, "--servers-only") as launched:
        environment = launched.instance.environment()
        yield {name: environment[name] for name in SERVERS}


@pytest.fixture(scope="session")
def bus(servers):
    """JetStream, looked at from outside."""
    client = hub.wait_for(nats.connect(servers["NATS_URL"]), 10)
    yield client.jetstream()
    hub.wait_for(client.close(), 10)


@pytest.fixture(scope="session")
def make_config(servers):
    """Makes the settings of a system that has the servers to itself."""

    def make():
        namespace = f"t{new_id()}"
        return {
            **servers,
            "NAMESPACE": namespace,
            "rpc_exchange": f"{namespace}nameko-rpc",
            "WEB_SERVER_ADDRESS": f"127.0.0.1:{free_port()}",
            "JWT_KEYS": f"k1={'s' * 32}",
            "PASS_KEYS": f"k1={'A' * 43}",
            "STRIPE_SECRET_KEY": "sk_test_contract",
            "STRIPE_WEBHOOK_SECRET": "whsec_contract",
            "HOLD_SECONDS": 900,
            "PAYMENT_ATTEMPTS": 3,
            "PAYMENT_GRACE_SECONDS": 300,
            "RATE_LIMITS": "off",
        }

    return make


@pytest.fixture
def config(make_config):
    """The settings of a system of this test's own; what it stores goes with it."""
    config = make_config()
    yield config
    mongodb = shared_client(config["MONGODB_URI"])
    for name in mongodb.list_database_names():
        if name.startswith(config["NAMESPACE"]):
            mongodb.drop_database(name)
    with redis.Redis.from_url(config["REDIS_URL"]) as keys:
        for key in keys.scan_iter(f"{config['NAMESPACE']}:*"):
            keys.delete(key)


@pytest.fixture
def streams(config, bus):
    """Forgets the streams of this test's namespace when it is over."""
    yield
    for name in ("TICKETING", "TICKETING_DEAD"):
        try:
            hub.wait_for(bus.delete_stream(f"{config['NAMESPACE']}_{name}"), 5)
        except nats.js.errors.NotFoundError:
            continue


@pytest.fixture
def run(config, streams):
    """Starts services in this process, and stops them."""
    containers = []

    def start(service_class, **changes):
        container = ServiceContainer(service_class, config | changes)
        container.start()
        containers.append(container)
        return container

    yield start
    stopping = [eventlet.spawn(container.stop) for container in containers]
    with Timeout(15):
        for each in stopping:
            each.wait()


@pytest.fixture
def rabbit(config):
    """Forgets the queues and the exchange of this test's namespace."""
    names = []
    yield names
    with Connection(config["AMQP_URI"]) as connection:
        channel = connection.channel()
        for name in names:
            channel.queue_delete(name)
        channel.exchange_delete(config["rpc_exchange"])


@pytest.fixture
def keys(config):
    """Redis; each test's keys have its namespace before them."""
    client = redis.Redis.from_url(config["REDIS_URL"], decode_responses=True)
    yield client
    client.close()


@pytest.fixture
def proxy():
    """Makes ways to servers that can be closed and opened."""
    made = []

    def make(address):
        host, _, port = address.partition(":")
        made.append(Proxy(host, int(port)))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def impatient_mongo(monkeypatch):
    """A database that is away is given up soon."""
    monkeypatch.setattr(mongo, "TIMEOUT_MS", 150)
    monkeypatch.setattr(mongo, "_clients", {})
    yield
    for client in mongo._clients.values():
        client.close()


@pytest.fixture
def listen(run, bus, monkeypatch):
    """Starts a service that hears of tickets, handled as the test says."""
    monkeypatch.setattr(events, "FIRST_DELAY", 0.005)
    monkeypatch.setattr(events, "MAX_DELAY", 0.05)

    def start(handle=lambda delivery: None, **changes):
        return Listener(run, bus, handle, changes)

    return start


@pytest.fixture
def serve_mail(tmp_path):
    """Starts mail servers."""
    started = []

    def start(**wanted):
        started.append(SmtpHouse(tmp_path, **wanted))
        return started[-1]

    yield start
    for each in started:
        each.go_away()
