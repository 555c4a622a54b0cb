"""What takes how long, told to a collector of traces if the settings name one.

These are the places where the rest says what it does. Without a collector, the default,
each of them does nothing and makes nothing, and OpenTelemetry is not even imported:
``recorder`` is None. With one, see ``ticketing.span_recorder``.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ticketing import tracing
from ticketing.config import Config, optional, setting

if TYPE_CHECKING:
    from ticketing.span_recorder import Recorder

log = logging.getLogger(__name__)

Json = dict[str, Any]

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
SHARE = "OTEL_TRACES_SAMPLER_ARG"

recorder: "Recorder | None" = None
_NOTHING: AbstractContextManager[None] = nullcontext()


def configure(config: Config) -> None:
    """Begin to tell, once a process, if the settings say to whom.

    Raises SystemExit on a setting that is not valid.
    """
    global recorder  # noqa: PLW0603 - one a process, like the connections
    if recorder is not None or not optional(config, ENDPOINT):
        return
    from ticketing.span_exporter import exporter_to  # noqa: PLC0415 - only if wanted
    from ticketing.span_recorder import Recorder  # noqa: PLC0415

    share = setting({SHARE: config.get(SHARE, 1)}, SHARE, _share)
    endpoint = setting(config, ENDPOINT, _address)
    headers = setting({HEADERS: config.get(HEADERS) or " "}, HEADERS, _headers)
    recorder = Recorder(exporter_to(endpoint, headers), share)


def enter(value: object, *, is_inside: bool = False) -> str:
    """Make this green thread part of the caller's trace, or of a new one.

    Whether it is told is decided where it enters the system; whoever is asked inside
    heeds that. Returns the ``traceparent``.
    """
    traceparent = tracing.accept(value)
    if recorder is not None:
        is_new = traceparent is not value
        traceparent = recorder.admit(traceparent, is_new=is_new, is_inside=is_inside)
    tracing.follow(traceparent)
    return traceparent


def join(traceparent: str) -> None:
    """Go on as part of an earlier trace, unless there is none or it is this one."""
    now = tracing.current()
    if not traceparent or tracing.trace_id(traceparent) == tracing.trace_id(now):
        return
    if recorder is not None:
        traceparent = recorder.joined(traceparent, now)
    tracing.follow(traceparent)
    told = {"action": "goes_on", "before": tracing.trace_id(now)}
    log.info("Goes on with an earlier trace", extra=told)


@contextmanager
def part_of(traceparent: str) -> Iterator[None]:
    """Join an earlier trace for a while."""
    before = tracing.current()
    join(traceparent)
    try:
        yield
    finally:
        tracing.follow(before)


def serve(route: Any) -> None:
    """A request has found its route; ``served`` ends this."""
    if recorder is not None:
        recorder.serve(route)


def served(status: int) -> None:
    """The request is answered with an HTTP status."""
    if recorder is not None:
        recorder.served(status)


def queued(context: Json) -> Json:
    """A worker is asked for, and will get this context: its waiting begins."""
    return context if recorder is None else recorder.queued(context)


def off_the_bus(entrypoint: Any, message: Any, context: Json) -> Json:
    """As ``queued``, for a message that has waited on the bus until now."""
    if recorder is None:
        return context
    recorder.took(entrypoint, message, context[tracing.CONTEXT_KEY])
    return recorder.queued(context)


def begin_work(worker_ctx: Any) -> None:
    """A worker begins; its ``traceparent`` is what it follows."""
    if recorder is not None:
        recorder.begin_work(worker_ctx)


def end_work(worker_ctx: Any, error: BaseException | None) -> None:
    if recorder is not None:
        recorder.end_work(worker_ctx, error)


def part(name: str) -> AbstractContextManager[None]:
    """``with spans.part("mail"):`` is a part of what this green thread does."""
    return _NOTHING if recorder is None else recorder.part(name)


def here() -> Any:
    """Return where this green thread is, for another one that works for it."""
    return None if recorder is None else recorder.here()


def go_on_from(place: Any) -> None:
    """Work from now on for the green thread that was ``here``."""
    if recorder is not None and place is not None:
        recorder.go_on_from(place)


def call(service: str, method: str) -> AbstractContextManager[None]:
    """A call to another service and the wait for its answer."""
    return _NOTHING if recorder is None else recorder.call(service, method)


def outside(method: str, url: str) -> AbstractContextManager[None]:
    """An HTTP request to somebody else, who is not told of the trace."""
    return _NOTHING if recorder is None else recorder.outside(method, url)


def published(publish: Callable[..., Any]) -> Callable[..., Any]:
    """Around ``publish_groups``: how long each event waited for it, and how it took."""

    @wraps(publish)
    def told(publisher: Any, groups: Sequence[Sequence[Any]]) -> Any:
        if recorder is None:
            return publish(publisher, groups)
        return recorder.publish(publish, publisher, groups)

    return told


def listeners() -> list[Any]:
    """Who listens to the driver of MongoDB."""
    return [] if recorder is None else [recorder.listener()]


def flush() -> None:
    """Tell what is left, for a bounded time."""
    if recorder is not None:
        recorder.flush()


@contextmanager
def unseen(package: str) -> Iterator[None]:
    """Let what is imported meanwhile believe that a package is not installed."""
    known = sys.modules.get(package)
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
        if known is not None:
            sys.modules[package] = known


def _share(value: Any) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise ValueError(f"{value!r} is not from 0 to 1")
    return share


def _address(value: Any) -> str:
    text = str(value).rstrip("/")
    if not text.startswith(("http://", "https://")):
        raise ValueError("it is no address such as http://127.0.0.1:4318")
    return text


def _headers(value: Any) -> dict[str, str]:
    """Cast for ``name=value,name=value``, the values as in an address.

    What it raises quotes nothing of it.
    """
    pairs = [pair.strip() for pair in str(value).split(",") if pair.strip()]
    if not all("=" in pair for pair in pairs):
        raise ValueError("it has to be name=value, separated by commas")
    found = (pair.partition("=") for pair in pairs)
    return {name.strip().lower(): unquote(text.strip()) for name, _, text in found}
