"""Makes OpenTelemetry's spans of what the rest says in ``ticketing.spans``.

Their ids are those of ``ticketing.tracing``, so that logs, events and answers name the
same ones. There is nothing personal in them: names of routes, methods, collections and
subjects, ids of events, statuses and kinds of errors; no address, argument or text.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import eventlet
from opentelemetry.context import Context
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision, TraceIdRatioBased
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from ticketing import tracing
from ticketing.clock import from_iso
from ticketing.errors import TicketingError

Json = dict[str, Any]

NAMESPACE = "ticketing"
QUEUED = "queued"
FLUSH_SECONDS = 1.0
_RECORDED = TraceFlags(TraceFlags.SAMPLED)
_ODD = "13579bdf"
# Of a path, what names one thing among many; the version of an API does not.
_ID = re.compile(r"(?<=/)(?!v\d+(?:/|$))[^/]*\d[^/]*")

_service: ContextVar[str] = ContextVar("service", default=NAMESPACE)
_root: ContextVar[str] = ContextVar("root", default="")
_served: ContextVar[Span | None] = ContextVar("served", default=None)


class GivenIds(RandomIdGenerator):
    """The first span of a trace has the ids that its trace was given before."""

    given: tuple[int, int] | None = None

    def generate_trace_id(self) -> int:
        return self.given[0] if self.given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return self.given[1] if self.given else super().generate_span_id()


class Part:
    """A span around what is done ``with`` it."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._before = ""

    def __enter__(self) -> None:
        self._before = tracing.current()
        tracing.follow(traceparent_of(self._span))

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: object
    ) -> None:
        tracing.follow(self._before)
        end(self._span, error)


class Unrecorded:
    """In its place where a trace is not told."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_UNRECORDED = Unrecorded()


def traceparent_of(span: Span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{tracing.RECORDED}"


def _context(traceparent: str) -> SpanContext:
    return SpanContext(
        int(tracing.trace_id(traceparent), 16),
        int(tracing.span_id(traceparent), 16),
        is_remote=True,
        trace_flags=_RECORDED,
    )


def end(span: Span, error: BaseException | None = None) -> None:
    """End a span; of an error that was not expected only its kind is told."""
    if error is not None:
        kind = type(error).__name__
        span.set_attribute("error.type", kind)
        if not isinstance(error, TicketingError) or error.status >= 500:
            span.set_status(Status(StatusCode.ERROR, kind))
    span.end()


class Recorder:
    """One a process; each service has a name of its own to the collector."""

    def __init__(self, processor: SpanProcessor, share: float = 1.0) -> None:
        self._processor = processor
        self._share = TraceIdRatioBased(share)
        self._ids = GivenIds()
        self._tracers: dict[str, Tracer] = {}

    # Traces

    def admit(self, traceparent: str, *, is_new: bool, is_inside: bool) -> str:
        """Decide, where a trace enters, whether it is told."""
        if is_new or not is_inside:
            number = int(tracing.trace_id(traceparent), 16)
            decision = self._share.should_sample(None, number, "").decision
            flag = (
                tracing.RECORDED
                if decision is Decision.RECORD_AND_SAMPLE
                else tracing.UNRECORDED
            )
            traceparent = traceparent[:-2] + flag
        _root.set(traceparent if is_new else "")
        return traceparent

    def start(  # noqa: PLR0913 - what a span is made of
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Json | None = None,
        *,
        parent: str = "",
        service: str = "",
        begun: int | None = None,
        links: Sequence[Link] = (),
    ) -> Span | None:
        """Start a span, ``begun`` nanoseconds after 1970; None in an untold trace."""
        parent = parent or tracing.current()
        if not parent or parent[-1] not in _ODD:
            return None
        tracer = self._tracer(service or _service.get())
        above, context = _context(parent), Context()
        if parent == _root.get():
            _root.set("")
            self._ids.given = above.trace_id, above.span_id
        else:
            context = set_span_in_context(NonRecordingSpan(above), context)
        try:
            return tracer.start_span(name, context, kind, attributes, links, begun)
        finally:
            self._ids.given = None

    def joined(self, traceparent: str, before: str) -> str:
        """Mark where a trace is gone on with, and from which other one."""
        links = [Link(_context(before))] if before else []
        span = self.start("goes on", parent=traceparent, links=links)
        if span is None:
            return traceparent
        span.end()
        return traceparent_of(span)

    def waited(self, name: str, begun: int, **where: Any) -> None:
        """Tell of a wait that ends now."""
        now = time.time_ns()
        if span := self.start(name, begun=min(begun, now), **where):
            span.end(now)

    def part(self, name: str, *more: Any) -> Any:
        span = self.start(name, *more)
        return Part(span) if span else _UNRECORDED

    # HTTP

    def serve(self, route: Any) -> None:
        _service.set(route.container.service_name)
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
        _service.set(service)
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
        from ticketing.mongo_spans import MongoSpans  # noqa: PLC0415 - it knows us

        return MongoSpans(self)

    def flush(self) -> None:
        with eventlet.Timeout(FLUSH_SECONDS, exception=False):
            self._processor.force_flush()

    def _tracer(self, service: str) -> Tracer:
        if service not in self._tracers:
            named = {"service.name": service, "service.namespace": NAMESPACE}
            # Resource.create asks in a thread pool, which takes seconds on this hub.
            resource = OTELResourceDetector().detect().merge(Resource(named))
            provider = TracerProvider(
                sampler=ALWAYS_ON,
                resource=resource,
                shutdown_on_exit=False,
                id_generator=self._ids,
                span_limits=SpanLimits(max_attributes=16, max_attribute_length=200),
            )
            provider.add_span_processor(self._processor)
            self._tracers[service] = provider.get_tracer(NAMESPACE)
        return self._tracers[service]


def _message(subject: str, event_id: str) -> Json:
    return {
        "messaging.system": "nats",
        "messaging.destination.name": subject,
        "messaging.message.id": event_id,
    }


def _nanoseconds(moment: str) -> int:
    return round(from_iso(moment).timestamp() * 1e9)
