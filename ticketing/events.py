"""Events over JetStream: ``EventPublisher`` sends, ``@event_handler`` receives."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import eventlet
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from ticketing import hub, tracing, workers
from ticketing.consumer import HANDS, PullConsumer
from ticketing.contract import Shape
from ticketing.dead_letters import DeadLetter, bury
from ticketing.errors import (
    HopelessError,
    TicketingError,
    UnavailableError,
    VersionGapError,
)
from ticketing.messages import Delivery, Event, body_of, headers_of, parse
from ticketing.metrics.deliveries import Deliveries
from ticketing.nats import TIMEOUT, Nats, NatsConnection

log = logging.getLogger(__name__)

# A delivery whose process died is made again after so long; handlers end sooner.
ACK_WAIT = 10.0
# An error that nobody foresaw may pass; after so many deliveries it will not.
MAX_ATTEMPTS = 8
FIRST_DELAY = 0.05
MAX_DELAY = 10.0
# For handing back what was pulled and not begun.
STOP_TIMEOUT = 3.0


class Publisher:
    """Publishes and waits for JetStream's acknowledgement."""

    def __init__(self, connection: NatsConnection, source: str) -> None:
        self._connection = connection
        self._source = source

    def publish(self, event: Event) -> None:
        """Publish one event. Raises UnavailableError unless it was acknowledged."""
        if not self.publish_groups([[event]])[0]:
            raise UnavailableError("The event bus did not take the event")

    def publish_groups(self, groups: Sequence[Sequence[Event]]) -> list[list[int]]:
        """Publish groups side by side, each in its order.

        Returns the stream's numbers of each group's events, none if it went not whole.
        """
        js = self._connection.js

        async def in_order(events: Sequence[Event]) -> list[int]:
            acknowledged = [
                await js.publish(
                    self._connection.subject(event.subject),
                    body_of(event),
                    timeout=TIMEOUT,
                    headers=headers_of(event, self._source),
                )
                for event in events
            ]
            return [each.seq for each in acknowledged]

        async def side_by_side() -> list[list[int] | BaseException]:
            every = (in_order(events) for events in groups)
            return await asyncio.gather(*every, return_exceptions=True)

        longest = max((len(events) for events in groups), default=0)
        results = self._connection.run(side_by_side(), TIMEOUT * (longest + 1))
        return [result if isinstance(result, list) else [] for result in results]


class EventPublisher(DependencyProvider):
    """Gives the worker a ``Publisher`` that speaks in the service's name."""

    nats = Nats()

    def get_dependency(self, worker_ctx: Any) -> Publisher:
        return Publisher(self.nats.connection, self.container.service_name)


def delay_after(attempt: int) -> float:
    """Seconds to wait before the delivery after this one: doubling, bounded."""
    doublings = min(attempt - 1, 20)  # after hours of trying, 2**attempt is no float
    return float(min(FIRST_DELAY * 2**doublings, MAX_DELAY))


def is_hopeless(error: BaseException, attempt: int) -> bool:
    """Whether to give up: at once on a bad message, late on an unforeseen error."""
    if isinstance(error, HopelessError):
        return True
    if isinstance(error, UnavailableError | VersionGapError):
        return False
    return attempt >= MAX_ATTEMPTS


class EventHandler(Entrypoint):
    """``@event_handler(OrderCreated)``: the method gets a ``Delivery``.

    Acknowledged when the method returns; delivered again, later and later, when it
    raises a passing error; kept as a dead letter when nothing can help.
    """

    nats = Nats()
    # How many messages are handled at once.
    hands: ClassVar[int] = HANDS

    def __init__(self, shape: type[Shape], **kwargs: Any) -> None:
        self.shape = shape
        self.subject: str = shape.subject  # type: ignore[attr-defined]
        super().__init__(expected_exceptions=TicketingError, **kwargs)

    @property
    def cause(self) -> str:
        return self.subject

    @property
    def durable(self) -> str:
        return f"{self.container.service_name}-{self.subject.replace('.', '-')}"

    def setup(self) -> None:
        self._counts = Deliveries(self.container.service_name, self.subject)
        self._consumer = PullConsumer(
            self.nats.connection, self._consumer_config, self._dispatch, self.hands
        )

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(
            self._consumer.run, identifier=self.durable
        )

    def stop(self) -> None:
        self._consumer.stop()
        if self.nats.connection.connected:
            with eventlet.Timeout(STOP_TIMEOUT, exception=False):
                self._thread.wait()

    def _consumer_config(self) -> ConsumerConfig:
        return ConsumerConfig(
            name=self.durable,
            durable_name=self.durable,
            filter_subject=self.nats.connection.subject(self.subject),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT,
            max_deliver=-1,
            max_ack_pending=2000,
        )

    def _dispatch(self, message: Msg) -> None:
        attempt = message.metadata.num_delivered
        self._counts.come(attempt)
        headers = message.headers or {}
        try:
            payload = parse(self.shape, message.data)
            self._spawn(
                Delivery(payload, headers.get("Nats-Msg-Id", ""), attempt),
                headers.get("traceparent"),
                partial(self._handle_result, message, attempt),
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the message is kept
            self._settle(message, attempt, error)

    def _spawn(self, delivery: Delivery, traceparent: str | None, result: Any) -> None:
        context = {tracing.CONTEXT_KEY: tracing.accept(traceparent)}
        self.container.spawn_worker(
            self, (delivery,), {}, context_data=context, handle_result=result
        )

    def _handle_result(
        self, message: Msg, attempt: int, _ctx: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        self._settle(message, attempt, exc_info[1] if exc_info else None)
        return result, exc_info

    def _settle(self, message: Msg, attempt: int, error: BaseException | None) -> None:
        """Decide in one place what becomes of a message; never raises."""
        if isinstance(error, ContainerBeingKilled):
            self._counts.handed_back()
            action = message.nak()
        elif error is None:
            self._counts.done(message)
            event_id = (message.headers or {}).get("Nats-Msg-Id")
            told = {"action": "event", "event": event_id}
            log.info("Handled %s by %s", self.subject, self.durable, extra=told)
            action = message.ack()
        elif is_hopeless(error, attempt):
            self._counts.dead()
            action = self._bury(message, f"{type(error).__name__}: {error}")
        else:
            log.info("Again later: %s", error, extra={"action": "deliver_again"})
            self._counts.again()
            action = message.nak(delay=delay_after(attempt))
        hub.spawn(self._finish(action))

    async def _bury(self, message: Msg, reason: str) -> None:
        log.error(
            "Dead letter on %s: %s",
            self.subject,
            reason,
            extra={"action": "dead_letter"},
        )
        service = self.container.service_name
        await bury(self.nats.connection, service, message, reason)
        await message.term()

    async def _finish(self, action: Any) -> None:
        try:
            await action
        except Exception as error:  # noqa: BLE001 - it will be delivered again
            log.warning("Not settled: %s", error, extra={"action": "not_settled"})
        finally:
            self._consumer.done()

    def replay(self, letter: DeadLetter) -> None:
        """Handle a dead letter again. Raises what the handler raises."""
        delivery = Delivery(parse(self.shape, letter.body), f"dead:{letter.id}")
        traceparent = tracing.accept(letter.traceparent)
        _, error = workers.call(self, (delivery,), traceparent=traceparent)
        if error:
            raise error


event_handler = EventHandler.decorator
