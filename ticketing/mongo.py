"""MongoDB for a service: its own database, one client a process, errors made ours."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
import pymongo
from nameko_mongodb import MongoDatabase
from pymongo import IndexModel, MongoClient
from pymongo.collection import Collection
from pymongo.database import Database as MongoDb
from pymongo.errors import ConfigurationError, DuplicateKeyError, PyMongoError

from ticketing import spans
from ticketing.config import namespaced, setting
from ticketing.errors import DuplicateError, TicketingError, UnavailableError

log = logging.getLogger(__name__)

Document = dict[str, Any]

TIMEOUT_MS = 1500
# For what is summed up over a whole shop; nobody who buys waits for it.
REPORT_SECONDS = 4.0
RETRY_DELAY = 1.0
# Acknowledged means written to the journal of a majority: nothing acknowledged is lost.
DURABLE: dict[str, Any] = {"w": "majority", "journal": True}

AWAY = "The database is away; try again in a moment"
# The code of a write that a unique index has refused.
DUPLICATE_KEY = 11000

# What belongs to an index beside its name and keys.
INDEX_OPTIONS = ("unique", "sparse", "partialFilterExpression", "expireAfterSeconds")

_clients: dict[str, MongoClient[Document]] = {}


def shared_client(uri: str) -> MongoClient[Document]:
    """Return the process's client for this server. Connects when first used."""
    if uri not in _clients:
        _clients[uri] = MongoClient(
            uri,
            connect=False,
            tz_aware=True,
            timeoutMS=TIMEOUT_MS,
            serverSelectionTimeoutMS=TIMEOUT_MS,
            connectTimeoutMS=TIMEOUT_MS,
            maxPoolSize=50,
            event_listeners=spans.listeners(),
            **DURABLE,
        )
    return _clients[uri]


def _client_of(uri: str) -> MongoClient[Document]:
    """Cast for a connection string. Raises ValueError."""
    try:
        return shared_client(uri)
    except ConfigurationError:
        # The driver's words may quote a password.
        raise ValueError("it is no address such as mongodb://user:pw@host/") from None


@contextmanager
def own_errors() -> Iterator[None]:
    """Turn the driver's errors into DuplicateError and UnavailableError."""
    try:
        yield
    except DuplicateKeyError as error:
        pattern = (error.details or {}).get("keyPattern") or {}
        raise DuplicateError(*pattern) from error
    except PyMongoError as error:
        raise UnavailableError(AWAY) from error


@contextmanager
def reporting() -> Iterator[None]:
    """As ``own_errors``, for a report: it takes as long as it may, and no longer."""
    with own_errors(), pymongo.timeout(REPORT_SECONDS):
        yield


def index(collection: Collection[Document], keys: Any, **options: Any) -> None:
    """Create an index, unless it is there as wanted.

    To ask takes nothing from those who write; to create what is there already does, and
    a service that comes back in the middle of a sale would have to wait for it.
    """
    wanted = IndexModel(keys, **options).document
    for there in collection.list_indexes():
        parts = ("name", "key", *INDEX_OPTIONS)
        if all(there.get(part) == wanted.get(part) for part in parts):
            return
    collection.create_index(keys, **options)


class Database(MongoDatabase):
    """Base of a service's repository provider: ``self.database`` is the service's own.

    The client is shared and outlives every container, so ``stop`` leaves it open. A
    subclass declares its indexes in ``declare_indexes``; that is tried until it works,
    so a service may start before its database.
    """

    def __init__(self) -> None:
        super().__init__(result_backend=False)
        self._ready = False

    def setup(self) -> None:
        config = self.container.config
        self.client = setting(config, "MONGODB_URI", _client_of)
        name = namespaced(config, self.container.service_name)
        self.database: MongoDb[Document] = self.client[name]

    def start(self) -> None:
        self.container.spawn_managed_thread(self._prepare, identifier="indexes")

    def stop(self) -> None:
        """Leave the shared client to the other services of the process."""

    def declare_indexes(self) -> None:
        """Create what the repository's queries and guards need."""

    def pings(self) -> dict[str, Callable[[], None]]:
        return {f"mongodb/{self.container.service_name}": self.ping}

    def ping(self) -> None:
        """Raise UnavailableError unless the server answers and the indexes stand."""
        with own_errors():
            self.database.command("ping")
        if not self._ready:
            raise UnavailableError("The indexes are not built yet")

    def _prepare(self) -> None:
        while not self._ready:
            try:
                with own_errors():
                    self.declare_indexes()
                self._ready = True
            except TicketingError as error:
                self._log_away(error)
                eventlet.sleep(RETRY_DELAY)

    def _log_away(self, error: TicketingError) -> None:
        log.warning(
            "MongoDB does not answer: start it or set MONGODB_URI; trying again. (%s)",
            error.__cause__ or error,
            extra={"action": "mongodb_away"},
        )
