"""RPC over RabbitMQ with an end to every wait."""

import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import bson
import eventlet
from amqp.exceptions import AMQPError
from bson.errors import InvalidDocument
from kombu import Connection
from kombu.exceptions import OperationalError
from nameko.amqp.publish import Publisher
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.exceptions import (
    RemoteError,
    UnknownService,
    deserialize_to_instance,
)
from nameko.extensions import SharedExtension
from nameko.rpc import (
    RPC_QUEUE_TEMPLATE,
    MethodProxy,
    ReplyListener,
    Rpc,
    RpcConsumer,
    RpcProxy,
    ServiceProxy,
)

from ticketing.config import namespaced, setting
from ticketing.errors import BadRequestError, TicketingError, UnavailableError
from ticketing.http.server import HttpServer
from ticketing.queues import QueueConsumer, refuse

log = logging.getLogger(__name__)

TIMEOUT = 3.0
AWAY = (OSError, AMQPError, OperationalError)
# Bounds every step on the wire, so that no time-out has to cut one in the middle.
TRANSPORT = {
    "connect_timeout": 1.0,
    "read_timeout": 2.0,
    "write_timeout": 2.0,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.2,
    "interval_max": 0.5,
}


def register_errors(root: type[TicketingError]) -> None:
    """Let the errors of this system arrive as what they were raised as."""
    deserialize_to_instance(root)
    for error in root.__subclasses__():
        register_errors(error)


register_errors(TicketingError)


class BoundedPublisher(Publisher):
    """Publishes calls and gives up soon when the broker is away."""

    transport_options = TRANSPORT
    retry_policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}  # noqa: RUF012 - nameko's attribute


class BoundedMethod(MethodProxy):
    publisher_cls = BoundedPublisher

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call and wait. Raises the callee's TicketingError, or UnavailableError."""
        away = UnavailableError(f"{self.service_name} is away; try again in a moment")
        try:
            with eventlet.Timeout(TIMEOUT, away):
                return super().__call__(*args, **kwargs)
        except (TicketingError, RemoteError):
            raise
        except (UnknownService, *AWAY) as error:
            raise away from error


class BoundedService(ServiceProxy):
    def __getattr__(self, name: str) -> BoundedMethod:
        return BoundedMethod(
            self.worker_ctx,
            self.service_name,
            name,
            self.reply_listener,
            **self.options,
        )


class BoundedReplies(ReplyListener):
    """Forgets calls that nobody waits for any more."""

    queue_consumer = QueueConsumer()

    def __init__(self) -> None:
        super().__init__()
        self._reply_events: Any = WeakValueDictionary()


class ServiceRpc(RpcProxy):
    """``tickets_rpc = ServiceRpc("tickets")``: ``self.tickets_rpc.get_ticket(id)``."""

    rpc_reply_listener = BoundedReplies()

    def get_dependency(self, worker_ctx: Any) -> BoundedService:
        return BoundedService(
            worker_ctx, self.target_service, self.rpc_reply_listener, **self.options
        )


class RabbitHealth(SharedExtension):
    """Says whether the broker answers."""

    def setup(self) -> None:
        self._uri = setting(self.container.config, AMQP_URI_CONFIG_KEY, str)

    def pings(self) -> dict[str, Callable[[], None]]:
        return {"rabbitmq": self.ping}

    def ping(self) -> None:
        """Raise UnavailableError unless the broker takes a connection and we listen."""
        try:
            with Connection(self._uri, transport_options=TRANSPORT) as connection:
                connection.connect()
        except AWAY as error:
            raise UnavailableError("RabbitMQ is away") from error
        if not all(consumer.consuming for consumer in QueueConsumer.running):
            raise UnavailableError("RabbitMQ has just come back")


class NamespacedConsumer(RpcConsumer):
    """Takes the calls of its own system only, where several share a broker."""

    queue_consumer = QueueConsumer()

    def setup(self) -> None:
        super().setup()
        template = RPC_QUEUE_TEMPLATE.format(self.container.service_name)
        self.queue.name = namespaced(self.container.config, template)

    def handle_message(self, body: Any, message: Any) -> None:
        """Answer a call; what is none, or asks for no answer, is refused."""
        if _is_call(body) and message.properties.get("reply_to"):
            super().handle_message(body, message)
        else:
            refuse(message, "it is not a call")

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> Any:
        """Answer the caller; if the broker has gone, so has the call's time."""
        try:
            return super().handle_result(message, result, exc_info)
        except AWAY as error:
            log.warning("Not answered: %s", error, extra={"action": "not_answered"})
            return result, exc_info


def _is_call(body: Any) -> bool:
    return (
        isinstance(body, dict)
        and isinstance(body.get("args"), list)
        and isinstance(body.get("kwargs"), dict)
    )


def _is_context(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(text, str) for text in texts)


class ServiceMethod(Rpc):
    """``@rpc``: nameko's, with our errors expected and the broker's health watched."""

    rpc_consumer = NamespacedConsumer()
    health = RabbitHealth()
    server = HttpServer()

    def __init__(self) -> None:
        super().__init__(expected_exceptions=TicketingError)

    def stop(self) -> None:
        """Answer calls until the requests that make them are answered."""
        self.server.drain()
        super().stop()

    def check_signature(self, args: Any, kwargs: Any) -> None:
        """Raise IncorrectSignature, or BadRequestError on what no database can hold."""
        super().check_signature(args, kwargs)
        try:
            bson.encode({"args": args, "kwargs": kwargs})
        except (ValueError, OverflowError, RecursionError, InvalidDocument):
            raise BadRequestError("Half characters, or too large a number") from None

    @property
    def cause(self) -> str:
        return f"call of {self.method_name}"

    def unpack_message_headers(self, message: Any) -> dict[str, Any]:
        """Return the caller's context: texts, and lists of texts."""
        found = super().unpack_message_headers(message)
        return {name: value for name, value in found.items() if _is_context(value)}


rpc = ServiceMethod.decorator
