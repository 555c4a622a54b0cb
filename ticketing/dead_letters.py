"""Messages that no retry can help, kept with their reason until somebody looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nameko.extensions import DependencyProvider
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError as NoMessageError

from ticketing.clock import iso
from ticketing.errors import NotFoundError
from ticketing.nats import Nats, NatsConnection
from ticketing.tracing import trace_id

PAGE = 100
# The highest number that programs in other languages read as it is written.
LAST = 2**53 - 1


@dataclass(frozen=True)
class DeadLetter:
    id: int
    subject: str
    reason: str
    attempts: int
    body: bytes
    traceparent: str
    buried: datetime | None = None

    def json_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "subject": self.subject,
            "reason": self.reason,
            "attempts": self.attempts,
            "body": self.body.decode(errors="replace"),
            "trace": trace_id(self.traceparent),
            "at": iso(self.buried) if self.buried else None,
        }


async def bury(
    connection: NatsConnection, service: str, message: Msg, reason: str
) -> None:
    """Keep a message in the dead-letter stream; burying it twice keeps one."""
    where = message.metadata
    headers = {
        "Nats-Msg-Id": f"{where.consumer}:{where.sequence.stream}",
        "dead-subject": connection.local_subject(message.subject),
        "dead-reason": " ".join(reason.split())[:500],
        "dead-attempts": str(where.num_delivered),
        "traceparent": (message.headers or {}).get("traceparent", ""),
    }
    subject = connection.subject(f"dead.{service}")
    await connection.js.publish(subject, message.data, headers=headers)


def count_letters(connection: NatsConnection) -> dict[str, int]:
    """Return how many each service has, if any. Raises UnavailableError."""
    every = connection.subject("dead.")
    info = connection.run(
        connection.js.stream_info(connection.dead_stream, subjects_filter=f"{every}>")
    )
    found = info.state.subjects or {}
    return {subject.removeprefix(every): count for subject, count in found.items()}


class DeadLetterBox:
    """The dead letters of one service."""

    def __init__(self, connection: NatsConnection, service: str) -> None:
        self._connection = connection
        self._subject = connection.subject(f"dead.{service}")

    def all(self) -> list[DeadLetter]:
        """Return the first page of them."""
        return self.page()

    def page(self, after: int = 0, limit: int = PAGE) -> list[DeadLetter]:
        """Return those that come after one, oldest first."""
        letters: list[DeadLetter] = []
        while len(letters) < limit and (letter := self._next(after + 1)):
            letters.append(letter)
            after = letter.id
        return letters

    def get(self, letter_id: int) -> DeadLetter:
        """Return one of this service's. Raises NotFoundError."""
        is_number = type(letter_id) is int and 0 < letter_id <= LAST
        letter = self._next(letter_id) if is_number else None
        if letter is None or letter.id != letter_id:
            raise NotFoundError(f"There is no dead letter {letter_id}")
        return letter

    def discard(self, letter_id: int) -> None:
        """Forget one of this service's. Raises NotFoundError."""
        self.remove(self.get(letter_id).id)

    def remove(self, letter_id: int) -> None:
        connection = self._connection
        connection.run(connection.js.delete_msg(connection.dead_stream, letter_id))

    def _next(self, sequence: int) -> DeadLetter | None:
        connection = self._connection
        try:
            raw = connection.run(
                connection.js.get_msg(
                    connection.dead_stream, sequence, subject=self._subject, next=True
                )
            )
        except NoMessageError:
            return None
        headers = raw.headers or {}
        return DeadLetter(
            id=int(raw.seq or 0),
            subject=headers.get("dead-subject", ""),
            reason=headers.get("dead-reason", ""),
            attempts=int(headers.get("dead-attempts", 0)),
            body=raw.data or b"",
            traceparent=headers.get("traceparent", ""),
            buried=raw.time,
        )


class DeadLetters(DependencyProvider):
    """Gives the worker its service's dead letters and a way to try one again."""

    nats = Nats()

    def get_dependency(self, worker_ctx: Any) -> "DeadLetters":
        return self

    @property
    def box(self) -> DeadLetterBox:
        return DeadLetterBox(self.nats.connection, self.container.service_name)

    def replay(self, letter_id: int) -> None:
        """Handle one again; it is gone once its handler succeeds.

        Raises NotFoundError, or whatever the handler raises.
        """
        letter = self.box.get(letter_id)
        handlers = {
            entrypoint.subject: entrypoint
            for entrypoint in self.container.entrypoints
            if hasattr(entrypoint, "replay")
        }
        if letter.subject not in handlers:
            raise NotFoundError(f"Nothing here handles {letter.subject}")
        handlers[letter.subject].replay(letter)
        self.box.remove(letter.id)
