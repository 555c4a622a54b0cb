"""Subjects read by every process for itself, from some time ago on.

Unlike an event handler, whose messages are shared out among the instances of a
service, a feed brings every message to every process; it keeps no place on the server.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import eventlet
from eventlet.event import Event as Flag
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from ticketing.consumer import PullConsumer
from ticketing.errors import HopelessError, TicketingError
from ticketing.ids import new_id
from ticketing.messages import parse
from ticketing.nats import NatsConnection

# Seconds for leaving the bus in order.
STOP_TIMEOUT = 1.0
# The server forgets a feed that nobody has read for so long; it is then made anew.
FORGOTTEN_AFTER = 60.0


class Feed:
    """Hands each payload of some subjects to ``apply``, the last ``since`` included."""

    def __init__(
        self,
        connection: NatsConnection,
        shapes: Sequence[type[Any]],
        apply: Callable[[Any], None],
        since: timedelta,
    ) -> None:
        self._connection = connection
        self._shapes = {connection.subject(shape.subject): shape for shape in shapes}
        self._apply = apply
        self._since = since
        self._next_sequence: int | None = None
        self._past_heard = Flag()
        self._consumer = PullConsumer(
            connection, self._config, self._deliver, hands_back=False
        )
        self._consumer.declared = lambda info: self._left(info.num_pending)
        self._consumer.idle = self._expect_more

    def run(self) -> None:
        self._consumer.run()

    def stop(self) -> None:
        self._consumer.stop()

    def end(self, thread: Any) -> None:
        """Stop, and give the thread that runs it a moment to leave the bus in order."""
        self.stop()
        if self._connection.connected:
            with eventlet.Timeout(STOP_TIMEOUT, exception=False):
                thread.wait()
        thread.kill()

    def wait_for_past(self, seconds: float) -> bool:
        """Return whether all that was there at the start is brought, at once or then.

        From then on it stays so: what is told later comes when it is told.
        """
        if self._past_heard.ready():
            return True
        with eventlet.Timeout(seconds, False):
            self._past_heard.wait()
        return bool(self._past_heard.ready())

    def _expect_more(self) -> None:
        """Begin again when none come and some should: they may be gone by now."""
        if not self._past_heard.ready():
            raise TicketingError("what was told before does not come")

    def _left(self, pending: int | None) -> None:
        if pending == 0 and not self._past_heard.ready():
            self._past_heard.send(None)

    @property
    def position(self) -> int:
        """The stream's number of the last message that was brought, 0 before it."""
        return (self._next_sequence or 1) - 1

    def _config(self) -> ConsumerConfig:
        # Named, its filter stands in the subject of the request, where the server's
        # permissions can see it.
        config = ConsumerConfig(
            name=f"feed-{new_id()}",
            **_filters(list(self._shapes)),
            ack_policy=AckPolicy.NONE,
            inactive_threshold=FORGOTTEN_AFTER,
            mem_storage=True,
        )
        if self._next_sequence is None:
            start = datetime.now(UTC) - self._since
            return config.evolve(
                deliver_policy=DeliverPolicy.BY_START_TIME,
                opt_start_time=start,
            )
        return config.evolve(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self._next_sequence,
        )

    def _deliver(self, message: Msg) -> None:
        self._next_sequence = message.metadata.sequence.stream + 1
        self._consumer.done()
        self._bring(message)
        self._left(message.metadata.num_pending)

    def _bring(self, message: Msg) -> None:
        shape = self._shapes.get(message.subject)
        if shape is None:
            return
        try:
            self._apply(parse(shape, message.data))
        except HopelessError:
            return  # the handlers of this subject keep it as a dead letter


def one_filter(subjects: list[str]) -> str | None:
    """Return a subject, or all about one kind of thing; None when one does not do."""
    kinds = {subject.rpartition(".")[0] for subject in subjects}
    if len(kinds) > 1:
        return None
    return subjects[0] if len(subjects) == 1 else f"{kinds.pop()}.>"


def _filters(subjects: list[str]) -> dict[str, Any]:
    one = one_filter(subjects)
    return {"filter_subject": one} if one else {"filter_subjects": subjects}
