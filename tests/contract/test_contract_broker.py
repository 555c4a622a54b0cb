"""RabbitMQ comes late, goes away and comes back, and calls arrive again."""

import pytest
from contract_tools import eventually
from kombu import Connection
from nameko.containers import ServiceContainer
from nameko.testing.services import dummy, entrypoint_hook

from ticketing import queues
from ticketing import rpc as own_rpc
from ticketing.errors import UnavailableError
from ticketing.rpc import ServiceRpc, rpc


class CalleeService:
    name = "callee"

    @rpc
    def echo(self, value):
        return value


class CallerService:
    name = "caller"
    callee_rpc = ServiceRpc("callee")

    @dummy
    def call(self, value):
        return self.callee_rpc.echo(value)


@pytest.fixture
def way(config, proxy, monkeypatch):
    """The way to the broker; all that is declared there goes with the test."""
    monkeypatch.setattr(queues, "RETRY_DELAY", 0.05)
    monkeypatch.setattr(own_rpc, "TIMEOUT", 0.5)
    uri = config["AMQP_URI"]
    address = uri.partition("@")[2].partition("/")[0]
    way = proxy(address)
    way.uri = uri.replace(address, f"127.0.0.1:{way.port}")
    yield way
    with Connection(uri) as connection:
        channel = connection.channel()
        channel.queue_delete(f"{config['NAMESPACE']}_rpc-callee")
        channel.exchange_delete(config["rpc_exchange"])


@pytest.fixture
def start(config, way):
    """Starts a service on its way to the broker."""
    containers = []

    def start(service):
        containers.append(ServiceContainer(service, config | {"AMQP_URI": way.uri}))
        containers[-1].start()
        return containers[-1]

    yield start
    for container in containers:
        container.kill()


def answers(caller, value):
    with entrypoint_hook(caller, "call") as call:
        try:
            return call(value) == value
        except UnavailableError:
            return False


def test_a_broker_that_was_away_is_listened_to_again(way, start):
    way.open()
    start(CalleeService)
    caller = start(CallerService)
    assert answers(caller, 1)
    way.close()
    assert not answers(caller, 2)
    way.open()
    eventually(lambda: answers(caller, 3))


def test_a_service_stops_while_its_broker_is_away(way, start):
    way.open()
    container = start(CalleeService)
    way.close()
    with queues.eventlet.Timeout(5):
        container.stop()
