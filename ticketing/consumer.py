"""Pulls messages of one JetStream consumer and hands them over one by one.

A pull request stays open on the server and asks for as many messages as there are
free hands. Idle heartbeats tell a silent server from a quiet subject.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.queue import Empty, LightQueue
from eventlet.semaphore import Semaphore
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, ConsumerInfo

from ticketing.errors import TicketingError
from ticketing.nats import RETRY_DELAY, NatsConnection

log = logging.getLogger(__name__)

HANDS = 64
HEARTBEAT = 1.0
EXPIRES = 30.0
_NANOSECONDS = 1_000_000_000

_WAKE = object()


class PullConsumer:
    """Runs until ``stop``; ``deliver(message)`` must be followed by ``done()``."""

    def __init__(
        self,
        connection: NatsConnection,
        config: Callable[[], ConsumerConfig],
        deliver: Callable[[Msg], None],
        hands: int = HANDS,
        *,
        hands_back: bool = True,
    ) -> None:
        self._connection = connection
        self._config = config
        self._deliver = deliver
        self._hands = Semaphore(hands)
        self._hands_back = hands_back
        # Told of the consumer each time before messages come.
        self.declared: Callable[[ConsumerInfo], None] = lambda _: None
        # Called while none come; if it raises, the consumer is declared again.
        self.idle: Callable[[], None] = lambda: None
        self._queue: LightQueue = LightQueue()
        self._subscription: Any = None
        self._stopping = False

    def run(self) -> None:
        """Pull until stopped, whatever happens to the server meanwhile."""
        self._connection.wait_connected()
        self._connection.on_reconnect(self._wake)
        while not self._stopping:
            try:
                self._pull_forever()
            except Exception as error:  # noqa: BLE001 - the loop must outlive all
                if not self._stopping:
                    self._log_trouble(error)
                    eventlet.sleep(RETRY_DELAY)
        self._connection.forget(self._wake)

    def stop(self) -> None:
        """Take no more messages; give back those that nobody has begun."""
        self._stopping = True
        self._wake()

    def done(self) -> None:
        """Say that a delivered message is settled."""
        self._hands.release()

    def _wake(self) -> None:
        self._queue.put(_WAKE)

    def _log_trouble(self, error: Exception) -> None:
        expected = isinstance(error, TicketingError | Empty)
        log.log(
            logging.INFO if expected else logging.WARNING,
            "Pulling again: %s",
            str(error) or type(error).__name__,
            extra={"action": "pull_again"},
        )

    def _pull_forever(self) -> None:
        connection = self._connection
        info = connection.declare_consumer(self._config())
        self.declared(info)
        inbox = connection.client.new_inbox()
        self._queue = LightQueue()
        subscription = connection.subscribe(inbox, self._enqueue)
        try:
            while not self._stopping:
                self._pull_once(str(info.name), inbox)
        finally:
            try:
                # What is on its way still arrives, and is then handed back as well.
                connection.run(subscription.drain())
            finally:
                self._hand_back()

    async def _enqueue(self, message: Msg) -> None:
        self._queue.put(message)

    def _pull_once(self, name: str, inbox: str) -> None:
        """Ask for as many messages as there are free hands and take them as they come.

        Raises Empty when the server falls silent.
        """
        self._hands.acquire()
        self._hands.release()
        wanted = self._hands.counter
        self._request(name, inbox, wanted)
        while wanted and not self._stopping:
            message = self._queue.get(timeout=HEARTBEAT * 2.5)
            if message is _WAKE:
                return None
            status = _status(message)
            if status is None:
                wanted -= 1
                self._hands.acquire()
                self._deliver(message)
            elif status == "100":
                self.idle()
            else:
                return self._on_status(status)
        return None

    def _request(self, name: str, inbox: str, batch: int) -> None:
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._connection.stream}.{name}"
        request = {
            "batch": batch,
            "expires": int(EXPIRES * _NANOSECONDS),
            "idle_heartbeat": int(HEARTBEAT * _NANOSECONDS),
        }
        body = json.dumps(request).encode()
        self._connection.run(
            self._connection.client.publish(subject, body, reply=inbox)
        )

    def _on_status(self, status: str) -> None:
        # 408 ends a request in peace; anything else means the consumer has moved or
        # gone, and declaring it again is right.
        if status != "408":
            raise TicketingError(f"the server ended a pull with status {status}")

    def _hand_back(self) -> None:
        while not self._queue.empty():
            message = self._queue.get_nowait()
            if message is _WAKE or not self._hands_back:
                continue
            if _status(message) is None:
                self._connection.run(message.nak())


def _status(message: Msg) -> str | None:
    """Return the status of a server's own message, None for one that was published."""
    if message.reply:  # where to acknowledge it
        return None
    return (message.headers or {}).get("Status", "")
