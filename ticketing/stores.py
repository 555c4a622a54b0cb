"""A repository provider: one collection of aggregates, its outbox and its relay."""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from pymongo.collection import Collection

from ticketing.aggregates import Aggregates
from ticketing.change import Versioned
from ticketing.events import Publisher
from ticketing.healing import Healer
from ticketing.mongo import Database, Document
from ticketing.nats import Nats
from ticketing.relay import Relay

A = TypeVar("A", bound=Versioned)


class AggregateDatabase(Database, Generic[A]):
    """Base of the services' repository providers.

    A subclass names its collection, how an aggregate becomes a document and back, and
    the indexes it needs.
    """

    nats = Nats()

    collection_name: ClassVar[str]
    store_class: ClassVar[type[Aggregates[Any]]] = Aggregates
    # How many of its last events a document remembers, to tell them again if need be.
    # One is enough where each tells all that there is.
    events_kept: ClassVar[int] = 50

    @staticmethod
    def encode(aggregate: A) -> Document:
        raise NotImplementedError

    @staticmethod
    def decode(document: Document) -> A:
        raise NotImplementedError

    def setup(self) -> None:
        super().setup()
        self.collection: Collection[Document] = self.database[self.collection_name]
        publisher = Publisher(self.nats.connection, self.container.service_name)
        self.relay = Relay(self.collection, publisher, self.events_kept)
        self.healer = Healer(self.collection, publisher, self.nats.connection)
        self.store: Any = self.store_class(
            self.collection, self.relay, self.encode, self.decode
        )

    def declare_indexes(self) -> None:
        self.relay.declare_indexes()

    def details(self) -> dict[str, Callable[[], Any]]:
        return {"outbox": self.relay.waiting}

    def start(self) -> None:
        super().start()
        self._threads = [
            self.container.spawn_managed_thread(self.relay.run, identifier="relay"),
            self.container.spawn_managed_thread(
                self.relay.run_sweep, identifier="sweep"
            ),
            self.container.spawn_managed_thread(self.healer.run, identifier="healer"),
        ]

    def stop(self) -> None:
        self.relay.stop()
        for thread in self._threads:
            thread.kill()
        super().stop()

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.store
