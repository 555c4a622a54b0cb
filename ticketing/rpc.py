"""RPC over RabbitMQ with an end to every wait."""

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import eventlet
from kombu import Connection
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

from ticketing import calls, patience, spans, tracing
from ticketing.config import namespaced, setting
from ticketing.errors import TicketingError, UnavailableError
from ticketing.http.route import Route
from ticketing.http.server import HttpServer
from ticketing.metrics.watches import rpc_calls
from ticketing.publishing import AWAY, TRANSPORT, BoundedPublisher
from ticketing.queues import QueueConsumer, refuse

log = logging.getLogger(__name__)

# Longer than a service waits for its database, and short enough for who has asked to
# have an answer within two seconds.
TIMEOUT = 1.7
# For an answer that takes what Stripe takes, or the reading of a whole listing; two of
# them end before an event is delivered again.
PATIENT = 4.5


def register_errors(root: type[TicketingError]) -> None:
    """Let the errors of this system arrive as what they were raised as."""
    deserialize_to_instance(root)
    for error in root.__subclasses__():
        register_errors(error)


register_errors(TicketingError)


class BoundedMethod(MethodProxy):
    publisher_cls = BoundedPublisher
    is_patient = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call and wait. Raises the callee's TicketingError, or UnavailableError."""
        with rpc_calls(self.service_name, self.method_name):
            return self._answered(args, kwargs)

    def _answered(self, args: Any, kwargs: Any) -> Any:
        away = UnavailableError(f"{self.service_name} is away; try again in a moment")
        costly = () if self.is_patient else (UnavailableError, UnknownService, *AWAY)
        try:
            with (
                patience.spent_by(*costly),
                spans.call(self.service_name, self.method_name),
            ):
                return self._answer(away, args, kwargs)
        except (TicketingError, RemoteError):
            raise
        except (UnknownService, *AWAY) as error:
            raise away from error

    def get_message_headers(self, worker_ctx: Any) -> Any:
        """The call is part of what is done now, not of what the worker began with."""
        if traceparent := tracing.current():
            worker_ctx.data[tracing.CONTEXT_KEY] = traceparent
        return super().get_message_headers(worker_ctx)

    def _answer(self, away: UnavailableError, args: Any, kwargs: Any) -> Any:
        """The broker is never waited for as long as some answers are."""
        left = patience.left(TIMEOUT)
        if not left:
            raise away
        with eventlet.Timeout(PATIENT if self.is_patient else left, away):
            with eventlet.Timeout(left, away):
                reply = self._call(*args, **kwargs)
            return reply.result()


class BoundedService(ServiceProxy):
    def __init__(self, *args: Any, patient: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._patient = patient

    def __getattr__(self, name: str) -> BoundedMethod:
        method = BoundedMethod(
            self.worker_ctx,
            self.service_name,
            name,
            self.reply_listener,
            **self.options,
        )
        method.is_patient = name in self._patient
        return method


class BoundedReplies(ReplyListener):
    """Forgets calls that nobody waits for any more.

    Whose answers they are stands in their routing key, so that the broker lets nobody
    else listen to them: each service that is called knows where its answers go, and
    with them go those of others, such as a new session.
    """

    queue_consumer = QueueConsumer()

    def __init__(self) -> None:
        super().__init__()
        self._reply_events: Any = WeakValueDictionary()

    def setup(self) -> None:
        super().setup()
        key = f"reply.{self.container.service_name}.{self.queue.routing_key}"
        self.routing_key = self.queue.routing_key = key


class ServiceRpc(RpcProxy):
    """``tickets_rpc = ServiceRpc("tickets")``: ``self.tickets_rpc.get_ticket(id)``.

    ``patient`` names the methods whose answers may take longer than TIMEOUT.
    """

    rpc_reply_listener = BoundedReplies()

    def __init__(
        self, target: str, *, patient: Collection[str] = (), **options: Any
    ) -> None:
        super().__init__(target, **options)
        self._patient = patient

    def get_dependency(self, worker_ctx: Any) -> BoundedService:
        if isinstance(worker_ctx.entrypoint, Route):
            patience.begin()
        listener = self.rpc_reply_listener
        return BoundedService(
            worker_ctx,
            self.target_service,
            listener,
            patient=self._patient,
            **self.options,
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
        if calls.is_call(body) and message.properties.get("reply_to"):
            super().handle_message(body, message)
        else:
            refuse(message, "it is not a call")

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> Any:
        """Answer the caller; if the broker has gone, so has the call's time."""
        away = UnavailableError("RabbitMQ does not take the answer")
        try:
            with eventlet.Timeout(TIMEOUT, away):
                return super().handle_result(message, result, exc_info)
        except (UnavailableError, *AWAY) as error:
            log.warning("Not answered: %s", error, extra={"action": "not_answered"})
        with suppress(*AWAY):  # it must not be done again
            self.queue_consumer.ack_message(message)
        return result, exc_info


class ServiceMethod(Rpc):
    """``@rpc``: nameko's, with our errors expected and the broker's health watched."""

    rpc_consumer = NamespacedConsumer()
    health = RabbitHealth()
    server = HttpServer()
    told_as = "server"

    def __init__(self) -> None:
        super().__init__(expected_exceptions=TicketingError)

    def stop(self) -> None:
        """Answer calls until the requests that make them are answered."""
        self.server.drain()
        super().stop()

    def check_signature(self, args: Any, kwargs: Any) -> None:
        """Raise IncorrectSignature, or BadRequestError on what no database can hold."""
        super().check_signature(args, kwargs)
        calls.check_storable({"args": args, "kwargs": kwargs})

    @property
    def cause(self) -> str:
        return f"call of {self.method_name}"

    def unpack_message_headers(self, message: Any) -> dict[str, Any]:
        """Return the caller's context: texts, and lists of texts."""
        found = super().unpack_message_headers(message)
        return spans.queued({k: v for k, v in found.items() if calls.is_context(v)})


rpc = ServiceMethod.decorator
