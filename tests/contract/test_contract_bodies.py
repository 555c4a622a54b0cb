"""Calls are JSON: nothing else is read, and nothing sent instead of one does harm."""

import bz2
import lzma
import pickle
import zlib

import pytest
from kombu import Connection, Queue
from nameko.containers import ServiceContainer
from nameko.standalone.rpc import ServiceRpcProxy

from ticketing.rpc import rpc


class EchoService:
    name = "echo"

    @rpc
    def echo(self, value):
        return value


CALL = b'{"args": [1], "kwargs": {}}'
READ = []


def trace():
    READ.append("read")


class Bait:
    """Leaves a trace when somebody reads it."""

    def __reduce__(self):
        return trace, ()


BAIT = pickle.dumps(Bait())
REPLY = {"reply_to": "nowhere"}
TAKEN = {**REPLY, "content_type": "application/json", "content_encoding": "utf-8"}


def as_type(content_type, encoding="binary"):
    return {**REPLY, "content_type": content_type, "content_encoding": encoding}


MESSAGES = {
    "pickle": (BAIT, as_type("application/x-python-serialize")),
    "pickle as JSON": (BAIT, TAKEN),
    "pickle as data": (BAIT, as_type("application/data")),
    "yaml": (b"!!python/name:os.system", as_type("application/x-yaml", "utf-8")),
    "msgpack": (b"\x80", as_type("application/x-msgpack")),
    "unknown": (CALL, as_type("application/x-unheard-of")),
    "no type": (CALL, REPLY),
    "no reply": (CALL, TAKEN | {"reply_to": ""}),
    "bad encoding": (CALL, TAKEN | {"content_encoding": "no-such"}),
    "bad compression": (CALL, TAKEN | {"headers": {"compression": "gzip"}}),
    "unknown compression": (CALL, TAKEN | {"headers": {"compression": "x"}}),
    "no JSON": (b"{", TAKEN),
    "not UTF-8": (b'"\xff"', TAKEN),
    "deep": (b"[" * 100_000, TAKEN),
    "empty": (b"", TAKEN),
    "list": (b"[]", TAKEN),
    "null": (b"null", TAKEN),
    "no arguments": (b'{"args": null, "kwargs": {}}', TAKEN),
    "listed names": (b'{"args": [], "kwargs": []}', TAKEN),
    "wrong names": (b'{"args": [1, 2, 3], "kwargs": {"x": 1}}', TAKEN),
    "odd trace": (CALL, TAKEN | {"headers": {"nameko.traceparent": 5}}),
    "odd stack": (CALL, TAKEN | {"headers": {"nameko.call_id_stack": 5}}),
}


@pytest.fixture(scope="module")
def config(make_config):
    """Settings that would let anything be read, if they were heeded."""
    return make_config() | {"ACCEPT": ["json", "pickle", "yaml"]}


@pytest.fixture(scope="module")
def service(config):
    """One for all of them: whatever one message breaks, the next one finds."""
    container = ServiceContainer(EchoService, config)
    container.start()
    yield container
    container.kill()
    with Connection(config["AMQP_URI"]) as connection:
        channel = connection.channel()
        channel.queue_delete(f"{config['NAMESPACE']}_rpc-echo")
        channel.exchange_delete(config["rpc_exchange"])


def send(config, body, properties):
    """A message as it is, whatever a serializer would say."""
    with Connection(config["AMQP_URI"]) as connection:
        channel = connection.channel()
        message = channel.prepare_message(body, **prepared(properties))
        channel.basic_publish(
            message, exchange=config["rpc_exchange"], routing_key="echo.echo"
        )


def prepared(properties):
    named = dict(properties)
    return {
        "content_type": named.pop("content_type", None),
        "content_encoding": named.pop("content_encoding", None),
        "headers": named.pop("headers", {}),
        "properties": named,
    }


def waiting(config):
    """How many calls are in the queue of the service, in nobody's hands."""
    with Connection(config["AMQP_URI"]) as connection:
        queue = Queue(f"{config['NAMESPACE']}_rpc-echo", channel=connection.channel())
        return queue.queue_declare(passive=True).message_count


@pytest.mark.parametrize(("body", "properties"), MESSAGES.values(), ids=MESSAGES)
def test_what_is_no_call_is_put_aside_unread(service, config, caplog, body, properties):
    """The next call is answered, by the same service, and nothing comes back."""
    send(config, body, properties)
    with ServiceRpcProxy("echo", config, timeout=5) as echo:
        assert echo.echo("still here") == "still here"
    assert READ == []
    assert not [line for line in caplog.messages if "trace" in line]
    assert not service._died.ready()


PACKED = {"gzip": zlib.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("method", PACKED)
def test_nothing_is_unpacked(service, config, caplog, method):
    """A few bytes could become more than there is memory."""
    properties = TAKEN | {"headers": {"compression": method}}
    send(config, PACKED[method](CALL), properties)
    with ServiceRpcProxy("echo", config, timeout=5) as echo:
        assert echo.echo("still here") == "still here"
    assert "Refused a message: ValueError" in caplog.messages


def test_nothing_of_it_comes_back(service, config):
    """When the service has gone, what it had not settled would be there again."""
    service.stop()
    assert waiting(config) == 0


def test_this_bait_would_leave_a_trace():
    """A test that cannot fail would prove nothing."""
    pickle.loads(BAIT)
    assert READ.pop() == "read"
