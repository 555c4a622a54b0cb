"""How the events of the bus are handled, by durable consumer."""

from time import time

from nats.aio.msg import Msg
from prometheus_client import Counter, Histogram

_CONSUMER = ["service", "subject"]
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)

_settled = Counter(
    "ticketing_events", "Deliveries of events, by outcome", [*_CONSUMER, "outcome"]
)
_redelivered = Counter(
    "ticketing_events_redelivered", "Deliveries that were not the first", _CONSUMER
)
_seconds = Histogram(
    "ticketing_event_seconds",
    "From an event's storing on the bus until it was handled",
    _CONSUMER,
    buckets=_BUCKETS,
)
_dead = Counter("ticketing_dead_letters", "Messages that were put aside", ["service"])


class Deliveries:
    """Those of one consumer."""

    def __init__(self, service: str, subject: str) -> None:
        consumer = service, subject
        self._done, self._again, self._handed_back, self._buried = (
            _settled.labels(*consumer, outcome)
            for outcome in ("done", "again", "handed_back", "dead")
        )
        self._redelivered = _redelivered.labels(*consumer)
        self._seconds = _seconds.labels(*consumer)
        self._dead = _dead.labels(service)

    def come(self, attempt: int) -> None:
        if attempt > 1:
            self._redelivered.inc()

    def done(self, message: Msg) -> None:
        self._done.inc()
        self._seconds.observe(time() - message.metadata.timestamp.timestamp())

    def again(self) -> None:
        self._again.inc()

    def handed_back(self) -> None:
        self._handed_back.inc()

    def dead(self) -> None:
        self._buried.inc()
        self._dead.inc()
