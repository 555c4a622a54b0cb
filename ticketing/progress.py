"""How far each service has come with the events of the bus."""

from dataclasses import dataclass
from typing import Any

from nameko.extensions import DependencyProvider
from nats.js.api import ConsumerInfo

from ticketing.nats import Nats, NatsConnection


@dataclass(frozen=True)
class Progress:
    """One service and one subject.

    ``pending`` messages were not handed out yet, ``unsettled`` ones are being handled
    or wait for another try; all up to the number ``settled`` are done with.
    """

    service: str
    subject: str
    settled: int
    delivered: int
    pending: int
    unsettled: int

    def of(self, number: int) -> str:
        """How far it is with the message of this number in the stream."""
        if number <= self.settled or (number <= self.delivered and not self.unsettled):
            return "done"
        return "under way" if number <= self.delivered else "waiting"

    def json_dict(self) -> dict[str, Any]:
        return vars(self)


class Bus:
    """What can be seen of the bus without reading a message."""

    def __init__(self, connection: NatsConnection) -> None:
        self._connection = connection

    def progress(self) -> list[Progress]:
        """Return that of all services. Raises UnavailableError."""
        connection = self._connection
        found: list[ConsumerInfo] = []
        while page := connection.run(
            connection.js.consumers_info(connection.stream, len(found))
        ):
            found += page
        return [
            _progress(connection, info) for info in found if info.config.durable_name
        ]


class EventBus(DependencyProvider):
    """Gives the worker its ``Bus``."""

    nats = Nats()

    def get_dependency(self, worker_ctx: Any) -> Bus:
        return Bus(self.nats.connection)


def _progress(connection: NatsConnection, info: ConsumerInfo) -> Progress:
    subject = connection.local_subject(info.config.filter_subject or "")
    return Progress(
        service=info.name.removesuffix(f"-{subject.replace('.', '-')}"),
        subject=subject,
        settled=info.ack_floor.stream_seq if info.ack_floor else 0,
        delivered=info.delivered.stream_seq if info.delivered else 0,
        pending=info.num_pending or 0,
        unsettled=info.num_ack_pending or 0,
    )
