"""RabbitMQ comes late, goes away and comes back, and calls arrive again."""

from contextlib import contextmanager

import eventlet
import pytest
from contract_tools import eventually
from eventlet.event import Event
from kombu import Connection
from nameko.containers import ServiceContainer
from nameko.standalone.rpc import ServiceRpcProxy
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

    @rpc
    def pay(self, value):
        return value


class CallerService:
    name = "caller"
    callee_rpc = ServiceRpc("callee", patient=("pay",))

    @dummy
    def call(self, value):
        return self.callee_rpc.echo(value)

    @dummy
    def call_patiently(self, value):
        return self.callee_rpc.pay(value)


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


@contextmanager
def silent(way):
    """Nothing that the broker says arrives meanwhile."""
    way.gate = gate = Event()
    try:
        yield
    finally:
        way.gate = None
        gate.send()


def answers(caller, value, method="call"):
    with entrypoint_hook(caller, method) as call:
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


@pytest.mark.parametrize("method", ["call", "call_patiently"])
def test_a_broker_that_says_nothing_is_left_without_a_word(way, start, method):
    """Also by who would wait long for the answer: it cannot have been asked for."""
    way.open()
    start(CalleeService)
    caller = start(CallerService)
    assert answers(caller, 1)
    with silent(way), eventlet.Timeout(own_rpc.PATIENT):
        assert not answers(caller, 2, method)
    eventually(lambda: answers(caller, 3))


def test_an_answer_that_the_broker_does_not_take_is_given_up(
    config, way, start, caplog
):
    """And its call is done with: it must not be made again when somebody restarts."""
    begun, goes_on, calls = Event(), Event(), []

    class SlowService:
        name = "callee"

        @rpc
        def echo(self, value):
            calls.append(value)
            if value:
                begun.send()
                goes_on.wait()

    way.open()
    container = start(SlowService)
    with ServiceRpcProxy("callee", config) as callee:
        callee.echo(0)
        callee.echo.call_async(1)
        begun.wait()
        # The way back is open, and nobody else is on it.
        eventually(lambda: len(container._worker_threads) == 1)
        with silent(way):
            goes_on.send()
            eventually(lambda: "Not answered" in caplog.text)
    container.stop()
    name = f"{config['NAMESPACE']}_rpc-callee"
    with Connection(config["AMQP_URI"]) as connection:
        left = connection.channel().queue_declare(name, passive=True).message_count
    assert (calls, left) == ([0, 1], 0)


def test_a_service_stops_while_its_broker_is_away(way, start):
    way.open()
    container = start(CalleeService)
    way.close()
    with queues.eventlet.Timeout(5):
        container.stop()
