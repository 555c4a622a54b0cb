"""Sending calls and answers to a broker that may go while they are on their way."""

from typing import Any

from amqp.exceptions import AMQPError, ChannelError
from kombu.exceptions import OperationalError
from nameko.amqp.publish import Publisher, UndeliverableMessage, get_producer
from nameko.rpc import Responder

AWAY = (OSError, AMQPError, OperationalError)
# For connecting alone: what comes after it is bounded by whoever publishes.
TRANSPORT = {
    "connect_timeout": 1.0,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.2,
    "interval_max": 0.5,
}


class BoundedPublisher(Publisher):
    """Publishes, and leaves a broker that does not answer without a word.

    nameko's would take leave of it, and wait for the answer to that without end. Who
    publishes puts a time-out around.
    """

    transport_options = TRANSPORT
    retry_policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}  # noqa: RUF012 - nameko's attribute

    def publish(
        self, payload: Any, *, extra_headers: Any = None, **kwargs: Any
    ) -> None:
        """Raises UndeliverableMessage where nobody listens, and what AWAY names."""
        way = self.amqp_uri, True, self.ssl, self.login_method, self.transport_options
        own = {"serializer": self.serializer, "delivery_mode": self.delivery_mode}
        retry = {"retry": self.retry, "retry_policy": self.retry_policy}
        with get_producer(*way) as producer:
            try:
                options = {**own, **retry, **kwargs}
                producer.publish(payload, headers=extra_headers or {}, **options)
            except ChannelError as error:
                if "NO_ROUTE" in str(error):
                    raise UndeliverableMessage from error
                raise
            except BaseException:
                producer.connection.collect()
                raise


# nameko makes its responders itself.
Responder.publisher_cls = BoundedPublisher
