"""Each service has an account of its own on every server, with its own rights only."""

import json
import socket
import stat
from contextlib import closing, suppress

import pymongo
import pytest
import redis
from amqp.exceptions import AccessRefused
from kombu import Connection, Exchange, Producer, Queue
from pymongo.errors import OperationFailure
from system_accounts import (
    Intruder,
    command_lines,
    contains_any,
    guarded,
    one_process_each,
)
from system_books import Books
from system_control import eventually
from system_people import Member

from ticketing import roles
from ticketing.roles import OWNERS, ROLES

NAMESPACE = "guarded"
SUBJECTS = {s: name for name in ROLES for s in roles.subjects_of(name)}
STREAM = f"{NAMESPACE}_TICKETING"


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    with guarded(tmp_path_factory.mktemp, NAMESPACE) as instance:
        yield instance


@pytest.fixture(scope="module")
def system(instance, tmp_path_factory):
    with one_process_each(instance, tmp_path_factory.mktemp("services")) as system:
        yield system


@pytest.fixture(scope="module")
def intruders(instance, system):
    return {name: Intruder(instance, name) for name in ROLES}


def test_a_purchase_needs_no_more_than_the_services_may(system):
    """From the sign-up to passes, a refund and a sign-out; nobody was ever refused."""
    with Member(system) as seller, Member(system) as buyer:
        ticket = seller.sell(seats=["A-1", "A-2"])
        order = buyer.buy(ticket, seats=["A-1"])
        assert len(buyer.passes(order)) == 1
        other = buyer.reserve(ticket, seats=["A-2"])
        with system.rpc() as rpc:
            pending = rpc.expiration.pending
            eventually(lambda: other["id"] in {each["orderId"] for each in pending()})
        assert buyer.cancel(other).status_code == 204
        assert seller.refund(order).status_code == 200
        buyer.until(order, "cancelled")
        assert system.processes["web"].probe("/").status_code == 200
        token = buyer.token
        buyer.http.post("/api/users/signout")
        eventually(lambda: is_signed_out(system, token))
    eventually(Books(system).is_settled)
    for name, process in system.processes.items():
        assert "iolation" not in process.log(), name
        assert "not authorized" not in process.log(), name


def is_signed_out(system, token):
    with system.client(cookies={"session": token}) as client:
        return client.get("/api/orders").status_code == 401


@pytest.mark.parametrize("name", ROLES)
def test_a_service_tells_of_its_own_things_only(intruders, name):
    """Whatever the contract has, and the dead letters of others."""
    foreign = [subject for subject, owner in SUBJECTS.items() if owner != name]
    foreign += [f"dead.{other}" for other in ROLES if other != name]
    assert len(foreign) > len(ROLES)
    foreign = [f"{NAMESPACE}.{subject}" for subject in foreign]
    assert intruders[name].may_publish(*foreign) == set()


@pytest.mark.parametrize("name", ROLES)
def test_a_service_takes_from_its_own_consumers_only(intruders, name):
    """It neither takes, acknowledges nor changes what is meant for another."""
    requests = [
        request
        for other in ROLES.keys() - {name}
        for durable, subject in roles.durables_of(other).items()
        for request in about(durable, f"{NAMESPACE}.{subject}")
    ]
    assert intruders[name].may_publish(*requests) == set()


def about(durable, subject):
    """Whatever can be done with a consumer."""
    for verb in ("MSG.NEXT", "CREATE", "DELETE", "DURABLE.CREATE"):
        yield f"$JS.API.CONSUMER.{verb}.{STREAM}.{durable}"
    for each in (subject, f"{NAMESPACE}.session.revoked"):
        yield f"$JS.API.CONSUMER.CREATE.{STREAM}.{durable}.{each}"
    yield f"$JS.ACK.{STREAM}.{durable}.1.1.1.1.1"


@pytest.mark.parametrize("name", ROLES.keys() - {"web"})
def test_a_service_reads_nothing_that_it_does_not_follow(intruders, name):
    """Neither the whole stream, nor one subject of it under a name of its own."""
    asked = f"$JS.API.CONSUMER.CREATE.{STREAM}"
    others = {f"{each}.>" for each in OWNERS} - set(ROLES[name].follows)
    spying = [f"{asked}.spy.{NAMESPACE}.{subject}" for subject in others]
    assert intruders[name].may_publish(asked, f"{asked}.spy", *spying) == set()


def test_nobody_listens_to_others(intruders):
    """Nor to the answers that others wait for."""
    subjects = [">", f"{NAMESPACE}.>", "_INBOX_orders.>", "_INBOX.>", "$JS.>"]
    for name in ROLES.keys() - {"orders"}:
        assert intruders[name].may_listen(*subjects) == set()
    assert intruders["orders"].may_listen(*subjects) == {"_INBOX_orders.>"}


def test_nobody_undoes_what_was_told(intruders):
    """The stream is there to be added to."""
    verbs = ("UPDATE", "DELETE", "PURGE", "MSG.DELETE", "MSG.GET")
    for intruder in intruders.values():
        asked = [f"$JS.API.STREAM.{verb}.{STREAM}" for verb in verbs]
        assert intruder.may_publish(*asked) == set()
    told = intruders["orders"].asks(f"STREAM.INFO.{STREAM}")
    assert told["state"]["messages"] > 0


EXCHANGE = Exchange(f"{NAMESPACE}nameko-rpc", type="topic", durable=True)
NUMBER = "00000000-0000-0000-0000-000000000000"
REPLIES = f"rpc.reply-tickets-{NUMBER}"


def declare(channel, name, **options):
    Queue(name, **options)(channel).declare()


def listen(channel, key):
    declare(channel, REPLIES, exchange=EXCHANGE, routing_key=key)


def call(channel, key):
    # Refusals of a publish arrive with the next answer on the channel.
    Producer(channel, EXCHANGE).publish({}, routing_key=key)
    channel.queue_declare(REPLIES, passive=False, auto_delete=True)


PAYMENTS = f"{NAMESPACE}_rpc-payments"
REFUSED = {
    "declare": lambda channel: declare(channel, PAYMENTS, durable=True),
    "other": lambda channel: declare(channel, "anything"),
    "take": lambda channel: channel.basic_get(PAYMENTS),
    "delete": lambda channel: channel.queue_delete(PAYMENTS),
    "bind": lambda channel: listen(channel, "payments.*"),
    "all": lambda channel: listen(channel, "#"),
    "answers": lambda channel: listen(channel, f"reply.web.{NUMBER}"),
    "any answers": lambda channel: listen(channel, "reply.web.*"),
    "a shell's": lambda channel: listen(channel, NUMBER),
    "refund": lambda channel: call(channel, "payments.refund"),
    "revoke": lambda channel: call(channel, "auth.revoke_sessions"),
}


@pytest.mark.parametrize("attempt", REFUSED.values(), ids=REFUSED)
def test_a_service_calls_and_answers_for_itself_only(intruders, attempt):
    """Tickets call orders, and nobody else; each hears what it was answered."""
    with pytest.raises(AccessRefused):
        intruders["tickets"].amqp(attempt)


def test_default_and_anonymous_accounts_are_refused(instance):
    """On every server."""
    ports = instance.ports
    with pytest.raises(AccessRefused):
        Connection(f"pyamqp://guest:guest@127.0.0.1:{ports.rabbitmq}//").connect()
    with redis.Redis(port=ports.redis) as client:
        assert client.ping()
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.get(f"{NAMESPACE}:expiration:deadlines")
    with (
        pymongo.MongoClient("127.0.0.1", ports.mongodb) as client,
        pytest.raises(OperationFailure),
    ):
        client.auth.users.find_one()
    with closing(socket.create_connection(("127.0.0.1", ports.nats), 5)) as it:
        it.sendall(b"CONNECT {}\r\nPING\r\n")
        assert b"Authorization Violation" in it.makefile("rb").read()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda client: client[f"{NAMESPACE}_orders"].orders.find_one(),
        lambda client: client[f"{NAMESPACE}_auth"].users.find_one(),
        lambda client: client[f"{NAMESPACE}_orders"].orders.insert_one({}),
        lambda client: client.drop_database(f"{NAMESPACE}_payments"),
        lambda client: client.admin.command("createUser", "x", pwd="x", roles=["root"]),
    ],
    ids=["read", "hashes", "write", "drop", "user"],
)
def test_a_service_has_its_own_database_only(intruders, attempt):
    with pytest.raises(OperationFailure, match=r"not authorized|requires"):
        intruders["tickets"].mongo(attempt)


@pytest.mark.parametrize(
    "command",
    [
        ["FLUSHALL"],
        ["KEYS", "*"],
        ["SCAN", "0"],
        ["RANDOMKEY"],
        ["CONFIG", "GET", "*"],
        ["ACL", "LIST"],
        ["SCRIPT", "FLUSH"],
        ["GET", "other"],
        ["EVAL", "return redis.call('FLUSHALL')", "0"],
        ["EVAL", "return redis.call('GET', 'other')", "0"],
    ],
    ids=" ".join,
)
def test_expiration_has_its_own_keys_and_no_dangerous_commands(intruders, command):
    with pytest.raises(redis.ResponseError, match=r"(?i)permission|user executing"):
        intruders["expiration"].redis(*command)


def test_passwords_are_in_private_files_only(instance, system):
    """Not on a command line, not in a log, not readable by others on the machine."""
    kept = json.loads((instance.data / "secrets.json").read_text())
    passwords = {value for name, value in kept.items() if ":" in name}
    # Of NATS, RabbitMQ, MongoDB and Redis; the first has an administrator, and
    # one who makes backups.
    assert len(passwords) == 9 + 7 + 6 + 7
    lines = command_lines()
    assert any("secantusd" in line or "mongod" in line for line in lines)
    logs = [path.read_text() for path in (instance.data / "logs").glob("*.log")]
    logs += [process.log() for process in system.processes.values()]
    for text in (*lines, *logs):
        assert not any(value in text for value in kept.values())
    for path in instance.data.rglob("*"):
        with suppress(FileNotFoundError):  # servers make files and remove them
            if path.is_file() and contains_any(path, passwords):
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
