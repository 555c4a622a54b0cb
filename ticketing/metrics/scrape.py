"""What ``/metrics`` says: what was counted, and what is asked for just then."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import eventlet
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector
from werkzeug.wrappers import Response

from ticketing.clock import from_iso, utc_now
from ticketing.dead_letters import DeadLetters, count_letters
from ticketing.health import answer, details, readiness
from ticketing.nats import NatsConnection
from ticketing.progress import Bus

log = logging.getLogger(__name__)

_CONSUMER = ["service", "subject"]
_WORKERS = "Workers that are running in this process"
_MOST = "Workers that may run at once in this process"
_OUTBOX = "Events that are saved and not yet published, up to some thousand"
_OLDEST = "Age of the oldest of them, 0 without any"
_STREAMS = "Pages that this process keeps told of what changes"
_PENDING = "Events that no instance of the service has begun to handle"
_UNSETTLED = "Events that are being handled or wait for another try"
_LETTERS = "Messages that were put aside and wait for somebody to look"
_UP = "Whether a dependency answers"


def exposition(containers: Iterable[Any]) -> Response:
    """Answer with all series of this process.

    Everything is asked side by side and in bounded time; what cannot be known right now
    is left out, so that nobody takes an old number for a new one.
    """
    text = generate_latest(REGISTRY) + generate_latest(Asked(list(containers)))
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _told(part: Callable[[], list[Metric]]) -> list[Metric]:
    """A part that fails must not take the others with it."""
    try:
        return part()
    except Exception:
        log.exception("Not measured", extra={"action": "metrics"})
        return []


class Asked(Collector):
    """What is known elsewhere: by the servers, and by the parts of the services.

    What belongs to a service and not to one process, its outbox and its consumers, is
    told by every process of it: of these one takes the maximum, not the sum.
    """

    def __init__(self, containers: list[Any]) -> None:
        self._containers = containers

    def collect(self) -> Iterator[Metric]:
        parts: list[Callable[[], list[Metric]]] = [
            self._workers,
            self._outboxes,
            self._streams,
            self._dependencies,
            *(self._letters, self._consumers),
        ]
        for thread in [eventlet.spawn(_told, part) for part in parts]:
            yield from thread.wait()

    def _workers(self) -> list[Metric]:
        running = Gauge("ticketing_workers", _WORKERS, labels=["service"])
        most = Gauge("ticketing_workers_most", _MOST, labels=["service"])
        for each in self._containers:
            name = [each.service_name]
            running.add_metric(name, len(each._worker_threads))  # noqa: SLF001
            most.add_metric(name, each.max_workers)
        return [running, most]

    def _outboxes(self) -> list[Metric]:
        waiting = Gauge("ticketing_outbox_events", _OUTBOX, labels=["service"])
        oldest = Gauge("ticketing_outbox_oldest_seconds", _OLDEST, labels=["service"])
        for service, told in self._details("outbox"):
            since = told["oldest"]
            age = (utc_now() - from_iso(since)).total_seconds() if since else 0
            waiting.add_metric([service], told["waiting"])
            oldest.add_metric([service], max(age, 0))
        return [waiting, oldest]

    def _streams(self) -> list[Metric]:
        found = Gauge("ticketing_streams_open", _STREAMS, labels=["service"])
        for service, count in self._details("streams"):
            found.add_metric([service], count)
        return [found]

    def _dependencies(self) -> list[Metric]:
        found = Gauge("ticketing_dependency_up", _UP, labels=["dependency"])
        _, report = readiness(self._containers)
        for name, state in report["dependencies"].items():
            found.add_metric([name], state == "ok")
        return [found]

    def _letters(self) -> list[Metric]:
        found = Gauge("ticketing_dead_letters_waiting", _LETTERS, labels=["service"])
        counts = self._asked_of_bus(count_letters)
        for name in self._names if counts is not None else ():
            found.add_metric([name], counts.get(name, 0))
        return [found]

    def _consumers(self) -> list[Metric]:
        pending = Gauge("ticketing_consumer_pending", _PENDING, labels=_CONSUMER)
        unsettled = Gauge("ticketing_consumer_unsettled", _UNSETTLED, labels=_CONSUMER)
        for each in self._asked_of_bus(lambda bus: Bus(bus).progress()) or ():
            if each.service in self._names:
                labels = [each.service, each.subject]
                pending.add_metric(labels, each.pending)
                unsettled.add_metric(labels, each.unsettled)
        return [pending, unsettled]

    @property
    def _names(self) -> list[str]:
        return [container.service_name for container in self._containers]

    def _details(self, name: str) -> list[tuple[str, Any]]:
        """Return what each service says of a part of it, if it has that and can."""
        asked = {
            container.service_name: eventlet.spawn(answer, part)
            for container in self._containers
            if (part := details(container).get(name))
        }
        told = {service: thread.wait() for service, thread in asked.items()}
        return [(name, each) for name, each in told.items() if each is not None]

    def _asked_of_bus(self, question: Callable[[NatsConnection], Any]) -> Any:
        """Return the answer of the bus, which all services of a process share."""
        for container in self._containers:
            for extension in container.extensions:
                if isinstance(extension, DeadLetters):
                    connection = extension.nats.connection
                    return answer(lambda: question(connection))  # noqa: B023 - at once
        return None
