"""One NATS connection a process, shared by all of its services."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

import eventlet
import nats
from eventlet.event import Event as Flag
from nameko.extensions import SharedExtension
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo, StorageType, StreamConfig
from nats.js.errors import BadRequestError as StreamExistsError

from ticketing import hub, permissions, roles
from ticketing.config import Config, namespaced, positive, setting
from ticketing.errors import UnavailableError

log = logging.getLogger(__name__)

T = TypeVar("T")

TIMEOUT = 1.5
RETRY_DELAY = 0.5
# Longer than any retry of a relay, so that a repeated publish is never a second event.
DUPLICATE_WINDOW = 600.0


class NatsConnection:
    """A connection that comes when the server comes, and comes back when it does."""

    def __init__(self, config: Config) -> None:
        self.url = setting(config, "NATS_URL", str)
        replicas = {"NATS_REPLICAS": config.get("NATS_REPLICAS", 1)}
        self._replicas = setting(replicas, "NATS_REPLICAS", positive)
        self.stream = namespaced(config, "TICKETING")
        self.dead_stream = namespaced(config, "TICKETING_DEAD")
        self._prefix = namespaced(config, "", ".")
        self._client: Client | None = None
        self._js: JetStreamContext | None = None
        self._connected = Flag()
        self._listeners: list[Callable[[], None]] = []
        self._users = 0
        self._connecting: Any = None

    # Life cycle

    def acquire(self) -> None:
        """Count one more user; the first one starts connecting in the background."""
        self._users += 1
        if self._connecting is None:
            self._connecting = eventlet.spawn(self._connect_until_done)

    def release(self) -> None:
        """Count one user less; the last one closes the connection."""
        self._users -= 1
        if self._users:
            return
        _connections.pop(self._key, None)
        self._connecting.kill()
        if self._client is not None:
            try:
                self.run(self._client.close())
            except Exception as error:  # noqa: BLE001 - a server that has gone, too
                log.info(
                    "NATS: left without a word: %s", error, extra={"action": "nats"}
                )

    @property
    def _key(self) -> tuple[str, str]:
        return self.url, self.stream

    def _connect_until_done(self) -> None:
        warned = False
        while not self._connected.ready():
            try:
                self._connect()
            except Exception as error:  # noqa: BLE001 - whatever it is, try again
                if not warned:
                    log.warning(
                        "NATS at %s does not answer (%s). Start it or set NATS_URL; "
                        "trying again until it does.",
                        urlsplit(self.url).netloc.rpartition("@")[2],
                        error,
                        extra={"action": "nats_away"},
                    )
                warned = True
                eventlet.sleep(RETRY_DELAY)

    def _connect(self) -> None:
        client = hub.wait_for(
            nats.connect(
                self.url,
                connect_timeout=TIMEOUT,
                allow_reconnect=True,
                max_reconnect_attempts=-1,
                reconnect_time_wait=RETRY_DELAY,
                inbox_prefix=permissions.inbox_of(self.url),
                ping_interval=5,
                max_outstanding_pings=2,
                error_cb=_log_error,
                reconnected_cb=self._on_reconnected,
            ),
            TIMEOUT * 2,
        )
        js = client.jetstream(timeout=TIMEOUT)
        hub.wait_for(self._declare_streams(js), TIMEOUT * 3)
        self._client, self._js = client, js
        self._connected.send(None)

    async def _declare_streams(self, js: JetStreamContext) -> None:
        subjects = [self.subject(f"{name}.>") for name in roles.OWNERS]
        dead = [self.subject("dead.>")]
        for name, of in ((self.stream, subjects), (self.dead_stream, dead)):
            config = StreamConfig(
                name=name,
                subjects=of,
                storage=StorageType.FILE,
                num_replicas=self._replicas,
                duplicate_window=DUPLICATE_WINDOW,
                allow_direct=True,
            )
            try:
                await js.add_stream(config)
            except StreamExistsError:
                # Somebody else declared it with other limits or replicas: theirs hold.
                await js.stream_info(name)

    async def _on_reconnected(self) -> None:
        for listener in list(self._listeners):
            listener()

    # Use

    def subject(self, name: str) -> str:
        """Return the full subject: ``ticket.created`` with the namespace before it."""
        return self._prefix + name

    def local_subject(self, subject: str) -> str:
        return subject.removeprefix(self._prefix)

    def on_reconnect(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    def wait_connected(self) -> None:
        self._connected.wait()

    @property
    def connected(self) -> bool:
        return self._client is not None and self._client.is_connected

    @property
    def client(self) -> Client:
        """The connected client. Raises UnavailableError."""
        if self._client is None or not self._client.is_connected:
            raise UnavailableError("The event bus is away; try again in a moment")
        return self._client

    @property
    def js(self) -> JetStreamContext:
        """JetStream on the connected client. Raises UnavailableError."""
        assert self.client
        assert self._js is not None
        return self._js

    def run(self, coroutine: Coroutine[Any, Any, T], timeout: float = TIMEOUT) -> T:
        """Wait for a coroutine of this client. Raises UnavailableError in time."""
        return hub.wait_for(coroutine, timeout)

    def subscribe(self, inbox: str, callback: Callable[[Msg], Awaitable[None]]) -> Any:
        return self.run(self.client.subscribe(inbox, cb=callback))

    def declare_consumer(self, config: ConsumerConfig) -> ConsumerInfo:
        """Make the consumer if it is not there yet and return what it is like."""
        return self.run(self.js.add_consumer(self.stream, config))

    def ping(self) -> None:
        """Raise UnavailableError unless the server answers."""
        self.run(self.client.flush(timeout=1), 1.5)


async def _log_error(error: Exception) -> None:
    log.warning("NATS: %s", error or type(error).__name__, extra={"action": "nats"})


_connections: dict[tuple[str, str], NatsConnection] = {}


def shared_connection(config: Config) -> NatsConnection:
    """Return the process's connection for these settings."""
    connection = NatsConnection(config)
    return _connections.setdefault((connection.url, connection.stream), connection)


class Nats(SharedExtension):
    """Ties the process's connection to the life of a container."""

    @cached_property
    def connection(self) -> NatsConnection:
        return shared_connection(self.container.config)

    def pings(self) -> dict[str, Callable[[], None]]:
        return {"nats": self.connection.ping}

    def setup(self) -> None:
        hub.require_asyncio_hub()
        assert self.connection

    def start(self) -> None:
        self.connection.acquire()

    def stop(self) -> None:
        self.connection.release()

    def kill(self) -> None:
        self.stop()
