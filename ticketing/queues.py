"""nameko's consumer of RabbitMQ's queues, for a broker that comes and goes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn
from weakref import WeakSet

import eventlet
from kombu import compression
from nameko import messaging
from nameko.extensions import ProviderCollector

log = logging.getLogger(__name__)

RETRY_DELAY = 0.5
CONNECT_TIMEOUT = 2.0
FAREWELL = 2.0


def _leave_packed(_body: bytes) -> NoReturn:
    raise ValueError("nothing here sends anything packed")


# kombu unpacks whatever says that it is packed, before it looks at what it is: less
# than a kilobyte becomes a gigabyte, and the call comes again to who dies of it.
for _method in compression.encoders():
    compression.register(_leave_packed, _leave_packed, _method)


def refuse(message: Any, reason: object) -> None:
    """Take a message off its queue for good, without an answer."""
    log.error("Refused a message: %s", reason, extra={"action": "refused"})
    message.reject()


class QueueConsumer(messaging.QueueConsumer):
    """Is back soon after the broker, and stops without it.

    kombu's own waits longer with each try, up to half a minute, and cannot be stopped
    while it does. ``consuming`` tells whether calls arrive.
    """

    # Whatever the settings say: reading a pickle runs what is in it.
    accept: ClassVar = ["json"]
    running: ClassVar[WeakSet["QueueConsumer"]] = WeakSet()

    def __init__(self) -> None:
        super().__init__()
        self.consuming = False
        self._warned = False

    @property
    def connection(self) -> Any:
        connection = super().connection
        connection.connect_timeout = CONNECT_TIMEOUT
        return connection

    def start(self) -> None:
        self.running.add(self)
        super().start()

    def run(self, **kwargs: Any) -> None:
        """Consume until stopped, whatever happens to the broker meanwhile."""
        connection = self.connection
        errors = connection.connection_errors + connection.channel_errors
        while not self.should_stop:
            try:
                for _ in self.consume(limit=None):
                    pass
            except errors as error:
                self._log_away(error)
                eventlet.sleep(RETRY_DELAY)
            finally:
                self.consuming = False

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        with self.create_connection() as connection:
            connection.connect()
            yield connection

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Put aside what is not JSON; kombu would write it all into the log."""
        refuse(message, type(exc).__name__)

    def on_consume_ready(self, *args: Any, **kwargs: Any) -> None:
        self.consuming, self._warned = True, False
        super().on_consume_ready(*args, **kwargs)

    def unregister_provider(self, provider: Any) -> None:
        """Take leave of the broker, if it is there to be taken leave of."""
        if self.consuming:
            with eventlet.Timeout(FAREWELL, exception=False):
                return super().unregister_provider(provider)
        self.should_stop = True
        return ProviderCollector.unregister_provider(self, provider)

    def stop(self) -> None:
        self.running.discard(self)
        self.wait_for_providers()
        self.should_stop = True
        if self._gt is not None:
            self._gt.wait()

    def kill(self) -> None:
        self.running.discard(self)
        super().kill()

    def _handle_thread_exited(self, gt: Any) -> None:
        """Let a start that still waits for the broker come to its end as well."""
        if self.should_stop and not self._consumers_ready.ready():
            self._consumers_ready.send(None)
        super()._handle_thread_exited(gt)

    def _log_away(self, error: Exception) -> None:
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        log.log(
            level,
            "RabbitMQ does not answer (%s). Start it or set AMQP_URI; trying again "
            "until it does.",
            error,
            extra={"action": "rabbitmq_away"},
        )
