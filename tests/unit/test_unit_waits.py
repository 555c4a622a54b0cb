"""No wait without an end: each way out of a process has a timeout, by its code."""

import ast
import inspect
from pathlib import Path

import pytest
from nameko.rpc import Responder, RpcProxy
from unit_services import SERVICES

from ticketing import events, health, hub, mongo, nats, redis, rpc
from ticketing.events import Publisher
from ticketing.http.route import ANSWER_TIMEOUT
from ticketing.nats import TIMEOUT, NatsConnection
from ticketing.publishing import TRANSPORT, BoundedPublisher
from ticketing.rpc import BoundedMethod, ServiceRpc
from web import shop

# In seconds: the answer to every command, whatever server is away.
PROMISED = 2.0
ROOT = Path(__file__).parents[2]
PACKAGES = ("ticketing", "auth", "tickets", "orders", "expiration", "payments", "web")
# What opens a way to another process, and the arguments that bound its waits.
BOUNDS = {
    "pymongo.MongoClient": {
        "timeoutMS",
        "serverSelectionTimeoutMS",
        "connectTimeoutMS",
    },
    "redis.Redis.from_url": {"socket_timeout", "socket_connect_timeout"},
    "payments.stripe_calls.CountingClient": {"timeout"},
    "stripe.StripeClient": {"http_client"},
    "smtplib.SMTP": {"timeout"},
    "smtplib.SMTP_SSL": {"timeout"},
    "nats.connect": {"connect_timeout", "ping_interval", "max_outstanding_pings"},
    "kombu.Connection": {"transport_options"},
    "opentelemetry.exporter.otlp.proto.http.trace_exporter.OTLPSpanExporter": {
        "timeout"
    },
    # Of JetStream: each call through it waits for so long.
    ".jetstream": {"timeout"},
    # Of NATS: a question to the server.
    ".request": {"timeout"},
}
# Modules that can wait for others, and who uses them; another one has to be looked at.
USERS = {
    "kombu": {"ticketing/queues.py", "ticketing/rpc.py"},
    "nats": {"ticketing/nats.py"},
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": {
        "ticketing/span_exporter.py"
    },
    "pymongo.MongoClient": {"ticketing/mongo.py"},
    "redis": {"ticketing/redis.py"},
    "requests": {"payments/stripe_calls.py"},
    "smtplib": {"web/mail/smtp.py"},
    "socket": {
        "ticketing/http/protocol.py",
        "ticketing/http/server.py",
        "ticketing/http/sockets.py",
        "ticketing/http/streaming.py",
    },
    "stripe": {
        "payments/gateway.py",
        "payments/signed_events.py",
        "payments/stripe_calls.py",
        "payments/stripe_shapes.py",
    },
    "http.client": set(),
    "httpx": set(),
    "subprocess": set(),
    "urllib.request": set(),
    "urllib3": set(),
}


def files():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


FILES = dict(files())


def imported(tree):
    """What each name of a module stands for, and all that it imports."""
    names, modules = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                names[each.asname or each.name.partition(".")[0]] = each.name
                modules.add(each.name)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for each in node.names:
                names[each.asname or each.name] = f"{node.module}.{each.name}"
                modules |= {node.module, f"{node.module}.{each.name}"}
    return names, modules


def calls(tree):
    """Each call of a module: what is called, by its full name, and its keywords."""
    names, _ = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, *rest = ast.unparse(node.func).split(".")
            full = ".".join([names.get(head, head), *rest])
            yield full, {each.arg for each in node.keywords}


def ways_out():
    for path, tree in FILES.items():
        for name, given in calls(tree):
            known = name if name in BOUNDS else f".{name.rpartition('.')[2]}"
            if known in BOUNDS and not name.startswith("super()"):
                yield pytest.param(known, given, id=f"{path} {name}")


@pytest.mark.parametrize(("name", "given"), ways_out())
def test_each_way_out_is_bounded_where_it_is_opened(name, given):
    assert given >= BOUNDS[name]


def test_every_kind_of_way_was_found():
    """Or the test above looks at nothing."""
    assert {each.values[0] for each in ways_out()} == BOUNDS.keys()


@pytest.mark.parametrize("module", USERS)
def test_nobody_else_talks_to_the_outside(module):
    found = {path for path, tree in FILES.items() if module in imported(tree)[1]}
    assert found == USERS[module]


@pytest.mark.parametrize("service", SERVICES)
def test_services_call_each_other_with_an_end_to_it(service):
    """By the shop's own proxy, not by nameko's, which waits for ever."""
    for _, member in inspect.getmembers(service):
        if isinstance(member, RpcProxy):
            assert type(member) is ServiceRpc


def test_what_runs_on_the_bus_is_waited_for_so_long_and_no_longer():
    default = inspect.signature(NatsConnection.run).parameters["timeout"].default
    assert default == TIMEOUT
    waited = inspect.signature(hub.wait_for).parameters["timeout"]
    assert waited.default is inspect.Parameter.empty
    assert "timeout=TIMEOUT" in inspect.getsource(Publisher.publish_groups)


def test_calls_and_answers_are_published_with_an_end_to_it():
    """By the shop's own publisher: nameko's takes leave of a broker without end."""
    assert BoundedMethod.publisher_cls is Responder.publisher_cls is BoundedPublisher
    assert 0 < TRANSPORT["connect_timeout"] < rpc.TIMEOUT


def test_whoever_asks_waits_longer_than_whoever_is_asked():
    """So everybody has an answer in two seconds, which tells who it is that is away."""
    asked = mongo.TIMEOUT_MS / 1000, nats.TIMEOUT, health.PING_TIMEOUT
    assert max(asked) < rpc.TIMEOUT < PROMISED
    assert redis.IMPATIENCE < rpc.TIMEOUT
    assert shop.PATIENCE < PROMISED
    assert mongo.REPORT_SECONDS < rpc.PATIENT


def test_answers_of_stripe_have_an_end_that_others_know_of():
    """Before a page gives up, and before an event is delivered once more."""
    assert rpc.PATIENT + shop.PATIENCE < ANSWER_TIMEOUT
    assert 2 * rpc.PATIENT < events.ACK_WAIT
