"""Calls between services: typed errors, and an end to every wait."""

import time
from contextlib import suppress

import eventlet
import pytest
from kombu import Connection
from nameko.containers import ServiceContainer
from nameko.exceptions import RemoteError, registry
from nameko.testing.services import dummy, entrypoint_hook

from ticketing import errors, patience
from ticketing import rpc as own_rpc
from ticketing.errors import (
    InvalidInputError,
    NotFoundError,
    TicketingError,
    UnavailableError,
)
from ticketing.rpc import RabbitHealth, ServiceRpc, rpc

FIELDS = [{"message": "Price is wrong", "field": "price"}]
CALLS = 5
RAISED = {
    "not found": NotFoundError("There is no such ticket"),
    "invalid": InvalidInputError(FIELDS),
    "unforeseen": KeyError("secret"),
    "hopeless": errors.HopelessError(),
}


class CalleeService:
    name = "callee"

    @rpc
    def echo(self, value, times=1):
        return [value] * times

    @rpc
    def fail(self, how):
        raise RAISED[how]

    @rpc
    def sleep(self):
        eventlet.sleep(60)

    @rpc
    def nap(self):
        eventlet.sleep(2 * own_rpc.TIMEOUT)
        return "slept"


class CallerService:
    name = "caller"

    callee_rpc = ServiceRpc("callee", patient=("nap",))
    nobody_rpc = ServiceRpc("nobody")

    @dummy
    def call(self, service, method, *args, **kwargs):
        return getattr(getattr(self, service), method)(*args, **kwargs)

    @dummy
    def call_in_vain(self, times, *, is_page):
        if is_page:
            patience.begin()
        for _ in range(times):
            with suppress(UnavailableError):
                self.callee_rpc.sleep()


@pytest.fixture(scope="module")
def config(make_config):
    return make_config()


@pytest.fixture(scope="module")
def caller(config):
    """A service, and beside it the one that it calls."""
    containers = [ServiceContainer(s, config) for s in (CalleeService, CallerService)]
    for container in containers:
        container.start()
    yield containers[1]
    for container in containers:
        container.kill()
    forget(config)


@pytest.fixture
def call(caller):
    """Calls a method of the callee, as a worker of another service does."""
    with entrypoint_hook(caller, "call") as hook:
        yield hook


def forget(config):
    """Leave nothing of a system in the broker."""
    with Connection(config["AMQP_URI"]) as connection:
        channel = connection.channel()
        channel.queue_delete(f"{config['NAMESPACE']}_rpc-callee")
        channel.exchange_delete(config["rpc_exchange"])


def test_a_call_returns_what_the_method_returns(call):
    value = {"a": [1, None, "é"]}
    assert call("callee_rpc", "echo", value, times=2) == [value] * 2


@pytest.mark.parametrize("how", ["not found", "invalid", "hopeless"])
def test_an_error_of_ours_arrives_as_itself(call, how):
    with pytest.raises(type(RAISED[how])) as raised:
        call("callee_rpc", "fail", how)
    assert raised.value.args == RAISED[how].args
    assert raised.value.errors == RAISED[how].errors


def test_an_error_that_nobody_foresaw_arrives_as_a_remote_one(call):
    with pytest.raises(RemoteError, match="KeyError"):
        call("callee_rpc", "fail", "unforeseen")


def test_a_service_that_is_not_there_is_away(call):
    begun = time.monotonic()
    with pytest.raises(UnavailableError, match="nobody is away"):
        call("nobody_rpc", "echo", 1)
    assert time.monotonic() - begun < own_rpc.TIMEOUT


def test_a_service_that_does_not_answer_is_not_waited_for(call, monkeypatch):
    monkeypatch.setattr(own_rpc, "TIMEOUT", 0.1)
    with eventlet.Timeout(5), pytest.raises(UnavailableError, match="callee is away"):
        call("callee_rpc", "sleep")


def test_what_asks_stripe_is_waited_for_longer(call, monkeypatch):
    monkeypatch.setattr(own_rpc, "TIMEOUT", 0.5)
    assert call("callee_rpc", "nap") == "slept"


def test_that_has_an_end_as_well(call, monkeypatch):
    monkeypatch.setattr(own_rpc, "PATIENT", 0.1)
    with pytest.raises(UnavailableError, match="callee is away"):
        call("callee_rpc", "nap")


@pytest.mark.parametrize("is_page", [True, False])
def test_all_calls_of_a_page_together_wait_in_vain_no_longer_than_one(
    caller, monkeypatch, is_page
):
    """What nobody waits for, as the handler of an event, begins anew with each."""
    monkeypatch.setattr(own_rpc, "TIMEOUT", 0.2)
    began = time.monotonic()
    with entrypoint_hook(caller, "call_in_vain") as call_in_vain:
        call_in_vain(CALLS, is_page=is_page)
    assert (time.monotonic() - began < CALLS * own_rpc.TIMEOUT) == is_page


def test_after_a_call_that_was_given_up_others_are_answered(call, monkeypatch):
    with monkeypatch.context() as hurried:
        hurried.setattr(own_rpc, "TIMEOUT", 0.05)
        with pytest.raises(UnavailableError):
            call("callee_rpc", "sleep")
    assert call("callee_rpc", "echo", 1) == [1]


def test_systems_side_by_side_do_not_answer_each_other(call, make_config):
    """Even if their services have the same names, as those of one system do."""

    class OtherService:
        name = "callee"

        @rpc
        def echo(self, value):
            return "another system's"

    other = make_config()
    container = ServiceContainer(OtherService, other)
    container.start()
    answers = [call("callee_rpc", "echo", number) for number in range(6)]
    container.kill()
    forget(other)
    assert answers == [[number] for number in range(6)]


def test_every_error_of_ours_is_known_to_every_process():
    def all_of(kind):
        yield kind
        for each in kind.__subclasses__():
            yield from all_of(each)

    ours = [e for e in all_of(TicketingError) if e.__module__ == "ticketing.errors"]
    paths = {f"{each.__module__}.{each.__name__}" for each in ours}
    assert paths <= set(registry)


def test_a_broker_that_is_away_is_told_by_its_ping(config):
    def ping(uri):
        holder = ServiceContainer(CalleeService, config | {"AMQP_URI": uri})
        health = next(e for e in holder.extensions if isinstance(e, RabbitHealth))
        health.setup()
        health.ping()

    ping(config["AMQP_URI"])
    with pytest.raises(UnavailableError, match="RabbitMQ is away"):
        ping("pyamqp://guest:guest@127.0.0.1:1//")
