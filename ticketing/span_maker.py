"""Makes OpenTelemetry's spans of the ids that everything else knows a trace by.

They are those of ``ticketing.tracing``, so that logs, events and answers name the same
ones. What they are made for is in ``ticketing.span_recorder``.
"""

import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

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
from ticketing.errors import TicketingError

Json = dict[str, Any]

NAMESPACE = "ticketing"
FLUSH_SECONDS = 1.0
_RECORDED = TraceFlags(TraceFlags.SAMPLED)
_ODD = "13579bdf"

_service: ContextVar[str] = ContextVar("service", default=NAMESPACE)
_root: ContextVar[str] = ContextVar("root", default="")


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


def speak_for(service: str) -> None:
    """What this green thread does from now on is this service's."""
    _service.set(service)


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


class SpanMaker:
    """Makes spans; each service has a name of its own to the collector."""

    def __init__(self, processor: SpanProcessor, share: float = 1.0) -> None:
        self._processor = processor
        self._share = TraceIdRatioBased(share)
        self._ids = GivenIds()
        self._tracers: dict[str, Tracer] = {}

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

    def here(self) -> tuple[str, str]:
        return tracing.current(), _service.get()

    def go_on_from(self, place: tuple[str, str]) -> None:
        traceparent, service = place
        tracing.follow(traceparent)
        speak_for(service)

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
