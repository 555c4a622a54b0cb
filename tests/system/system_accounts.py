"""Clients that sign in to the servers as a service does, and try things."""

import asyncio
import json
from contextlib import contextmanager, suppress
from pathlib import Path

import nats
import pymongo
import redis
from kombu import Connection
from nats.errors import TimeoutError as NoAnswerError
from system_control import System

from launcher.testing import Launched
from ticketing.permissions import inbox
from ticketing.roles import ROLES

VIOLATION = "permissions violation"


@contextmanager
def guarded(mktemp, namespace):
    """An instance whose servers ask who it is."""
    data, given = mktemp(namespace) / "data", {"NAMESPACE": namespace}
    with Launched(data, "--servers-only", environment=given, accounts=True) as launched:
        yield launched.instance


@contextmanager
def one_process_each(instance, folder):
    """A process for each service, which knows the passwords of that service only."""
    system = System(instance, [(name,) for name in ROLES], folder)
    yield system.up()
    system.end()


class Intruder:
    """One service's passwords in the wrong hands."""

    def __init__(self, instance, account):
        self.account = account
        self.settings = instance.environment(account)

    def may_publish(self, *subjects):
        """Those of the subjects to which NATS lets this account publish."""
        said = asyncio.run(self._tries(lambda client: client.publish, subjects))
        return {subject for subject in subjects if not _is_refused(subject, said)}

    def asks(self, request, **body):
        """What JetStream answers, None when the question does not reach it."""
        return asyncio.run(self._asks(f"$JS.API.{request}", json.dumps(body).encode()))

    def may_listen(self, *subjects):
        """Those of the subjects to which NATS lets this account listen."""
        said = asyncio.run(self._tries(lambda client: client.subscribe, subjects))
        return {subject for subject in subjects if not _is_refused(subject, said)}

    def amqp(self, use):
        """Tries something with a channel of its own; raises what RabbitMQ says."""
        with Connection(self.settings["AMQP_URI"], connect_timeout=5) as connection:
            return use(connection.channel())

    def mongo(self, use):
        with pymongo.MongoClient(
            self.settings["MONGODB_URI"], serverSelectionTimeoutMS=5000
        ) as client:
            return use(client)

    def redis(self, *command):
        with redis.Redis.from_url(self.settings["REDIS_URL"]) as client:
            return client.execute_command(*command)

    async def _tries(self, way, subjects):
        async with _Known(self) as known:
            for subject in subjects:
                await way(known.client)(subject)
            # The first may overtake what waits to be sent.
            await known.client.flush()
            await known.client.flush()
        return known.said

    async def _asks(self, subject, body):
        async with _Known(self) as known:
            with suppress(NoAnswerError):
                answer = await known.client.request(subject, body, timeout=10)
                return json.loads(answer.data)
        return None


class _Known:
    """A connection that keeps what the server complains of, in lower case."""

    def __init__(self, intruder):
        self.intruder, self.said = intruder, []

    async def __aenter__(self):
        async def keep(error):
            self.said.append(str(error).lower())

        self.client = await nats.connect(
            self.intruder.settings["NATS_URL"],
            error_cb=keep,
            inbox_prefix=inbox(self.intruder.account),
        )
        return self

    async def __aexit__(self, *_):
        await self.client.close()


def _is_refused(subject, said):
    return any(VIOLATION in each and f'"{subject.lower()}"' in each for each in said)


def command_lines():
    """What anybody on this machine can see of every process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_text(errors="replace").replace("\0", " "))
    return found


def contains_any(path, passwords):
    content = path.read_bytes()
    return any(password.encode() in content for password in passwords)
