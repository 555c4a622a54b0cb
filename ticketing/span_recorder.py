"""Tells of requests, workers, calls and events, as ``ticketing.spans`` hears of them.

There is nothing personal in it: names of routes, methods, collections and subjects, ids
of events, statuses and kinds of errors; no address, argument or text.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from ticketing import tracing
from ticketing.clock import from_iso
from ticketing.mongo_spans import MongoSpans
from ticketing.span_maker import SpanMaker, end, speak_for, traceparent_of

Json = dict[str, Any]

QUEUED = "queued"
# Of a path, what names one thing among many; the version of an API does not.
_ID = re.compile(r"(?<=/)(?!v\d+(?:/|$))[^/]*\d[^/]*")

_served: ContextVar[Span | None] = ContextVar("served", default=None)


class Recorder(SpanMaker):
    """One a process."""

    def serve(self, route: Any) -> None:
        speak_for(route.container.service_name)
        told = {"http.request.method": route.method, "http.route": route.path}
        span = self.start(route.cause, SpanKind.SERVER, told)
        _served.set(span)
        if span:
            tracing.follow(traceparent_of(span))

    def served(self, status: int) -> None:
        if span := _served.get():
            _served.set(None)
            span.set_attribute("http.response.status_code", status)
            if status >= 500:
                span.set_status(Status(StatusCode.ERROR, str(status)))
            span.end()

    def outside(self, method: str, url: str) -> Any:
        parts = urlsplit(url)
        path = _ID.sub(":id", parts.path)
        told = {"http.request.method": method.upper(), "url.template": path}
        told["server.address"] = parts.hostname or ""
        return self.part(f"{method.upper()} {path}", SpanKind.CLIENT, told)

    # Workers

    def queued(self, context: Json) -> Json:
        context[QUEUED] = time.time_ns()
        return context

    def begin_work(self, worker_ctx: Any) -> None:
        service, entrypoint = worker_ctx.service_name, worker_ctx.entrypoint
        speak_for(service)
        begun = worker_ctx.data.pop(QUEUED, None)
        kind = SpanKind[getattr(entrypoint, "told_as", "internal").upper()]
        name = f"{service}.{entrypoint.method_name}"
        told = {"code.function.name": entrypoint.method_name}
        parent = tracing.current()
        span = self.start(name, kind, told)
        worker_ctx.span = span
        if span:
            if begun:
                self.waited("wait for a worker", begun, parent=parent)
            tracing.follow(traceparent_of(span))

    def end_work(self, worker_ctx: Any, error: BaseException | None) -> None:
        if span := getattr(worker_ctx, "span", None):
            end(span, error)

    def call(self, service: str, method: str) -> Any:
        told = {"rpc.system.name": "nameko", "rpc.method": f"{service}.{method}"}
        return self.part(f"call {service}.{method}", SpanKind.CLIENT, told)

    # Events

    def publish(
        self,
        publish: Callable[..., Any],
        publisher: Any,
        groups: Sequence[Sequence[Any]],
    ) -> Any:
        """Publish as parts of the traces that the events belong to."""
        spans: list[Span] = []
        told = [[self._sent(publisher, e, spans) for e in group] for group in groups]
        error: BaseException | None = None
        try:
            return publish(publisher, told)
        except BaseException as raised:
            error = raised
            raise
        finally:
            for span in spans:
                end(span, error)

    def _sent(self, publisher: Any, event: Any, spans: list[Span]) -> Any:
        where = {"parent": event.traceparent, "service": publisher.source}
        if not event.traceparent:
            return event
        if not event.retold:
            self.waited(f"outbox {event.subject}", _nanoseconds(event.time), **where)
        told = _message(event.subject, event.id)
        name = f"publish {event.subject}"
        span = self.start(name, SpanKind.PRODUCER, told, **where)
        if span is None:
            return event
        spans.append(span)
        return replace(event, traceparent=traceparent_of(span))

    def took(self, entrypoint: Any, message: Any, traceparent: str) -> None:
        """Tell how long a message was on the bus, other deliveries included."""
        metadata = message.metadata
        event_id = (message.headers or {}).get("ce-id", "")
        attempt = {"messaging.nats.delivery": metadata.num_delivered}
        self.waited(
            f"bus {entrypoint.subject}",
            round(metadata.timestamp.timestamp() * 1e9),
            attributes=_message(entrypoint.subject, event_id) | attempt,
            parent=traceparent,
            service=entrypoint.container.service_name,
        )

    # Outside

    def listener(self) -> Any:
        return MongoSpans(self)


def _message(subject: str, event_id: str) -> Json:
    return {
        "messaging.system": "nats",
        "messaging.destination.name": subject,
        "messaging.message.id": event_id,
    }


def _nanoseconds(moment: str) -> int:
    return round(from_iso(moment).timestamp() * 1e9)
